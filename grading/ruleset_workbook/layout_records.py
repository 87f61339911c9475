"""The sheets of the edition, the remedies of single conditions, the measures and the citations."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from grading.language.decision_text import level_label
from grading.language.figures import sites
from grading.language.measure_text import percent_text
from grading.language.prose import sentence
from grading.model.base import Remedy
from grading.model.condition import walk
from grading.model.ruleset import (
    ALERTS,
    Measure,
    ProvisionalPercent,
    Ruleset,
    split_levels,
)
from grading.ruleset_workbook.citations import Citations
from grading.ruleset_workbook.columns import (
    WEAK_BASES,
    handling_column,
    provenance_columns,
    provenance_values,
    remedy_columns,
    remedy_values,
    weak_roles,
    word_column,
)
from grading.ruleset_workbook.kinds import (
    REGION,
    RULESET_ID,
    DayKind,
    FixedKind,
    IdKind,
    ItemsKind,
    Kind,
    NoteKind,
    NumberKind,
    TextKind,
)
from grading.ruleset_workbook.open_points import OpenPoint
from grading.ruleset_workbook.sheets import Column, Place, Row, Sheet
from grading.ruleset_workbook.words import (
    ALERT,
    ESTABLISHED_STATE,
    MEASURE,
    PERCENT_STATES,
    PROVISIONAL_STATE,
    UNRESOLVED_STATE,
)

HEAD, REMEDIES, MEASURES, CITATIONS = "head", "remedies", "measures", "citations"
NOTE = "note"
_HEAD: tuple[tuple[str, str, Kind], ...] = (
    ("id", "编号（版本/行业）", RULESET_ID),
    ("title", "名称", TextKind()),
    ("edition.document", "文件", TextKind()),
    ("edition.section", "章节", TextKind()),
    ("edition.effective", "施行日", DayKind()),
    ("edition.superseded", "被取代日", DayKind()),
    ("jurisdiction", "适用地区（六位代码）", REGION),
    ("industry.gbt4754", "行业代码（一行一个）", ItemsKind()),
    ("industry.includes", "包括", TextKind()),
    ("industry.excludes", "不包括", TextKind()),
)


def head_sheet(ruleset: Ruleset) -> Sheet:
    """The edition: its id, document, days, region, industry, and the open questions."""
    edition, industry = ruleset.edition, ruleset.industry
    stated: dict[str, Any] = {
        "id": ruleset.id,
        "title": ruleset.title,
        "edition.document": edition.document,
        "edition.section": edition.section,
        "edition.effective": edition.effective,
        "edition.superseded": edition.superseded,
        "jurisdiction": ruleset.jurisdiction,
        "industry.gbt4754": industry.gbt4754,
        "industry.includes": industry.includes,
        "industry.excludes": industry.excludes,
    }
    rows = [Row(code, label, {"name": label, "value": stated[code]}, {"value": kind}) for code, label, kind in _HEAD]
    for i, note in enumerate(ruleset.notes):
        label = f"待解问题 {i + 1}"
        rows.append(Row(f"{NOTE}#{i}", label, {"name": label, "value": note}))
    columns = (Column("name", "项目", 24, FixedKind()), Column("value", "内容", 90, TextKind()), handling_column())
    note = "另立版本或地方版本时改“编号”。新的待解问题写在最后的空行；已解决的在“处理”选“停用”。"
    return Sheet(HEAD, "版本", f"{ruleset.title}　版本", note, columns, tuple(rows), 8, frozen=1)


def remedy_code(kind: str, id_: str, steps: tuple[str | int, ...]) -> str:
    """The code of a remedy's row: the entry that has it and the steps to it."""
    return "/".join(map(str, (kind, id_, *steps)))


def inner_remedies(ruleset: Ruleset) -> Iterator[tuple[str, str, str, tuple[str | int, ...], str, Remedy]]:
    """Remedies of levels and of single conditions: kind and id of the entry, its title, the steps, what it is for."""
    titles = {("indicators", one.id): one.title for one in ruleset.indicators}
    titles |= {("gates", gate.id): gate.title or gate.id for gate in ruleset.gates}
    levels = {one.id: one.levels for one in ruleset.indicators}
    for site in sites(ruleset):
        title = titles[site.kind, site.id]
        about = ""
        if site.inner[0] == "levels":
            key = str(site.inner[1])
            about = "、".join(level_label(ruleset.scale, level) for level in split_levels(key)) + "："
            remedy = levels[site.id][key].remedy
            if remedy is not None:
                yield site.kind, site.id, title, site.inner[:-1], about + "整项要求", remedy
        for path, condition in walk(site.condition):
            if condition.remedy is not None:
                steps = (*site.inner, path) if path else site.inner
                yield site.kind, site.id, title, steps, about + sentence(ruleset, condition), condition.remedy


def remedies_sheet(ruleset: Ruleset) -> Sheet:
    """Remedies that differ from the indicator's or gate's own."""
    columns = (
        Column("owner", "指标或否决项", 22, NoteKind()),
        Column("about", "针对", 44, NoteKind()),
        *remedy_columns("", "整治措施"),
        handling_column(),
    )
    rows = []
    for kind, id_, title, steps, about, remedy in inner_remedies(ruleset):
        values = {"owner": title, "about": about, **remedy_values(remedy, "")}
        rows.append(Row(remedy_code(kind, id_, steps), f"{title}：{about}", values))
    note = (
        "个别等级、个别条件另有的整治措施；指标、否决项总的措施在各自的表上。周期以周计，费用以万元计，都是估计范围。"
    )
    return Sheet(REMEDIES, "个别措施", f"{ruleset.title}　个别整治措施", note, columns, tuple(rows), 0)


def measure_code(alert: str, level: str, number: int) -> str:
    """The code of a measure's row: `yellow.A#0`."""
    return f"{alert}.{level}#{number}"


def measures_sheet(ruleset: Ruleset, citations: Citations, points: list[OpenPoint]) -> Sheet:
    """The measures of a unit of each level in each alert."""
    levels = {level: level_label(ruleset.scale, level) for level in ruleset.scale.ids}
    columns = (
        word_column("alert", "预警", 11, ALERT),
        word_column("level", "等级", 8, levels),
        Column("text", "措施", 56, TextKind()),
        word_column("kind", "类别", 11, MEASURE),
        Column("percent", "比例（%）", 9, NumberKind("%"), centred=True),
        word_column("state", "比例状态", 9, PERCENT_STATES),
        *provenance_columns(),
        handling_column(),
    )
    fixed: dict[str, Kind] = {"alert": FixedKind(), "level": FixedKind()}
    rows: list[Row] = []
    for alert in ALERTS:
        for level, label in levels.items():
            for number, measure in enumerate(ruleset.measures.at(alert, level)):
                code = measure_code(alert, level, number)
                values = {"alert": ALERT[alert], "level": label, **measure_values(measure, citations)}
                point = _measure_point(measure, values, code)
                title = f"{ALERT[alert]}措施"
                marks = weak_roles(values)
                if point is not None:
                    points.append(point.about(title, label))
                    marks |= {"percent", "state"} if point.operator is None else set()
                rows.append(Row(code, f"{title}（{label}）", values, fixed, marks))
    note = "每级在每种预警下的减排措施，最低一级也要写。新的措施写在最后的空行；不知道比例的，状态选“待核实”。"
    return Sheet(MEASURES, "预警措施", f"{ruleset.title}　预警措施", note, columns, tuple(rows), 12)


def measure_values(measure: Measure, citations: Citations) -> dict[str, Any]:
    """The values of a measure's row."""
    percent, state = measure.percent, ESTABLISHED_STATE
    if percent is None:
        number, stated = None, None
    elif isinstance(percent, ProvisionalPercent):
        number, stated = percent.provisional, PROVISIONAL_STATE
    elif isinstance(percent, Decimal):
        number, stated = percent, state
    else:
        number, stated = None, UNRESOLVED_STATE
    return {
        "text": measure.text,
        "kind": measure.kind,
        "percent": number,
        "state": stated,
        **provenance_values(citations, measure.basis, measure.confidence, measure.cite, measure.note),
    }


def _measure_point(measure: Measure, values: Mapping[str, Any], code: str) -> OpenPoint | None:
    is_open = values["state"] not in (None, ESTABLISHED_STATE)
    if not is_open and measure.basis not in WEAK_BASES and measure.confidence != "low":
        return None
    role = "percent" if is_open else "text"
    return OpenPoint(
        name=f"{MEASURES}/{code}",
        place=Place(MEASURES, code, role),
        item=measure.text if len(measure.text) < 40 else f"{measure.text[:38]}……",
        operator=None,
        shown=percent_text(measure.percent) or "",
        state=values["state"] or ESTABLISHED_STATE,
        basis=measure.basis,
        confidence=measure.confidence,
    )


def citations_sheet(ruleset: Ruleset, citations: Citations) -> Sheet:
    """The documents and pages from which anything is cited; laid out last, when all have been named."""
    columns = (
        Column("code", "编号", 7, IdKind(example="C1"), centred=True),
        Column("document", "文件", 44, TextKind()),
        Column("section", "章节", 16, TextKind()),
        Column("clause", "条款或表号", 20, TextKind()),
        Column("page", "页码", 12, TextKind()),
        Column("url", "网址", 44, TextKind()),
        Column("note", "备注", 30, TextKind()),
        Column("uses", "引用处数", 9, NoteKind(), centred=True),
    )
    rows = []
    for cite, code in citations.codes.items():
        values = {
            "code": code,
            "document": cite.document,
            "section": cite.section,
            "clause": cite.clause,
            "page": cite.page,
            "url": cite.url,
            "note": cite.note,
            "uses": str(citations.uses[code]),
        }
        rows.append(Row(code, f"出处 {code}", values, {"code": FixedKind()}))
    note = (
        "各表“出处”格写这里的编号。改这里的一行，引用它的各处都改；只改一处的，在最后的空行另写一条（如 C"
        f"{len(rows) + 1}），再到那一处改编号。"
    )
    return Sheet(CITATIONS, "出处", f"{ruleset.title}　出处", note, columns, tuple(rows), 20)

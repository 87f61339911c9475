"""The sheets of plain entries: edition, facts, options, computed facts, tables, evidence, remedies, measures, citations."""

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
    NO,
    YES,
    Computed,
    Excuse,
    Fact,
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
    OperandKind,
    TextKind,
    YesKind,
)
from grading.ruleset_workbook.open_points import OpenPoint
from grading.ruleset_workbook.sheets import Column, Place, Row, Sheet
from grading.ruleset_workbook.words import (
    ALERT,
    ANSWERS,
    CHANGED_BY,
    ESTABLISHED_STATE,
    FACT_TYPE,
    MEASURE,
    OPERATIONS_WORDS,
    PERCENT_STATES,
    PROVISIONAL_STATE,
    UNRESOLVED_STATE,
)

HEAD, FACTS, OPTIONS, COMPUTED, GROUPS, EVIDENCE, REMEDIES, MEASURES, CITATIONS = (
    "head",
    "facts",
    "options",
    "computed",
    "groups",
    "evidence",
    "remedies",
    "measures",
    "citations",
)
NOTE = "note"
LEAST_OPERANDS = 3
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


def facts_sheet(ruleset: Ruleset) -> Sheet:
    """The questions of the audit form."""
    columns = (
        Column("id", "编号", 24, IdKind()),
        Column("label", "名称", 34, TextKind()),
        word_column("type", "类型", 8, FACT_TYPE),
        Column("group", "所属表格", 12, IdKind()),
        Column("unit", "单位", 9, TextKind(), centred=True),
        Column("min", "最小", 9, NumberKind(), centred=True),
        Column("max", "最大", 9, NumberKind(), centred=True),
        Column("decimals", "小数位数", 8, NumberKind(whole=True), centred=True),
        word_column("changed_by", "靠什么改变", 10, CHANGED_BY),
        Column("circumstance", "属于情形", 8, YesKind(), choices=("是",), centred=True),
        Column("lapses_after_months", "几个月后失效", 9, NumberKind(whole=True), centred=True),
        Column("changes_to", "只能改成（一行一个）", 16, ItemsKind()),
        Column("help", "填写说明", 44, TextKind()),
        handling_column(),
    )
    rows = tuple(Row(fact.id, fact.label, fact_values(fact), {"id": FixedKind()}) for fact in ruleset.facts.values())
    note = "填报项是核查表上的问题。选项在“选项”表，要看的证据在“证据”表。新的填报项写在最后的空行。"
    return Sheet(FACTS, "填报项", f"{ruleset.title}　填报项", note, columns, rows, 12)


def fact_values(fact: Fact) -> dict[str, Any]:
    """The values of a fact's row."""
    return {
        "id": fact.id,
        "label": fact.label,
        "type": fact.type,
        "group": fact.group,
        "unit": fact.unit,
        "min": fact.min,
        "max": fact.max,
        "decimals": fact.decimals if fact.type == "number" else None,
        "changed_by": fact.changed_by,
        "circumstance": fact.circumstance,
        "lapses_after_months": fact.lapses_after_months,
        "changes_to": tuple(
            ANSWERS[str(value).lower()] if isinstance(value, bool) else value for value in fact.changes_to
        ),
        "help": fact.help,
    }


def options_sheet(ruleset: Ruleset) -> Sheet:
    """The options of choices, and what people also call them."""
    columns = (
        Column("fact", "填报项编号", 24, IdKind()),
        Column("about", "填报项", 30, NoteKind()),
        Column("code", "选项编号", 24, IdKind()),
        Column("label", "选项", 34, TextKind()),
        Column("synonyms", "也叫（一行一个）", 34, ItemsKind()),
        handling_column(),
    )
    fixed: dict[str, Kind] = {"fact": FixedKind(), "code": FixedKind()}
    rows: list[Row] = []
    for fact in ruleset.facts.values():
        options = dict(fact.options)
        if fact.type == "boolean" and fact.synonyms:
            options = {code: ANSWERS["true" if code == YES else "false"] for code in (YES, NO)}
        for code, label in options.items():
            values = {
                "fact": fact.id,
                "about": fact.label,
                "code": code,
                "label": label,
                "synonyms": fact.synonyms.get(code, ()),
            }
            kinds = fixed | ({"label": FixedKind()} if fact.type == "boolean" else {})
            rows.append(Row(f"{fact.id}.{code}", f"{fact.label}：{label}", values, kinds))
    note = "单选、多选的选项。新的选项写在最后的空行，填报项编号照抄；“也叫”是填表人常用的别称。"
    return Sheet(OPTIONS, "选项表", f"{ruleset.title}　选项", note, columns, tuple(rows), 24)


def computed_sheet(ruleset: Ruleset) -> Sheet:
    """Facts worked out from others."""
    most = max([LEAST_OPERANDS, *(len(computed.operands) for computed in ruleset.computed.values())])
    columns = (
        Column("id", "编号", 24, IdKind()),
        Column("label", "名称", 34, TextKind()),
        Column("group", "所属表格", 12, IdKind()),
        Column("unit", "单位", 9, TextKind(), centred=True),
        word_column("operation", "算法", 14, OPERATIONS_WORDS),
        *(Column(f"operand:{i}", f"第 {i + 1} 项", 18, OperandKind()) for i in range(most)),
        Column("help", "说明", 40, TextKind()),
        handling_column(),
    )
    rows = tuple(
        Row(one.id, one.label or one.id, computed_values(one), {"id": FixedKind()}) for one in ruleset.computed.values()
    )
    note = "由填报项算出的值。各项写填报项编号或数字；按基准氧折算的三项依次为实测浓度、含氧量、基准含氧量。"
    return Sheet(COMPUTED, "计算项", f"{ruleset.title}　计算项", note, columns, rows, 6)


def computed_values(computed: Computed) -> dict[str, Any]:
    """The values of a computed fact's row."""
    found = {
        "id": computed.id,
        "label": computed.label,
        "group": computed.group,
        "unit": computed.unit,
        "operation": computed.operation,
        "help": computed.help,
    }
    return found | {f"operand:{i}": operand for i, operand in enumerate(computed.operands)}


def groups_sheet(ruleset: Ruleset) -> Sheet:
    """The tables of the audit form."""
    columns = (
        Column("id", "编号", 20, IdKind()),
        Column("label", "名称", 40, TextKind()),
        Column("key", "行的编号叫", 18, IdKind()),
        Column("rows", "至少几行", 9, NumberKind(whole=True), centred=True),
        Column("unless", "除非（填报项编号）", 26, IdKind()),
        word_column("equals", "答", 6, ANSWERS),
        handling_column(),
    )
    rows = []
    for id_, group in ruleset.groups.items():
        least = group.least_rows
        excuse: Excuse | None = least.unless
        values = {
            "id": id_,
            "label": group.label,
            "key": group.key,
            "rows": None if group.at_least_rows is None else least.rows,
            "unless": None if excuse is None else excuse.fact,
            "equals": None if excuse is None else str(excuse.equals).lower(),
        }
        rows.append(Row(id_, group.label, values, {"id": FixedKind()}))
    note = "核查表中可以有多行的表格，如排放口。"
    return Sheet(GROUPS, "表格", f"{ruleset.title}　表格", note, columns, tuple(rows), 4)


def evidence_sheet(ruleset: Ruleset) -> Sheet:
    """What an assessor asks to see, by fact."""
    columns = (
        Column("id", "填报项编号", 24, FixedKind()),
        Column("about", "填报项", 40, NoteKind()),
        Column("evidence", "要看的证据（一行一条）", 60, ItemsKind()),
    )
    rows = tuple(
        Row(fact.id, fact.label, {"id": fact.id, "about": fact.label, "evidence": fact.evidence})
        for fact in ruleset.facts.values()
    )
    note = "核查人员认定每个填报项时要看的证据。新填报项的证据写在最后的空行，编号照抄。"
    return Sheet(EVIDENCE, "证据", f"{ruleset.title}　证据", note, columns, rows, 12)


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
    """What a unit of each level does in each alert."""
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

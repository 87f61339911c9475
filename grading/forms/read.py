"""Workbook → audit: every sheet read, everything that is wrong found at once, nothing guessed."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from openpyxl import Workbook

from grading.engine.grade import ruleset_digest
from grading.forms.advice import advise
from grading.forms.cell_values import UnreadableError, read_day, read_identifier, read_text
from grading.forms.findings import FormError, FormProblem, Spot
from grading.forms.grid import ROLE_ROW, Grid, read_grids
from grading.forms.last_time import FormLast, last_in
from grading.forms.layout import COVER, COVER_TITLE, ERRORS_TITLE, LAST_TITLE, LISTS_TITLE, META_TITLE
from grading.forms.metadata import COLUMNS, Field, FormData, NotAFormError, read_data
from grading.forms.read_sheets import (
    MOVED,
    Findings,
    Stated,
    TableRow,
    read_evidence,
    read_facts,
    read_table,
)
from grading.forms.strays import beside_cover, doubled_columns
from grading.forms.wording import option_labels
from grading.forms.write_cover import HEAD
from grading.intake import AuditError, InputProblem, check_audit
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.audit import Audit
from grading.model.ruleset import Fact, Ruleset
from grading.spreadsheet.entry import Entry
from grading.spreadsheet.workbook import WorkbookError
from grading.workbook.open_workbook import open_workbook

_FACT = re.compile(r"(enterprise|units\[(\d+)\])\.facts\.(\w+)")
_TABLE = re.compile(r"units\[(\d+)\]\.groups\.(\w+)")


@dataclass(frozen=True)
class FormReading:
    """The audit of a form, and what whoever handed it in should know about it."""

    audit: Audit
    warnings: tuple[str, ...]


def read_form(data: bytes, library: Library) -> FormReading:
    """Read a filled-in form and check it against its rulesets.

    Raises FormError with everything that is wrong; its `can_mark` says whether the problems have cells.
    """
    try:
        book = open_workbook(data)
        grids, unread = read_grids(data)
    except WorkbookError as error:
        raise FormError([FormProblem("", None, "", str(error))], can_mark=False) from None
    form = _form_data(grids)
    found = Findings(warnings=unread)
    by_code = _by_code(book, grids, form, found)
    if found.problems:
        raise FormError(found.problems, can_mark=True)
    form = replace(form, fields=tuple(_with_synonyms(field, form, library) for field in form.fields))
    last = last_in(form.last, [ruleset for ruleset, _ in form.units], library)
    if form.last and last is None:
        found.warnings.append("上次的填报已不能按现行规则读出，“与上次相同”未读取；请填写答案")
    raw, answers = _raw(form, by_code, found, last)
    _compare_rulesets(form, answers, library, found)
    audit = checked(raw, library, found)
    if found.problems or audit is None:
        raise FormError(_in_order(found.problems, grids), can_mark=True)
    return FormReading(audit, tuple(dict.fromkeys(found.warnings)))


def _form_data(grids: Iterable[Grid]) -> FormData:
    meta = next((grid for grid in grids if grid.title == META_TITLE), None)
    text = "这不是 `grading form` 生成的核查表"
    if meta is not None:
        try:
            rows = ([meta.text(row, column) for column in range(1, COLUMNS + 1)] for row in range(1, meta.last_row + 1))
            return read_data(rows)
        except NotAFormError as error:
            text = f"核查表不能读取：{error}"
    else:
        text += f"，或其隐藏表“{META_TITLE}”已被删除；请把答案抄到一份新的核查表"
    raise FormError([FormProblem("", None, "", text)], can_mark=False)


def _by_code(book: Workbook, grids: list[Grid], form: FormData, found: Findings) -> dict[str, Grid]:
    """The form's sheets by code; one that is gone or doubled is a problem, one that is not the form's a warning."""
    listed: dict[str, list[Grid]] = {}
    for grid in grids:
        listed.setdefault(grid.code, []).append(grid)
    for code, title in form.sheets.items():
        at = listed.get(code, [])
        if not at:
            found.wrong(
                "", f"工作表“{title}”不见了（已被删除，或其首行首列已被改动）；{MOVED}", Spot(title, None, "整表")
            )
        elif len(at) > 1:
            titles = "、".join(f"“{grid.title}”" for grid in at)
            found.wrong("", f"{titles}是同一张表的几份副本；请只保留一份", Spot(at[-1].title, None, "整表"))
    own = {META_TITLE, LISTS_TITLE, ERRORS_TITLE} | ({LAST_TITLE} if form.last else set())
    others = [grid.title for grid in grids if grid.code not in form.sheets and grid.title not in own]
    others += [sheet.title for sheet in book.chartsheets]
    found.warnings += [f"工作表“{title}”不是核查表的内容，未读取" for title in others]
    return {code: at[0] for code, at in listed.items() if code in form.sheets}


def _raw(
    form: FormData, grids: Mapping[str, Grid], found: Findings, last: FormLast | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The audit as `check_audit` takes it, and what is answered by the place of each field."""
    enterprise: dict[str, Any] = {"facts": {}}
    units: list[dict[str, Any]] = [{"ruleset": ruleset, "facts": {}, "groups": {}} for ruleset, _ in form.units]
    raw: dict[str, Any] = {"enterprise": enterprise, "units": units}
    _cover(grids[COVER], raw, found)
    answers: dict[str, Any] = {}
    stated: dict[str, Stated] = {}
    for code in form.sheets:
        fields = [one for one in form.fields if one.sheet == code and _FACT.fullmatch(one.place)]
        if fields:
            stated |= read_facts(grids[code], fields, found)
    for place, answer in stated.items():
        unit, name = _fact_at(place, len(units))
        if last is not None:
            last.take_over(place, last.at(unit, name), answer, answer.same, found)
        value = answer.raw()
        if value is not None:
            (enterprise if unit is None else units[unit])["facts"][name] = value
            answers[place] = answer.value
    tables: dict[str, list[TableRow] | None] = {}
    for place, (code, key) in form.tables.items():
        if code not in grids:
            raise FormError([FormProblem(place, None, "", f"隐藏表“{META_TITLE}”已被改动")], can_mark=False)
        columns = [one for one in form.fields if one.sheet == code]
        tables[place] = read_table(grids[code], place, key, columns, found)
    for code in form.sheets:
        if code.startswith("evidence:"):
            names = {name: place for (sheet, name), place in form.items.items() if sheet == code}
            read_evidence(grids[code], names, tables, found)
    for place, rows in tables.items():
        unit, group = _table_at(place, len(units))
        key = form.tables[place][1]
        if rows is not None and last is not None:
            facts = [one.fact.id for one in form.fields if one.sheet == form.tables[place][0]]
            last.rows(unit, group, rows, facts, found)
        if rows is not None:
            units[unit]["groups"][group] = [_row(key, row) for row in rows]
            answers |= {f"{place}[].{n}": s.value for row in rows for n, s in row.facts.items() if s.value is not None}
    if last is not None:
        raw["last"] = last.json([unit.get("id") for unit in units])
    return raw, answers


def _row(key: str, row: TableRow) -> dict[str, Any]:
    values = {name: stated.raw() for name, stated in row.facts.items()}
    return {key: row.key, **{name: value for name, value in values.items() if value is not None}}


def _cover(grid: Grid, raw: dict[str, Any], found: Findings) -> None:
    found.warnings += beside_cover(grid)
    found.wrong_on(grid, doubled_columns(grid))
    rows, column = grid.coded_rows(), grid.roles().get("answer")
    places = {**{place: label for place, (label, _) in HEAD.items()}}
    places |= {f"units[{i}].id": f"单元 {i + 1} 编号" for i in range(len(raw["units"]))}
    for place, label in places.items():
        at = rows.get(place, [])
        if len(at) != 1 or column is None:
            found.wrong(place, MOVED, Spot(grid.title, None, label))
            continue
        entry = found.at(place, grid, at[0], column, label)
        if entry.blank:
            continue
        try:
            value = _head(place, entry)
        except UnreadableError as error:
            found.wrong(place, str(error))
            continue
        unit = re.fullmatch(r"units\[(\d+)\]\.id", place)
        target = raw["units"][int(unit[1])] if unit else raw["enterprise"] if "." in place else raw
        target[place.rpartition(".")[2]] = value


def _head(place: str, entry: Entry) -> str:
    if place == "assessed_on":
        return read_day(entry).isoformat()
    return read_text(entry) if place == "enterprise.name" else read_identifier(entry)


def _fact_at(place: str, units: int) -> tuple[int | None, str]:
    match = _FACT.fullmatch(place)
    if match is None or (match[2] is not None and int(match[2]) >= units):
        raise FormError([FormProblem(place, None, "", f"隐藏表“{META_TITLE}”已被改动")], can_mark=False)
    return (int(match[2]) if match[2] is not None else None), match[3]


def _table_at(place: str, units: int) -> tuple[int, str]:
    match = _TABLE.fullmatch(place)
    if match is None or int(match[1]) >= units:
        raise FormError([FormProblem(place, None, "", f"隐藏表“{META_TITLE}”已被改动")], can_mark=False)
    return int(match[1]), match[2]


def checked(raw: dict[str, Any], library: Library, found: Findings) -> Audit | None:
    """The audit if it is in order; else every problem goes to its cell, but for cells that could not be read at all."""
    unreadable = {problem.place for problem in found.problems}
    notices: list[InputProblem] = []
    try:
        audit = check_audit(raw, library, notices=notices)
    except AuditError as error:
        for problem in error.problems:
            place, message = advise(problem, found)
            # What is not found at all is missing because of what is already told.
            if place not in unreadable and (place or not unreadable):
                found.wrong(place, message, None if place else Spot(COVER_TITLE, None, _about(problem)), problem.code)
        return None
    found.warnings += [f"{_where(found.spots.get(notice.place))}{notice.message}" for notice in notices]
    return audit


def _where(spot: Spot | None) -> str:
    if spot is None:
        return ""
    return f"{spot.sheet}!{spot.cell} " if spot.cell else f"{spot.sheet} {spot.label}："


def _about(problem: InputProblem) -> str:
    return problem.place or "整份核查表"


def _compare_rulesets(form: FormData, answers: Mapping[str, Any], library: Library, found: Findings) -> None:
    """Say so when a ruleset is no longer what it was, and refuse answers to a question that has changed its meaning."""
    now: list[Ruleset | None] = []
    for ruleset_id, digest in form.units:
        try:
            ruleset = library.ruleset(ruleset_id)
        except (KeyError, LanguageError):
            now.append(None)
            continue
        current = ruleset_digest(ruleset)
        now.append(ruleset if current != digest else None)
        if current != digest:
            found.warnings.append(
                f"规则集 {ruleset_id} 在生成核查表之后有改动（核查表 {digest[:19]}…，现行 {current[:19]}…）："
                "已按现行规则集核对，判定标准批注可能已过时"
            )
    for field in form.fields:
        if field.place in answers:
            unit = re.match(r"units\[(\d+)\]", field.place)
            changed = [now[int(unit[1])]] if unit and int(unit[1]) < len(now) else now
            facts = [r.facts[field.fact.id] for r in changed if r is not None and field.fact.id in r.facts]
            if facts and all(_meaning(fact) != _meaning(field.fact) for fact in facts):
                _compare(field, facts[0], found)


def _with_synonyms(field: Field, form: FormData, library: Library) -> Field:
    """The field with the synonyms that the rulesets know today, where its options are still the same in all of them."""
    unit = re.match(r"units\[(\d+)\]", field.place)
    facts = []
    for ruleset_id, _ in form.units[int(unit[1]) : int(unit[1]) + 1] if unit else form.units:
        with suppress(KeyError, LanguageError):
            facts.append(library.ruleset(ruleset_id).facts.get(field.fact.id))
    known = [fact for fact in facts if fact is not None]
    if not known or any(fact.options != field.fact.options or fact.synonyms != known[0].synonyms for fact in known):
        return field
    return replace(field, fact=field.fact.model_copy(update={"synonyms": known[0].synonyms}))


def _meaning(fact: Fact) -> tuple[object, ...]:
    return fact.type, fact.unit, fact.label, tuple(option_labels(fact).items())


def _compare(field: Field, now: Fact, found: Findings) -> None:
    then = field.fact
    if (then.type, then.unit) != (now.type, now.unit):
        found.wrong(field.place, "这一项的类型或单位在现行规则集中已改变，原来的答案不能沿用；请改用新的核查表")
        return
    labels, labels_now = option_labels(then), option_labels(now)
    reworded = [label for code, label in labels.items() if code in labels_now and labels_now[code] != label]
    if then.label != now.label or reworded:
        named = f"（选项“{'”“'.join(reworded)}”）" if reworded else ""
        found.warnings.append(f"“{then.label}”{named}在现行规则集中已改写，请核对答案：现为“{now.label}”")


def _in_order(problems: Iterable[FormProblem], grids: Iterable[Grid]) -> list[FormProblem]:
    """By sheet, then from the top."""
    order = {grid.title: i for i, grid in enumerate(grids)}

    def key(problem: FormProblem) -> tuple[int, int, str]:
        if problem.spot is None:
            return -1, 0, ""
        row = re.search(r"\d+", problem.spot.cell or "")
        return order.get(problem.spot.sheet, len(order)), int(row[0]) if row else ROLE_ROW, problem.spot.cell or ""

    return sorted(problems, key=key)

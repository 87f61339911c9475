"""Workbook → edition: every sheet read, everything that is wrong found at once, nothing guessed and nothing half-done."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from grading.engine.grade import ruleset_digest
from grading.forms.findings import FormProblem, Spot
from grading.forms.grid import Grid
from grading.forms.mark import mark_problems
from grading.language.check import CONTRADICTIONS
from grading.language.load import Library
from grading.language.problems import LanguageError, Problem, steps_of
from grading.model.base import Cite
from grading.model.ruleset import Ruleset
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode
from grading.problems.workbook_codes import RulesetWorkbookCode
from grading.ruleset_workbook.edition import (
    UNREAD,
    DifferentError,
    Edition,
    RemovedError,
    load_text,
    local_edition,
    whole_edition,
)
from grading.ruleset_workbook.findings import Findings, RulesetWorkbookError
from grading.ruleset_workbook.kinds import RULESET_ID
from grading.ruleset_workbook.layout import (
    ADVICE_TITLE,
    ERRORS_TITLE,
    LISTS_TITLE,
    META_TITLE,
    WORK_TITLE,
    Layout,
    lay_out,
)
from grading.ruleset_workbook.layout_facts import COMPUTED, EVIDENCE, FACTS, GROUPS, OPTIONS
from grading.ruleset_workbook.layout_records import CITATIONS, HEAD, MEASURES, REMEDIES
from grading.ruleset_workbook.layout_table import GATES, TABLE
from grading.ruleset_workbook.metadata import COLUMNS, Metadata, read_metadata
from grading.ruleset_workbook.names import Names
from grading.ruleset_workbook.raw import Raw, dumped, ruleset_content, with_citations
from grading.ruleset_workbook.read_measures import read_measures
from grading.ruleset_workbook.read_records import (
    read_citations,
    read_computed,
    read_facts,
    read_groups,
    read_head,
)
from grading.ruleset_workbook.read_rows import ReadRow, ReturnedSheet, read_rows
from grading.ruleset_workbook.read_table import TableContext, read_gates, read_indicators
from grading.ruleset_workbook.yaml_text import yaml_text
from grading.spreadsheet.workbook import SpreadsheetFile, WorkbookError
from grading.workbook.open_workbook import check_workbook

_OWN_TITLES = frozenset({META_TITLE, LISTS_TITLE, ERRORS_TITLE, WORK_TITLE, ADVICE_TITLE})


@dataclass(frozen=True)
class Reading:
    """A read workbook: the ruleset that it was made from, and the edition; None where nothing has changed."""

    base: Ruleset
    edition: Edition | None
    notices: tuple[str, ...]


def read(data: bytes, library: Library, *, local: bool = False, new_id: str | None = None) -> Reading:
    """Read a workbook against the ruleset that it was made from.

    `local`: the edition extends that ruleset and states only what changed; `new_id` is the edition's id in place of the
    one on the sheet. Raises RulesetWorkbookError with everything that is wrong; its `can_mark` says whether `mark` can
    show the problems in the workbook.
    """
    sheets = _opened(data)
    layout = _layout(sheets, library)
    base = layout.ruleset
    found = Findings()
    content, changed = read_content(sheets, layout, found, new_id)
    if not changed and not found.problems:
        return Reading(base, None, tuple(found.notices))
    _tell_language(content, base, library, found)
    if found.problems:
        raise RulesetWorkbookError(_in_order(found.problems, layout), can_mark=True)
    edition = _edition(content, base, library, local, found)
    if edition.dropped:
        found.notice(None, RulesetWorkbookCode.FACTS_DROPPED, facts=edition.dropped)
    if edition.ruleset.id == base.id:
        found.notice(None, RulesetWorkbookCode.EDITION_UNCHANGED, id=base.id)
    return Reading(base, edition, tuple(dict.fromkeys(found.notices)))


def mark(data: bytes, error: RulesetWorkbookError) -> bytes:
    """A copy of the workbook with each problem marked in its cell, and a sheet of all. Raises WorkbookError."""
    return mark_problems(data, error.problems)


def read_content(
    sheets: Iterable[ReturnedSheet], layout: Layout, found: Findings, new_id: str | None = None
) -> tuple[Raw, bool]:
    """The content of the ruleset as the sheets have it, and whether it differs from what was written."""
    base = layout.ruleset
    rows = _rows(sheets, layout, found)
    written = ruleset_content(base)
    cites = {code: cite for cite, code in layout.citation_codes.items()}
    citations = read_citations(rows[CITATIONS], cites, found)
    changed: dict[Cite, Raw] = {
        cite: citations[code] for code, cite in cites.items() if code in citations and citations[code] != dumped(cite)
    }
    today: Raw = {name: with_citations(written[name], changed) for name in ("measures",)}
    head = read_head(rows[HEAD], written, found)
    facts = read_facts(rows[FACTS], rows[OPTIONS], rows[EVIDENCE], written["facts"], found)
    computed = read_computed(rows[COMPUTED], written["computed"], found)
    context = TableContext(base, Names(base, facts, computed), citations, changed, rows[REMEDIES], found)
    content = {
        **{key: written[key] for key in ("scale", "review")},
        **head,
        "groups": read_groups(rows[GROUPS], written["groups"], found),
        "facts": facts,
        "computed": computed,
        "indicators": read_indicators(rows[TABLE], context),
        "gates": read_gates(rows[GATES], context),
        "measures": read_measures(rows[MEASURES], today["measures"], written["measures"], citations, found),
    }
    differs = content != written
    if new_id is not None and RULESET_ID.pattern.fullmatch(new_id) is None:
        found.wrong(None, new_id, RulesetWorkbookCode.ID_FORM, given=new_id, example=RULESET_ID.example)
    elif new_id is not None:
        content["id"] = new_id
    return content, differs


def _opened(data: bytes) -> list[ReturnedSheet]:
    try:
        check_workbook(data)
        with SpreadsheetFile(io.BytesIO(data)) as book:
            return [
                ReturnedSheet(Grid(sheet.title, book.rows(sheet), merged), merged)
                for sheet in book.sheets
                if sheet.is_worksheet
                for merged in [book.merged(sheet)]
            ]
    except WorkbookError as error:
        raise _unmarkable(RulesetWorkbookCode.WORKBOOK_UNREADABLE, why=str(error)) from None


def _unmarkable(code: RulesetWorkbookCode, **parameters: Any) -> RulesetWorkbookError:
    reason = reason_of(code, **parameters)
    return RulesetWorkbookError([FormProblem("", None, "", reason.message, reason.code)], can_mark=False)


def _metadata(sheets: Iterable[ReturnedSheet]) -> Metadata:
    grid = next((sheet.grid for sheet in sheets if sheet.grid.title == META_TITLE), None)
    found = None
    if grid is not None:
        rows = ([grid.text(row, column) for column in range(1, COLUMNS + 1)] for row in range(1, grid.last_row + 1))
        found = read_metadata(rows)
    if found is None:
        raise _unmarkable(RulesetWorkbookCode.NOT_A_RULESET_WORKBOOK)
    return found


def _layout(sheets: Iterable[ReturnedSheet], library: Library) -> Layout:
    """The workbook as it was made: its ruleset is still the same, and is still laid out in the same way."""
    made_of = _metadata(sheets)
    try:
        base = library.ruleset(made_of.ruleset)
    except KeyError:
        raise _unmarkable(RulesetWorkbookCode.WORKBOOK_RULESET_UNKNOWN, ruleset=made_of.ruleset) from None
    except LanguageError as error:
        code = RulesetWorkbookCode.WORKBOOK_RULESET_UNUSABLE
        raise _unmarkable(code, ruleset=made_of.ruleset, why=str(error)) from None
    layout = lay_out(base)
    now = layout.digest
    if now != made_of.digest:
        short = len("sha256:") + 12
        code = RulesetWorkbookCode.WORKBOOK_OUTDATED
        raise _unmarkable(code, ruleset=base.id, then=made_of.digest[:short], now=now[:short])
    if layout.fingerprint != made_of.fingerprint:
        raise _unmarkable(RulesetWorkbookCode.WORKBOOK_LAYOUT)
    return layout


def _rows(sheets: Iterable[ReturnedSheet], layout: Layout, found: Findings) -> dict[str, list[ReadRow]]:
    """The rows of each sheet; a sheet that is gone or there twice is a problem, and read as it was written."""
    by_code: dict[str, list[ReturnedSheet]] = {}
    known = {content.code for content in layout.sheets}
    for sheet in sheets:
        if sheet.grid.code in known:
            by_code.setdefault(sheet.grid.code, []).append(sheet)
        elif sheet.grid.title not in _OWN_TITLES:
            found.notice(Spot(sheet.grid.title, None, ""), RulesetWorkbookCode.SHEET_FOREIGN, title=sheet.grid.title)
    rows: dict[str, list[ReadRow]] = {}
    for content in layout.sheets:
        listed = by_code.get(content.code, [])
        if not listed:
            spot = Spot(content.title, None, "整表")
            found.wrong(spot, "", RulesetWorkbookCode.SHEET_GONE, title=content.title)
            rows[content.code] = [ReadRow.unchanged(content, row) for row in content.rows]
            continue
        if len(listed) > 1:
            titles = tuple(f"“{sheet.grid.title}”" for sheet in listed)
            spot = Spot(listed[-1].grid.title, None, "整表")
            found.wrong(spot, "", RulesetWorkbookCode.SHEET_TWICE, titles=titles)
        rows[content.code] = read_rows(listed[0], content, found)
    return rows


def _tell_language(content: Raw, base: Ruleset, library: Library, found: Findings) -> None:
    """Tell what the language refuses of the content, and where it contradicts itself, at the cells that wrote it."""
    reported = {problem.spot for problem in found.problems}
    known = {*base.facts, *base.computed}
    for problem in load_text(yaml_text(content, ""), library).problems:
        refused = problem.severity == "error" or problem.code in CONTRADICTIONS
        if not refused or (problem.code in UNREAD and _entry_id(content, problem) in known):
            continue
        path = steps_of(problem.place)
        spot = found.spot_of(path)
        if problem.code == RulesetCode.TEXT_STATES_OTHER_FIGURE.value and spot in found.other_texts:
            continue
        # A cell that could not be read is not told again for what is missing because of it.
        if spot is None or spot not in reported:
            message = problem.message if spot is not None else f"{problem.place}：{problem.message}"
            found.problems.append(FormProblem(problem.place, spot, "", message, problem.code))


def _entry_id(content: Raw, problem: Problem) -> str | None:
    path = steps_of(problem.place)
    if len(path) < 2 or not isinstance(path[1], int):
        return None
    listed = content.get(str(path[0]))
    return listed[path[1]].get("id") if isinstance(listed, list) and path[1] < len(listed) else None


def _edition(content: Raw, base: Ruleset, library: Library, local: bool, found: Findings) -> Edition:
    comment = f"由规则工作簿读出；原规则集 {base.id}，摘要 {ruleset_digest(base)}"
    head = found.spot_of(("id",))
    if not local:
        try:
            return whole_edition(content, base, library, comment)
        except DifferentError:
            raise AssertionError("a content that was checked is always an edition") from None
    if content["id"] == base.id:
        found.wrong(head, base.id, RulesetWorkbookCode.LOCAL_NEEDS_ID)
    elif not (library.root / f"{base.id}.yaml").is_file():
        found.wrong(head, base.id, RulesetWorkbookCode.PARENT_NOT_THERE, parent=base.id)
    else:
        try:
            return local_edition(content, base, library, comment)
        except RemovedError as error:
            found.wrong(head, "", RulesetWorkbookCode.LOCAL_CANNOT_REMOVE, parent=base.id, what=error.what)
        except DifferentError:
            found.wrong(head, "", RulesetWorkbookCode.LOCAL_NOT_THE_SAME)
    raise RulesetWorkbookError(found.problems, can_mark=True)


def _in_order(problems: Iterable[FormProblem], layout: Layout) -> list[FormProblem]:
    """By sheet, then from the top."""
    order: Mapping[str, int] = {content.title: i for i, content in enumerate(layout.sheets)}

    def key(problem: FormProblem) -> tuple[int, int, str]:
        if problem.spot is None:
            return -1, 0, ""
        cell = problem.spot.cell or ""
        row = "".join(character for character in cell if character.isdigit())
        return order.get(problem.spot.sheet, len(order)), int(row or 0), cell

    return sorted(dict.fromkeys(problems), key=key)

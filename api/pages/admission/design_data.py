"""The design data of a project: a file that is sent along, and single values that would decide."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from starlette.datastructures import UploadFile

from api.context import Context
from api.pages.form.answers import WrongAnswerError, read_answer
from api.pages.form_data import Posted
from api.problems import ErrorAt, Problem
from api.services.workbooks import read_workbook
from api.services.workflow.draft import Draft, json_text
from api.services.workflow.places import Place, parse
from grading.audit_json import dump_audit
from grading.intake import AuditError, parse_json
from grading.language.problems import LanguageError
from grading.model.ruleset import Fact

FILE = "design_file"
AT = "audit."
MOST = 60
"""So many values that would decide are asked for at once; more are better filled in in the workbook."""


@dataclass(frozen=True)
class Asked:
    """A value of the design data that would decide, with the field that states it."""

    name: str
    label: str
    fact: Fact


def has_file(sent: Posted) -> bool:
    """True when a file was chosen."""
    file = sent.fields.get(FILE)
    return isinstance(file, UploadFile) and bool(file.filename)


def read_file(context: Context, sent: Posted) -> Any:
    """The audit in the file that was sent, as it is written there; raises Problem (422) with everything that is wrong."""
    file = sent.file(FILE)
    name = file.filename or ""
    if PurePath(name).suffix.lower() == ".xlsx":
        audit = read_workbook(context, file.file, name).audit
        return parse_json(dump_audit(audit, context.service.grader.library))
    try:
        found = parse_json(file.file.read())
    except AuditError as error:
        errors = [ErrorAt("audit", problem.message, problem.code) for problem in error.problems]
        raise Problem("invalid_project", "设计资料文件读不出来。", status=422, errors=errors) from None
    # What `…/project` gives and `grading admission` takes holds the design data beside the project.
    return found["audit"] if isinstance(found, dict) and {"project", "audit"} <= found.keys() else found


def asked_values(context: Context, design: Any, missing: Iterable[str]) -> list[Asked]:
    """The values of the design data that would decide and can be typed in."""
    draft = Draft(json_text(design), context.service.grader.library)
    found = []
    for name in missing:
        place = parse(name.removeprefix(AT)) if name.startswith(AT) else None
        fact = _fact(context, draft, place) if place is not None else None
        if place is not None and fact is not None:
            found.append(Asked(name, _label(draft, place, fact), fact))
    return found[:MOST]


def put_values(context: Context, design: Any, asked: Iterable[Asked], sent: Posted) -> tuple[Any, list[ErrorAt]]:
    """The design data with the values that were typed, and what is no value of its fact."""
    draft = Draft(json_text(design), context.service.grader.library)
    errors = []
    for one in asked:
        try:
            value = read_answer(one.fact, sent.texts(one.name))
        except WrongAnswerError as error:
            errors.append(ErrorAt(one.name, str(error)))
            continue
        if value is not None:
            before = draft.at(one.name.removeprefix(AT))
            draft.put(one.name.removeprefix(AT), replace(before, value=value))
    return parse_json(draft.text()), errors


def _fact(context: Context, draft: Draft, place: Place) -> Fact | None:
    library = context.service.grader.library
    if place.fact is None or (place.group is not None and place.row is None):
        return None
    try:
        rulesets = [ruleset for _, ruleset in draft.units(library)]
    except (Problem, LanguageError):
        return None
    if place.unit is not None:
        rulesets = rulesets[place.unit : place.unit + 1]
    return next((ruleset.facts[place.fact] for ruleset in rulesets if place.fact in ruleset.facts), None)


def _label(draft: Draft, place: Place, fact: Fact) -> str:
    ids = draft.unit_ids()
    where = [ids[place.unit]] if place.unit is not None and place.unit < len(ids) > 1 else []
    where += [_row_name(draft, place)] if place.group is not None else []
    return f"{' '.join(where)}：{fact.label}" if where else fact.label


def _row_name(draft: Draft, place: Place) -> str:
    references = draft.references(place.table)
    if isinstance(place.row, int) and place.row < len(references):
        named = references[place.row]
        return named if isinstance(named, str) else f"第 {named + 1} 行"
    return str(place.row)

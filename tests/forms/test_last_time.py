"""An audit begun from the last one: last time's answers stand beside, and none counts until it is confirmed or changed."""

from collections import Counter
from datetime import date
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from grading.audit_json import audit_to_json, dump_audit
from grading.digest import audit_digest, digest
from grading.forms.findings import FormError
from grading.forms.read import read_form
from grading.forms.write import filled_form
from grading.forms.write_facts import SAME
from grading.intake import AuditError, check_audit, read_audit
from grading.last_time import Recheck, begun_from, compared
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.problems.codes import ProblemCode
from reports.context.last_time import rechecked
from reports.record.context import Surroundings, record
from tests.api.world import TYRE
from tests.shipped import ENGINE, LIBRARY

DAY = date(2024, 9, 10)


@cache
def previous() -> Audit:
    return read_audit(TYRE.read_text(encoding="utf-8"), LIBRARY)


def begun() -> dict[str, Any]:
    return audit_to_json(begun_from(previous(), DAY), LIBRARY)


def rechecks(audit: Audit) -> Counter[Recheck]:
    rulesets = {unit.ruleset: LIBRARY.ruleset(unit.ruleset) for unit in audit.units}
    return Counter(one.recheck for one in compared(audit, rulesets))


def test_what_was_stated_last_time_is_unknown_until_somebody_confirms_it() -> None:
    audit = begun_from(previous(), DAY)
    empty = audit.model_copy(update={"last": None})
    graded = ENGINE.grade(audit, Mode.OFFICIAL)
    assert graded.outcome == ENGINE.grade(empty, Mode.OFFICIAL).outcome
    assert set(rechecks(audit)) == {Recheck.PENDING}
    assert digest(audit) == audit_digest(audit) != audit_digest(empty)
    assert read_audit(dump_audit(audit, LIBRARY), LIBRARY) == audit


def test_a_value_can_only_be_marked_as_last_time_where_it_is_what_was_stated() -> None:
    raw = begun()
    ledger = raw["last"]["units"][raw["units"][0]["id"]]["facts"]["prohibited_additives_used"]
    stated = ledger["value"] if isinstance(ledger, dict) else ledger
    raw["units"][0]["facts"] = {"prohibited_additives_used": {"value": stated, "as_last_time": True}}
    audit = check_audit(raw, LIBRARY)
    assert rechecks(audit)[Recheck.CONFIRMED] == 1
    raw["units"][0]["facts"] = {"prohibited_additives_used": {"value": not stated, "as_last_time": True}}
    with pytest.raises(AuditError) as refused:
        check_audit(raw, LIBRARY)
    (problem,) = refused.value.problems
    assert (problem.place, problem.code) == (
        "units[0].facts.prohibited_additives_used.as_last_time",
        ProblemCode.NOT_AS_LAST_TIME,
    )


def test_answers_that_todays_questions_no_longer_take_are_not_shown() -> None:
    raw = begun()
    unit = raw["last"]["units"][raw["units"][0]["id"]]
    unit["facts"]["prohibited_additives_used"], unit["facts"]["no_such_fact"] = "perhaps", True
    last = check_audit(raw, LIBRARY).last
    assert last is not None
    assert not {"prohibited_additives_used", "no_such_fact"} & set(last.units[raw["units"][0]["id"]].facts)


def marked(data: bytes, also: dict[str, Any] | None = None) -> bytes:
    """The workbook with every answer and row said to be as last time; `also`: answers typed besides, by place."""
    book: Workbook = load_workbook(BytesIO(data))
    for sheet in book.worksheets:
        roles = {sheet.cell(1, column).value: column for column in range(2, sheet.max_column + 1)}
        if "same" not in roles:
            continue
        if "answer" in roles:
            for row in range(5, sheet.max_row + 1):
                if sheet.cell(row, roles["last"]).value:
                    sheet.cell(row, roles["same"]).value = "是"
                if sheet.cell(row, 1).value in (also or {}):
                    sheet.cell(row, roles["answer"]).value = (also or {})[sheet.cell(row, 1).value]
        else:
            rows = previous().units[0].groups.get(str(sheet.cell(4, 1).value).rpartition(".")[2], ())
            for number, listed in enumerate(rows):
                sheet.cell(4, 3).value = "有，见下表"
                sheet.cell(8 + number, 3).value = listed.key
                sheet.cell(8 + number, roles["same"]).value = "是"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_workbook_shows_last_times_answers_and_takes_over_what_is_said_to_be_the_same() -> None:
    audit = begun_from(previous(), DAY)
    form = filled_form(audit, LIBRARY)
    assert read_form(form, LIBRARY).audit == audit
    confirmed = read_form(marked(form), LIBRARY).audit
    assert set(rechecks(confirmed)) == {Recheck.CONFIRMED}
    outcome = ENGINE.grade(previous(), Mode.OFFICIAL).outcome
    assert ENGINE.grade(confirmed, Mode.OFFICIAL).outcome == outcome
    assert read_form(filled_form(confirmed, LIBRARY), LIBRARY).audit == confirmed


def test_an_answer_that_differs_from_what_is_said_to_be_the_same_is_refused_at_its_cell() -> None:
    form = filled_form(begun_from(previous(), DAY), LIBRARY)
    known = previous().units[0].facts["prohibited_additives_used"].value
    with pytest.raises(FormError) as refused:
        read_form(marked(form, {"units[0].facts.prohibited_additives_used": "否" if known else "是"}), LIBRARY)
    (problem,) = refused.value.problems
    assert problem.spot is not None
    assert SAME in problem.message
    assert problem.spot.label == SAME


def test_record_and_report_name_what_was_confirmed_and_what_was_only_stated_last_time() -> None:
    raw = begun()
    unit = raw["last"]["units"][raw["units"][0]["id"]]
    stated = unit["facts"]["prohibited_additives_used"]
    raw["units"][0]["facts"] = {
        "prohibited_additives_used": {
            "value": stated["value"] if isinstance(stated, dict) else stated,
            "as_last_time": True,
        }
    }
    audit = check_audit(raw, LIBRARY)
    rulesets = {one.ruleset: LIBRARY.ruleset(one.ruleset) for one in audit.units}
    found = rechecked(audit, rulesets)
    assert found is not None
    assert (found.anew, len(found.confirmed)) == (0, 1)
    assert found.pending
    assert "本次未确认" in found.text
    remarks = [a.remarks for s in record(audit, rulesets, None, Surroundings()).units[0].sections for a in s.answers]
    assert sum("相同，经本次确认" in text for text in remarks) == 1
    assert sum("本次未确认" in text for text in remarks) > 1

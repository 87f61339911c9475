"""The XLSForm: accepted by pyxform, ranges and conditions those of the ruleset, nothing hidden that could matter."""

import io
import os
import random
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyxform.xls2xform import convert
from typer.testing import CliRunner

from grading.cli.main import app
from grading.forms.questions import OTHER, questions
from grading.intake import read_audit
from grading.model.audit import Audit, UnitAudit
from grading.model.base import Mode
from grading.model.ruleset import EvidenceValid
from grading.xlsform.write import xlsform
from tests.shipped import ENGINE, LIBRARY
from tests.xlsform.phone import filled_in, rows_of, survey

SEED = os.environ.get("RANDOM_SEED")
RULESETS = LIBRARY.ids() if SEED else random.Random(17).sample(LIBRARY.ids(), 6)
"""All of them in the night's run, which has a seed; else some, of all scales."""
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/*.json"))


@pytest.mark.parametrize("ruleset_id", RULESETS)
def test_pyxform_accepts_it_without_a_warning(ruleset_id: str) -> None:
    book = xlsform([LIBRARY.ruleset(ruleset_id)])
    made = convert(io.BytesIO(book), validate=False, file_type=".xlsx")
    assert made.warnings == []
    assert f"'{ruleset_id}'" in made.xform


def test_a_form_of_several_units_asks_once_what_they_have_in_common() -> None:
    rulesets = [LIBRARY.ruleset("national-2020/concrete"), LIBRARY.ruleset("national-2020/cement_grinding")]
    assert convert(io.BytesIO(xlsform(rulesets)), validate=False, file_type=".xlsx").warnings == []
    names = [row["name"] for row in survey(tuple(ruleset.id for ruleset in rulesets))]
    assert names.index("e_holds_permit") < names.index("u1__differs") < names.index("u1_holds_permit")
    assert len(names) == len(set(names))


def test_every_fact_that_a_ruleset_reads_is_asked_with_its_range_and_options() -> None:
    ruleset = LIBRARY.ruleset("national-2020/rubber")
    asked = {row["name"]: row for row in survey((ruleset.id,))}
    assert asked["u1_nmhc"]["constraint"] == ". >= 0 and . <= 100000"
    assert asked["u1_nmhc"]["label::中文 (zh)"].endswith("（mg/m³）")
    assert asked["u1_processes"]["type"] == "select_multiple u1_processes_options"
    assert asked["u1_outlets__rows"]["type"] == "begin_repeat"
    read = {name.removeprefix("u1_") for name in asked}
    assert {fact for fact in ruleset.facts if fact not in read} <= _unread(ruleset.id)


def _unread(ruleset_id: str) -> set[str]:
    return {question.fact.id for question in questions(LIBRARY.ruleset(ruleset_id)) if question.section == OTHER}


def test_the_day_of_evidence_is_asked_where_the_ruleset_limits_its_age() -> None:
    ruleset = LIBRARY.ruleset("national-2020/concrete")
    limited = {
        id_: ruleset.facts[id_].model_copy(update={"evidence_valid": EvidenceValid(months=12)})
        for id_ in ("holds_permit", "pm")
    }
    changed = ruleset.model_copy(update={"facts": {**ruleset.facts, **limited}})
    rows = [row for row in rows_of(xlsform([changed])) if re.search("[a-z]__taken$", row["name"])]
    assert [(row["name"], row["type"]) for row in rows] == [
        ("u1_holds_permit__taken", "date"),
        ("u1_pm__taken", "date"),
    ]
    assert {"12 个月内有效" in row["hint::中文 (zh)"] for row in rows} == {True}


def test_questions_show_by_what_the_ruleset_says_of_them() -> None:
    asked = {row["name"]: row for row in survey(("national-2020/rubber",))}
    screen = asked["u1_mixing_treatment__screen"]
    assert screen["relevant"] == "(${u1_processes} = '') or (selected(${u1_processes}, 'mixing'))"
    assert "relevant" not in asked["u1_holds_permit__screen"]
    assert asked["u1_hood_velocity"]["relevant"] == "(${u1_outlet_type} = '') or (not(${u1_outlet_type} = 'boiler'))"


@pytest.mark.parametrize("path", EXAMPLES[:: 1 if SEED else 13], ids=lambda path: path.stem)
def test_no_grade_hangs_on_an_answer_to_a_question_that_is_hidden(path: Path) -> None:
    audit = read_audit(path.read_bytes(), LIBRARY)
    shown = _without_hidden(audit)
    for mode in Mode:
        before, after = ENGINE.grade(audit, mode), ENGINE.grade(shown, mode)
        assert [_levels(unit) for unit in before.units] == [_levels(unit) for unit in after.units]


def _levels(unit: Any) -> Any:
    return unit.outcome, unit.gates, [(one.id, one.levels) for one in unit.indicators]


def _without_hidden(audit: Audit) -> Audit:
    """The audit without what the form would not have asked."""
    form, sent = survey(tuple(unit.ruleset for unit in audit.units)), filled_in(audit)
    relevant = {row["name"].removesuffix("__screen"): row["relevant"] for row in form if "relevant" in row}

    def is_shown(name: str, *answers: dict[str, Any]) -> bool:
        said = relevant.get(name)
        return said is None or name.endswith("__rows") or bool(_xpath(said)(_lookup(answers)))

    def left(index: int, unit: UnitAudit) -> UnitAudit:
        prefix = f"u{index + 1}"
        facts = {id_: known for id_, known in unit.facts.items() if is_shown(f"{prefix}_{id_}", sent.values)}
        groups = {}
        for group, rows in unit.groups.items():
            lines = sent.rows.get(f"{prefix}_{group}__rows", [])
            groups[group] = tuple(
                row.model_copy(
                    update={
                        "facts": {
                            id_: known
                            for id_, known in row.facts.items()
                            if is_shown(f"{prefix}_{id_}", line.values, sent.values)
                        }
                    }
                )
                for row, line in zip(rows, lines, strict=True)
            )
        return unit.model_copy(update={"facts": facts, "groups": groups})

    return audit.model_copy(update={"units": tuple(left(i, unit) for i, unit in enumerate(audit.units))})


def _lookup(answers: tuple[dict[str, Any], ...]) -> Callable[[str], Any]:
    return lambda name: next((one[name] for one in answers if one.get(name) is not None), "")


def _xpath(text: str) -> Callable[[Callable[[str], Any]], Any]:
    """The little XPath that the form uses, as Python."""
    python = re.sub(r"\$\{(\w+)\}", r"value('\1')", text)
    python = re.sub(r"(?<![<>!])=", "==", python).replace("not(", "no(")
    functions = {
        "no": lambda is_so: not is_so,
        "selected": lambda answer, option: option in str(answer).split(),
        "coalesce": lambda first, second: first if first != "" else second,
        "date": date.fromisoformat,
        "Decimal": Decimal,
    }
    code = compile(python, text, "eval")
    return lambda value: eval(code, {"__builtins__": {}}, functions | {"value": value})


def test_the_command_writes_the_form_and_refuses_to_fill_it_in(tmp_path: Path) -> None:
    target = tmp_path / "form.xlsx"
    done = CliRunner().invoke(app, ["form", "national-2020/concrete", "--xlsform", "-o", str(target)])
    assert done.exit_code == 0, done.output
    assert target.read_bytes()[:2] == b"PK"
    refused = CliRunner().invoke(
        app, ["form", "--audit", str(EXAMPLES[0]), "--xlsform", "-o", str(tmp_path / "b.xlsx")]
    )
    assert refused.exit_code == 2

"""The columns count the same figures, and name the same decisive ones, as is found for each unit by itself."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.columns.from_audits import from_audits
from grading.columns.grade import ColumnGrader
from grading.engine.grade import Engine
from grading.gaps.column_figures import FIGURES, FigureColumns
from grading.gaps.ground_figures import unit_figures
from grading.intake import read_audit
from grading.language.load import Library
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.ruleset import Ruleset
from tests.engine.small import Shelf
from tests.engine.strategies import Flavour, audits, rulesets

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*/*.json"))
LIBRARY = Library()
ENGINE = Engine(LIBRARY)


def in_columns(ruleset: Ruleset, audit: Audit, index: int, mode: Mode = Mode.TRIAL) -> dict[str, object]:
    """What the columns say of a unit."""
    grader = ColumnGrader(ruleset, mode)
    columns = from_audits(ruleset, [(audit, audit.units[index])] * 2)
    found = FigureColumns(grader).of(columns, grader.grade(columns).units["grade"])
    assert all(len(column) == 2 for column in found)
    return {column.name: column.to_list()[1] for column in found}


def by_itself(engine: Engine, audit: Audit, index: int) -> dict[str, object]:
    """What is found for the unit by itself."""
    known = {unit.ruleset: engine.library.ruleset(unit.ruleset) for unit in audit.units}
    found = unit_figures(known, audit, engine.grade(audit, Mode.TRIAL))[index]
    assert found is not None
    decisive = [figure.condition for figure in found.decisive]
    return dict(zip(FIGURES, (found.estimated, found.recalled, found.established, decisive), strict=True))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_counts_the_same(path: Path) -> None:
    audit = read_audit(path.read_bytes(), LIBRARY)
    for index, unit in enumerate(audit.units):
        found = in_columns(LIBRARY.ruleset(unit.ruleset), audit, index)
        alone = by_itself(ENGINE, audit, index)
        assert {name: _sorted(value) for name, value in found.items()} == {
            name: _sorted(value) for name, value in alone.items()
        }


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_random_rulesets_count_the_same(data: st.DataObject) -> None:
    ruleset = data.draw(rulesets(Flavour())).ruleset
    audit = data.draw(audits(ruleset))
    engine = Engine(Shelf(ruleset))
    assert {n: _sorted(v) for n, v in in_columns(ruleset, audit, 0).items()} == {
        n: _sorted(v) for n, v in by_itself(engine, audit, 0).items()
    }


def test_outside_trial_mode_nothing_is_counted() -> None:
    audit = read_audit(EXAMPLES[0].read_bytes(), LIBRARY)
    assert in_columns(LIBRARY.ruleset(audit.units[0].ruleset), audit, 0, Mode.OFFICIAL) == {}


def _sorted(value: object) -> object:
    return sorted(value) if isinstance(value, list) else value

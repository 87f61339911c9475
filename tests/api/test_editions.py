"""An edition from a draft to its signature and back: four eyes on each figure, and only what is settled counts."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from api.access import unscoped
from api.audit_log import append
from api.context import Context
from api.grader import Grader
from api.problems import Problem
from api.services import draft_rulesets, workflow
from api.services.editions import proposals, working
from api.services.editions.preparation import prepare
from api.services.editions.proposals import FigureVerdict
from api.services.editions.slips import slips_of
from api.services.editions.working import FieldChange
from api.services.replay import document, reviews_for
from api.store import EditionProposal, Grading, ProposalState, Verdict, WorkingEdition
from api.store.base import now
from api.store.migrate import migrate
from grading import calendar
from grading.edition_diff.changes import changes
from grading.figure_edits.fields import with_fields
from grading.figure_edits.settled import figures_to_review
from grading.language.load import Library
from grading.language.written import ruleset_yaml
from grading.model.ruleset import Review
from tests.api.conftest import service_on
from tests.api.world import EXAMPLES, TYRE, WORD, World, people_it

ID = "weicheng-2026/brick"
LEVELS = ("A", "B", "C")
SOURCE = {
    "standing": "established",
    "basis": "seen",
    "confidence": "high",
    "document": "渭城区砖瓦窑分级表",
    "page": "3",
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world with rulesets of its own, one for all tests of the file: each has an edition of its own name."""
    folder = tmp_path_factory.mktemp("editions")
    service = service_on(f"sqlite:///{folder}/editions.db", folder)
    service.grader = Grader(Library())
    migrate(service.database)
    yield people_it(service)
    service.close()


def begun(world: World, name: str) -> WorkingEdition:
    """The county's edition of brick kilns with the share of solid waste filled in at every level."""
    made = world.do("county", working.start, "national-2020/brick", name, SOURCE["document"], calendar.today())
    values = {"A": "80", "B": "50", "C": "30"}
    changes = [
        FieldChange(f"solid_waste_share.{level}", name, said)
        for level in LEVELS
        for name, said in ({"value": values[level]} | SOURCE).items()
    ]
    assert world.do("county", working.save, made.id, changes) == []
    return made


def proposed(world: World, working_id: UUID) -> EditionProposal:
    """Proposed, with what goes with it (which `test_browser_signs_an_edition` has made for real)."""
    return prepared(world, world.do("county", proposals.propose, working_id))


def prepared(world: World, made: EditionProposal) -> EditionProposal:
    with world.service.database.writing() as db, unscoped(db):
        row = db.get_one(EditionProposal, made.id)
        row.attachments, row.prepared_at = "{}", now()
        append(db, "edition.prepared", None, subject=f"edition:{made.id}")
    return made


def confirm(world: World, proposal: EditionProposal, left_out: Sequence[str] = ()) -> None:
    with world.at("city", writing=False) as context:
        waiting = figures_to_review(*proposals.editions_of(context, context.find(EditionProposal, proposal.id)))
    said = [FigureVerdict(one.place, Verdict.CONFIRMED, "表第 3 页") for one in waiting if one.place not in left_out]
    world.do("city", proposals.review, proposal.id, said)


def kiln(day: str, ruleset: str = ID, share: int = 10) -> str:
    """A kiln in Weicheng that nothing bars from being graded."""
    said: dict[str, Any] = json.loads((EXAMPLES / "brick" / "liquan-two-kilns.json").read_text())
    head = json.loads(TYRE.read_text())["enterprise"]
    clean = {"permit_requirements_met": True, "violation_last_year": False, "mobile_source_guideline_met": True}
    facts = said["enterprise"]["facts"] | clean | {"boundary_fluoride": 0.005}
    unit = said["units"][0]
    unit["ruleset"] = ruleset
    unit["facts"]["solid_waste_share"] = share
    unit["groups"]["outlets"][0] |= {"fluoride": 0.5, "so2": 10, "pm": 5}
    return json.dumps({"enterprise": head | {"facts": facts}, "assessed_on": day, "units": [unit]}, ensure_ascii=False)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Problem) as raised:
        act()
    return raised.value.code


def test_a_signed_edition_grades_officially_from_its_day_on_and_its_results_name_who_signed(world: World) -> None:
    town, world.service.grader = world, Grader(Library())
    proposal = proposed(town, begun(town, "weicheng-2026").id)
    assert refusal(lambda: town.do("city", proposals.sign, proposal.id, calendar.today())) == "nothing_confirmed"
    confirm(town, proposal, left_out=["gate.alert_not_executed"])
    town.do("city", proposals.sign, proposal.id, calendar.today(), "与原件一致")
    assert refusal(lambda: town.do("city", proposals.send_back, proposal.id, WORD)) == "wrong_state"
    yesterday = (calendar.today() - timedelta(days=1)).isoformat()
    early = town.do("wang", workflow.create_audit, town.tyre, kiln(yesterday))
    assert refusal(lambda: town.do("wang", workflow.submit, early.id)) == "edition_not_in_force"
    audit = town.do("wang", workflow.create_audit, town.tyre, kiln(calendar.today().isoformat()))
    town.do("wang", workflow.submit, audit.id)
    with town.at("wang", writing=False) as context:
        stored = context.db.scalars(select(Grading).where(Grading.audit_id == audit.id)).one()
        (unit,) = document(stored, reviews_for(context.db, stored))["units"]
    # A share of 10 % is below what is settled at every level, so the grade is decided though other figures are open;
    # what nobody confirmed does not count, neither for nor against the plant.
    assert (unit["levels"]["C"], unit["grade"]) == ("unmet", "D")
    assert {gate["id"]: gate["status"] for gate in unit["gates"]}["alert_not_executed"] == "unknown"
    assert (unit["review"], unit["reviewed_by"]) == ("reviewed", "咸阳市局")
    assert {f"solid_waste_share.{level}" for level in LEVELS} <= set(unit["signatures"][0]["figures"])
    assert "draft_ruleset" not in unit["notices"]


def test_who_proposes_or_fills_in_a_figure_never_reviews_it(town: World) -> None:
    made = town.do("city", working.start, "national-2020/brick", "city-2026", "分级表", calendar.today(), "610404")
    town.do(
        "city", working.save, made.id, [FieldChange("solid_waste_share.A", name, said) for name, said in SOURCE.items()]
    )
    own = town.do("city", proposals.propose, made.id)
    said = [FigureVerdict("solid_waste_share.A", Verdict.CONFIRMED, "第 3 页")]
    assert refusal(lambda: town.do("city", proposals.review, own.id, said)) == "own_proposal"
    assert refusal(lambda: town.do("province", proposals.review, own.id, said)) == "not_reviewer"
    other = begun(town, "other-2026")
    town.do("city", working.save, other.id, [FieldChange("solid_waste_share.A", "clause", "第 2 条")])
    proposal = town.do("county", proposals.propose, other.id)
    assert refusal(lambda: town.do("city", proposals.review, proposal.id, said)) == "own_figure"


def test_an_edition_is_returned_with_reasons_and_can_then_be_changed_again(town: World) -> None:
    edition = begun(town, "returned-2026")
    proposal = proposed(town, edition.id)
    change = [FieldChange("solid_waste_share.C", "value", "40")]
    assert refusal(lambda: town.do("county", working.save, edition.id, change)) == "wrong_state"
    refused = [FigureVerdict("solid_waste_share.C", Verdict.REFUSED)]
    assert refusal(lambda: town.do("city", proposals.review, proposal.id, refused)) == "invalid_reviews"
    town.do(
        "city",
        proposals.review,
        proposal.id,
        [FigureVerdict("solid_waste_share.C", Verdict.REFUSED, reasons="原件为 40")],
    )
    town.do("city", proposals.send_back, proposal.id, "C 级数值与原件不符")
    assert town.do("county", working.save, edition.id, change) == []
    assert town.do("county", proposals.propose, edition.id).state is ProposalState.PROPOSED


def test_a_field_that_somebody_else_has_changed_is_told_and_nothing_is_written(town: World) -> None:
    edition = begun(town, "merged-2026")
    mine = [
        FieldChange("solid_waste_share.C", "value", "45", shown="30"),
        FieldChange("solid_waste_share.C", "page", "9", "3"),
    ]
    town.do("city", working.save, edition.id, [FieldChange("solid_waste_share.C", "value", "40", shown="30")])
    (conflict,) = town.do("county", working.save, edition.id, mine)
    assert (conflict.field, conflict.theirs, conflict.by) == ("value", "40", "咸阳市局")
    with town.at("county", writing=False) as context:
        now_ = working.current_fields(working.edition_of(context, context.find(WorkingEdition, edition.id)))
    assert (now_["solid_waste_share.C", "value"], now_["solid_waste_share.C", "page"]) == ("40", "3")


def test_a_withdrawn_edition_grades_no_more_and_what_stands_on_it_is_graded_again_by_a_batch(town: World) -> None:
    withdrawn = "withdrawn-2026/brick"
    proposal = proposed(town, begun(town, "withdrawn-2026").id)
    confirm(town, proposal)
    town.do("city", proposals.sign, proposal.id, calendar.today())
    audit = town.do("wang", workflow.create_audit, town.tyre, kiln(calendar.today().isoformat(), withdrawn))
    town.do("wang", workflow.submit, audit.id)
    town.do("li", workflow.confirm, audit.id)
    assert refusal(lambda: town.do("city", proposals.order_regrading, proposal.id)) == "wrong_state"
    town.do("city", workflow.publish, audit.id)
    town.do("city", proposals.withdraw, proposal.id, "原件有误")
    with town.at("city", writing=False) as context:
        assert withdrawn not in context.service.grader.library.ids()
        (found,) = proposals.standing_on(context, context.find(EditionProposal, proposal.id))
    assert found.audit_id == audit.id
    again = town.do("wang", workflow.create_audit, town.tyre, kiln(calendar.today().isoformat(), withdrawn))
    assert refusal(lambda: town.do("wang", workflow.submit, again.id)) == "edition_not_in_force"
    batch = town.do("city", proposals.order_regrading, proposal.id)
    assert (batch.against, batch.edition, batch.industry) == ("national-2020/brick", "withdrawn-2026", "brick")


def test_an_edition_signed_from_a_file_of_its_own_can_be_the_base_of_the_next_one(world: World) -> None:
    town, world.service.grader = world, Grader(Library())
    brick = Library().ruleset("national-2020/brick")
    head = {"id": "weicheng-2027/brick", "jurisdiction": "610404", "review": Review(status="draft")}
    file = with_fields(brick, {"solid_waste_share.C": {"value": "30"} | SOURCE}).model_copy(update=head)
    uploaded = town.do("county", draft_rulesets.upload, ruleset_yaml(file, brick).encode())
    first = town.do("county", proposals.propose_draft, uploaded.id, "national-2020/brick")
    prepared(town, first)
    confirm(town, first)
    town.do("city", proposals.sign, first.id, calendar.today(), "与原件一致")
    made = town.do("county", working.start, file.id, "weicheng-2028", SOURCE["document"], calendar.today())
    change = [FieldChange("solid_waste_share.C", name, value) for name, value in ({"value": "35"} | SOURCE).items()]
    assert town.do("county", working.save, made.id, change) == []
    second = town.do("county", proposals.propose, made.id)
    with town.at("county", writing=False) as context:
        former, edition = proposals.editions_of(context, context.find(EditionProposal, second.id))
    assert (former.id, edition.id) == ("weicheng-2027/brick", "weicheng-2028/brick")
    assert [change.after_id for change in changes(former, edition) if change.kind == "indicator"] == [
        "solid_waste_share"
    ]
    assert prepare(world.service, second.id)
    with town.at("county", writing=False) as context:
        attached = json.loads(context.find(EditionProposal, second.id).attachments or "")
    assert attached["cases"]["cases"] > 0


def test_an_edition_takes_effect_no_earlier_than_the_one_before_it(town: World) -> None:
    early = date(1999, 1, 1)
    act = lambda: town.do("county", working.start, "national-2020/brick", "early-1999", "分级表", early)  # noqa: E731
    assert refusal(act) == "invalid_date"
    proposal = proposed(town, begun(town, "early-2026").id)
    confirm(town, proposal)
    with pytest.raises(Problem) as raised:
        town.do("city", proposals.sign, proposal.id, early)
    (error,) = raised.value.errors
    told = "施行日 1999-01-01 早于底本 national-2020/brick 的施行日 2020-06-29；请核对年份。"
    assert (error.place, error.message) == ("effective", told)


def test_a_text_that_says_another_figure_is_told_to_who_signs(town: World) -> None:
    made = begun(town, "text-2026")
    changed = [FieldChange("kiln_pm.A", "text", "颗粒物不高于 7 mg/m³")]
    assert town.do("county", working.save, made.id, changed) == []
    proposal = town.do("county", proposals.propose, made.id)

    def told(context: Context) -> list[str]:
        row = context.find(EditionProposal, proposal.id)
        return slips_of(context, row, proposals.editions_of(context, row)[1])

    (said,) = town.do("city", told)
    assert said.startswith("“干燥及焙烧窑颗粒物”A级：文字写着“7 mg/m³”，数值里没有这个数")

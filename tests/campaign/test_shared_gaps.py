"""Gaps that plants share, and who takes the least."""

from grading.campaign.candidates import candidates
from grading.campaign.evaluate import Evaluator
from grading.campaign.shared_gaps import by_effort, shared_gaps
from grading.campaign.ways import PlantWays
from tests.campaign.plants import VOCABULARY, campaign, plant
from tests.campaign.test_soonest import ON, C, gap, way, ways


def looked_at(known: dict[str, PlantWays]) -> Evaluator:
    return Evaluator(campaign(), [plant(permit, C) for permit in known], VOCABULARY)


def test_a_gap_counts_once_a_plant_among_the_plants_of_its_industry() -> None:
    known = {
        "P1": ways(way(1, 1)).model_copy(update={"gaps": (gap("G1"), gap("G9", status="unknown"))}),
        "P2": ways(way(1, 1)).model_copy(update={"gaps": (gap("G2", status="unknown"),)}),
        "P3": ways(way(1, 1), gaps=()),
    }
    found = candidates(looked_at(known), ON, {(permit, "B"): one for permit, one in known.items()})
    (shared,) = shared_gaps(found)
    assert (shared.unmet, shared.unknown, shared.of, shared.plants) == (("P1",), ("P2",), 3, ("P1", "P2"))


def test_plants_come_by_what_is_asked_for_and_those_without_a_way_last() -> None:
    known = {
        "P1": ways(way(1, 1, weeks=30)),
        "P2": ways(way(9, 9, weeks=2)),
        "P3": ways(None),
        "P4": ways(way(0, 0), trial=True),
    }
    found = candidates(looked_at(known), ON, {(permit, "B"): one for permit, one in known.items()})
    assert [c.permit for c in by_effort(found)] == ["P1", "P2", "P4", "P3"]
    assert [c.permit for c in by_effort(found, "weeks")] == ["P2", "P1", "P4", "P3"]

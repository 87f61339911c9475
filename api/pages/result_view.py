"""A grading as its page shows it: the matrix of dimensions by level, the tree of reasons, what changed since."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.schemas.decisions import stored_decision
from api.services.analysis import Case
from api.services.replay import DRAFT_NOTICE, Review
from api.store import Grading
from grading.explain import Reason, explain
from grading.language.short_boards import ShortBoards, short_boards
from grading.language.waiver_text import waivers_text
from grading.model.base import Status
from grading.model.decision import Decision, decide
from grading.model.figures import GroundFigures
from grading.model.result import UnitGrading
from grading.model.ruleset import Ruleset
from grading.simulate import Difference, compare

SHOWN_KINDS = frozenset({"unit_grade", "dimension", "gate", "indicator"})


@dataclass(frozen=True)
class UnitView:
    """One unit's result."""

    graded: UnitGrading
    ruleset: Ruleset
    reason: Reason
    review: Review | None
    decision: Decision
    figures: GroundFigures | None

    @property
    def short_boards(self) -> ShortBoards | None:
        """The indicators that keep the unit from the next better level."""
        return short_boards(self.ruleset, self.graded)

    @property
    def waivers(self) -> tuple[str, ...]:
        """The waivers that the unit was graded with, a sentence each."""
        return waivers_text(self.ruleset, self.graded)

    @property
    def notices(self) -> tuple[str, ...]:
        """Notices about the edition that a reader has to know; a sign-off takes the draft's notice away."""
        return tuple(n for n in self.graded.notices if self.review is None or n != DRAFT_NOTICE)

    @property
    def levels(self) -> tuple[Reason, ...]:
        """The levels' parts of the tree, best first."""
        return tuple(child for child in self.reason.children if child.kind == "level")

    @property
    def triggered(self) -> tuple[Reason, ...]:
        """Gates that hold, or of which it isn't known."""
        return tuple(gate for gate in self._gates if gate.status is not Status.UNMET)

    @property
    def untriggered(self) -> tuple[Reason, ...]:
        """Gates that don't hold."""
        return tuple(gate for gate in self._gates if gate.status is Status.UNMET)

    @property
    def _gates(self) -> tuple[Reason, ...]:
        return tuple(child for child in self.reason.children if child.kind == "gate")

    @property
    def matrix(self) -> list[tuple[str, str, list[Status | None]]]:
        """Dimension by dimension (id, label) its status at each level, best level first."""
        rows = []
        for i, dimension in enumerate(self.levels[0].children if self.levels else ()):
            rows.append((dimension.id, dimension.text, [level.children[i].status for level in self.levels]))
        return rows


def decision_shown(stored: Grading | None, case: Case | None) -> Decision:
    """The decision of a case as it is shown; as it is stored where this revision of the engine can't explain it."""
    if case is not None:
        return case.decision
    if stored is None:
        return decide(None)
    return stored_decision(stored.grade, stored.attainable, stored.mode, stored.missing, stored.open_figures)


def unit_views(case: Case, reviews: Mapping[str, Review]) -> tuple[UnitView, ...]:
    """The results of all units of a case."""
    views = []
    for i, graded in enumerate(case.grading.units):
        ruleset = case.engine.library.ruleset(graded.ruleset)
        reason = explain(case.audit, i, ruleset, graded)
        review = reviews.get(graded.ruleset_digest)
        views.append(UnitView(graded, ruleset, reason, review, case.unit_decisions[i], case.unit_figures[i]))
    return tuple(views)


def changes(was: Case, now: Case) -> tuple[tuple[Ruleset, Difference], ...]:
    """The differences between two cases of the same units, down to single indicators."""
    rulesets = {unit.id: now.engine.library.ruleset(unit.ruleset) for unit in now.audit.units}
    found = compare(was.grading, now.grading)
    return tuple((rulesets[d.unit], d) for d in found if d.kind in SHOWN_KINDS)


def change_text(ruleset: Ruleset, difference: Difference) -> str:
    """The subject of a difference, in words."""
    if difference.kind == "unit_grade":
        return "至少可定的等级"
    if difference.kind == "dimension":
        return f"{ruleset.dimensions[difference.id].label}（维度等级）"
    if difference.kind == "gate":
        return next((g.title or g.id for g in ruleset.gates if g.id == difference.id), difference.id)
    indicator, _, level = difference.id.rpartition(".")
    title = next((i.title for i in ruleset.indicators if i.id == indicator), indicator)
    label = next((known.label for known in ruleset.scale.levels if known.id == level), level)
    return f"{title} · {label}"


def side(ruleset: Ruleset, value: str | None) -> str:
    """One side of a difference: a status or a level, in words."""
    words = {Status.MET: "✓ 满足", Status.UNMET: "✗ 不满足", Status.UNKNOWN: "？未知", Status.WAIVED: "免 豁免"}
    if value is None:
        return "—"
    if value in set(Status):
        return words[Status(value)]
    return next((known.label for known in ruleset.scale.levels if known.id == value), value)

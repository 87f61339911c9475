"""Proves a ruleset: asks every question in each mode and period, grades what is found, tells what is wrong."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from grading.engine.grade import Engine
from grading.intake import AuditError, check_audit
from grading.language.accepted import Accepted, accepted_of
from grading.language.load import Library
from grading.language.loaded import Loaded
from grading.language.problems import LanguageError, Problem
from grading.language.prose import sentence
from grading.language.windows import first_days
from grading.model.base import Mode
from grading.model.condition import Comparison
from grading.model.result import UNGRADED
from grading.model.ruleset import Cap
from grading.plan.build import build_plan
from grading.problems.proof_codes import ProofCode
from grading.problems.reason import Parameter, Reason, reason_of
from grading.proof.criteria import Criterion, criteria
from grading.proof.domain import MOST_ROWS
from grading.proof.idle_figures import deciding_questions, idle_figures
from grading.proof.logic import Truth
from grading.proof.questions import (
    Kind,
    Question,
    as_questions,
    criterion_questions,
    level_questions,
    nested_questions,
    together_questions,
)
from grading.proof.reading import Reading
from grading.proof.results import Finding, LevelProof, Outcome, Period, Proof, Witness
from grading.proof.search import Answers, Search
from grading.proof.values import Values, audit_of
from grading.proof.windows import edition_finding, window_findings

NEVER: Mapping[Kind, ProofCode] = {
    "met": ProofCode.CRITERION_NEVER_MET,
    "fails": ProofCode.CRITERION_NEVER_FAILS,
    "selects": ProofCode.SELECTION_EMPTY,
    "applies": ProofCode.INDICATOR_NEVER_APPLIES,
    "fires": ProofCode.GATE_NEVER_FIRES,
}
"""The meaning of a question about a condition that no audit answers."""
LEFT_OPEN: Mapping[Kind, ProofCode] = {
    **NEVER,
    "order": ProofCode.LEVEL_NOT_ORDERED,
    "nested": ProofCode.REQUIREMENT_NOT_NESTED,
    "floor": ProofCode.LEVEL_UNREACHABLE,
    "ungraded": ProofCode.LEVEL_UNREACHABLE,
}
"""The finding that an unanswered question leaves open."""
EXPLAINED_BY: Mapping[Kind, tuple[Kind, ...]] = {"met": ("fires", "applies"), "fires": (), "applies": ()}
"""Questions about the same condition whose finding says more."""

MOST_TEXTS = 3
"""The number of failing conditions that a counter-example names."""


class WitnessError(RuntimeError):
    """An audit that was found is graded otherwise than the formulas say."""


def prove(library: Library, ruleset_id: str) -> Proof:
    """Prove a ruleset. Raises KeyError when there is none of the id."""
    try:
        loaded = library.load(ruleset_id)
        accepted = accepted_of(library, loaded)
    except LanguageError as error:
        return Proof(ruleset_id, (), (), (), 0, MOST_ROWS, error.problems)
    return _Prover(library, loaded, accepted).proof()


@dataclass
class _Prover:
    library: Library
    loaded: Loaded
    accepted: Mapping[str, Accepted]
    levels: list[LevelProof] = field(default_factory=list)
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)
    not_proven: list[Problem] = field(default_factory=list)
    open: set[tuple[str, str]] = field(default_factory=set)
    """Findings, by code and place, that are neither proven nor excluded."""
    questions: int = 0

    def __post_init__(self) -> None:
        self.ruleset = self.loaded.ruleset
        self.engine = Engine(self.library)
        self.criteria = list(criteria(self.ruleset))
        self.by_name = {one.name: one for one in self.criteria}

    def proof(self) -> Proof:
        """Prove everything."""
        deciding: set[str] = set()
        idle: dict[str, list[Period]] = {}
        unknown: set[str] = set()
        days = first_days(self.ruleset)
        last = None if self.ruleset.edition.superseded is None else self.ruleset.edition.superseded - timedelta(days=1)
        ends = [*(day - timedelta(days=1) for day in days[1:]), last or date.max]
        for mode in (Mode.TRIAL, Mode.OFFICIAL):
            for day, end in zip(days, ends, strict=True):
                period = Period(mode, day)
                search = Search(build_plan(self.ruleset, mode, day), day, end)
                self._period(search, period)
                names = deciding_questions(search.plan, self.criteria)
                # A figure that decides once decides; where it does not count it can't.
                left = {node: listed for node, listed in names.items() if not deciding.issuperset(listed)}
                found, never, open_ = idle_figures(search, left)
                self.questions += len(left)
                deciding |= found
                unknown |= open_
                for name in never:
                    idle.setdefault(name, []).append(period)
        for name, periods in idle.items():
            if name not in deciding and name not in unknown:
                self._find_criterion(ProofCode.FIGURE_IDLE, self.by_name[name], periods)
        for name in sorted(unknown - deciding):
            self._leave_open(ProofCode.FIGURE_IDLE, name)
        self._windows()
        return self._concluded()

    def _period(self, search: Search, period: Period) -> None:
        """Levels and statements in both modes; what concerns single conditions is the same in both, where it counts."""
        plan = search.plan
        questions = as_questions([*level_questions(plan), *nested_questions(plan)])
        if period.mode is Mode.TRIAL:
            questions = {**questions, **as_questions(criterion_questions(plan, self.criteria))}
        answers = search.answer(questions)
        self.questions += len(questions)
        self._levels(search, period, answers)
        for question in questions:
            if question.kind in ("nested", "order") and question in answers.found:
                self._counter_example(search, question, period, answers.found[question])
            elif question in answers.open and question.kind not in ("level", "reaches", "attainable"):
                self._leave_open(LEFT_OPEN[question.kind], question.place or question.level)
            elif (
                question in answers.impossible and question.kind in NEVER and not self._is_explained(question, answers)
            ):
                self._find_criterion(NEVER[question.kind], self.by_name[question.place], [period])
        if period.mode is Mode.TRIAL:
            self._together(search, period, answers)

    def _is_explained(self, question: Question, answers: Answers) -> bool:
        """True when another finding says the same more closely: of a part of the condition, or of the whole."""
        if any(Question(kind, question.place) in answers.impossible for kind in EXPLAINED_BY.get(question.kind, ())):
            return True
        return question.kind in ("met", "fails") and any(
            other.kind == question.kind and question.place in self.by_name[other.place].above
            for other in answers.impossible
            if other.kind == question.kind
        )

    def _levels(self, search: Search, period: Period, answers: Answers) -> None:
        scale = self.ruleset.scale
        for i, level in enumerate(scale.ids):
            question = Question("level" if i < len(scale.graded) else "floor", "", level)
            if question in answers.found:
                witness = self._witness(level, period, answers.found[question], level, level)
                self.levels.append(LevelProof(level, period, "reachable", witness))
            elif i < len(scale.graded):
                self._not_reached(search, period, answers, i)
            else:
                self.levels.append(
                    LevelProof(level, period, "not_proven" if question in answers.open else "unreachable")
                )
        if search.plan.ungraded is not None:
            found = answers.found.get(Question("ungraded", ""))
            if found is not None:
                witness = self._witness(UNGRADED, period, found, UNGRADED, UNGRADED)
                self.levels.append(LevelProof(UNGRADED, period, "reachable", witness))

    def _not_reached(self, search: Search, period: Period, answers: Answers, i: int) -> None:
        plan, level = search.plan, self.ruleset.scale.graded[i]
        waits = any(plan.reachable[j].node in plan.open_nodes for j in range(i + 1))
        best = answers.found.get(Question("attainable", "", level))
        outcome: Outcome = "unreachable"
        witness = None
        if Question("level", "", level) in answers.open:
            outcome = "not_proven"
            self._leave_open(ProofCode.LEVEL_UNREACHABLE, level)
        elif waits and (best is not None or Question("reaches", "", level) in answers.found):
            outcome = "open"
            witness = None if best is None else self._witness(level, period, best, None, level)
        elif Question("reaches", "", level) in answers.found:
            self._find_level(reason_of(ProofCode.LEVEL_NOT_TOLD_APART, level=level), level, period)
        else:
            named = dict(self._demands(search, level))
            names = search.conflict([], named)
            self._find_level(reason_of(ProofCode.LEVEL_UNREACHABLE, level=level, names=_listed(names)), level, period)
        self.levels.append(LevelProof(level, period, outcome, witness))

    def _demands(self, search: Search, level: str) -> Iterator[tuple[str, Any]]:
        """The demands of a level, by name: of each indicator, and of each gate that would bar it."""
        r, plan, scale = search.reading, search.plan, self.ruleset.scale
        for indicator in self.ruleset.indicators:
            yield f"“{indicator.title}”", r.of(plan.indicator_levels[indicator.id, level]).met
        for gate in self.ruleset.gates:
            when = plan.gates.get(gate.id)
            bars = not isinstance(gate.effect, Cap) or scale.ids.index(gate.effect.cap) > scale.ids.index(level)
            if when is not None and bars:
                yield f"否决项“{gate.title or gate.text}”", r.of(when).unmet

    def _together(self, search: Search, period: Period, answers: Answers) -> None:
        plan, graded = search.plan, self.ruleset.scale.graded
        levels = [level for level in graded if Question("reaches", "", level) in answers.found]
        possible = [one for one in self.criteria if Question("met", one.name) in answers.found]
        questions = as_questions(together_questions(plan, possible, levels))
        together = search.answer(questions)
        self.questions += len(questions)
        for question in questions:
            one = self.by_name[question.place]
            if question in together.open:
                self._leave_open(ProofCode.CRITERION_CONTRADICTS, question.place)
            elif question in together.impossible:
                guard = plan.applies.get(one.site.id)
                required = [search.reading.anywhere(plan.places[one.name], one.positive)]
                required += [] if guard is None else [search.reading.of(guard).met]
                names = search.conflict(required, dict(self._demands(search, question.level)))
                parameters: dict[str, Parameter] = {
                    "level": question.level,
                    "names": _listed(names),
                    "text": sentence(self.ruleset, one.condition),
                }
                reason = reason_of(ProofCode.CRITERION_CONTRADICTS, **parameters)
                self._find(self._problem(one, reason), one.name, [period])

    def _counter_example(self, search: Search, question: Question, period: Period, values: Values) -> None:
        if question.kind == "order":
            code = ProofCode.LEVEL_NOT_ORDERED
            witness = self._witness(f"{code.value}.{question.level}", period, values)
            reason = reason_of(code, level=question.level, better=question.better)
            self._find(self.loaded.own.problem((), reason), question.level, [period], witness)
            return
        code = ProofCode.REQUIREMENT_NOT_NESTED
        witness = self._witness(f"{code.value}.{question.place}", period, values)
        reading = Reading(search.plan, Truth(), values)
        failing = [
            sentence(self.ruleset, one.condition)
            for one in self.criteria
            if question.place in (one.name, *one.above)
            and one.role == "requirement"
            and isinstance(one.condition, Comparison)
            and (ref := search.plan.places.get(one.name)) is not None
            and reading.anywhere_not(ref, one.positive)
        ]
        texts = tuple(dict.fromkeys(failing))[:MOST_TEXTS]
        reason = reason_of(code, level=question.level, better=question.better, texts=texts)
        self._find(self._problem(self.by_name[question.place], reason), question.place, [period], witness)

    def _witness(
        self, name: str, period: Period, values: Values, grade: str | None = None, attainable: str | None = None
    ) -> Witness:
        """The audit, opened and graded as any other; raises WitnessError where the engine says otherwise."""
        raw = audit_of(values, f"{self.ruleset.title}：{name}")
        try:
            audit = check_audit(raw, self.library, as_recorded=True)
        except AuditError as error:
            raise WitnessError(f"{self.ruleset.id} {name}: {error}") from None
        outcome = self.engine.grade(audit, period.mode).units[0].outcome
        if grade not in (None, outcome.grade) or attainable not in (None, outcome.attainable):
            raise WitnessError(f"{self.ruleset.id} {period} {name}: {outcome} instead of {grade}, {attainable}")
        return Witness(name, period, raw, outcome.grade, outcome.attainable)

    def _windows(self) -> None:
        for criterion, reason in window_findings(self.ruleset, self.criteria):
            self._find(self._problem(criterion, reason), criterion.name, [])
        gap = edition_finding(self.library, self.ruleset)
        if gap is not None:
            self._find(self.loaded.own.problem(("edition", "superseded"), gap), "edition", [])

    def _find_criterion(self, code: ProofCode, one: Criterion, periods: list[Period]) -> None:
        reason = reason_of(code, text=sentence(self.ruleset, one.condition))
        self._find(self._problem(one, reason), one.name, periods)

    def _find_level(self, reason: Reason, level: str, period: Period) -> None:
        self._find(self.loaded.own.problem((), reason), level, [period])

    def _problem(self, one: Criterion, reason: Reason) -> Problem:
        return self.loaded.problem(one.site.kind, one.site.id, one.inner, reason)

    def _find(self, problem: Problem, place: str, periods: list[Period], witness: Witness | None = None) -> None:
        """A finding; of one that is there already, only that it holds in more periods."""
        key = (problem.code.value, place)
        known = self.findings.get(key) or Finding(problem, place, (), witness, self._reason(key, problem))
        self.findings[key] = replace(known, periods=tuple(dict.fromkeys([*known.periods, *periods])))

    def _reason(self, key: tuple[str, str], problem: Problem) -> str | None:
        for file in (self.loaded.own.file, problem.file):
            found = self.accepted[file].reasons.get(key) if file in self.accepted else None
            if found is not None:
                return found[0]
        return None

    def _leave_open(self, code: ProofCode, place: str) -> None:
        self.open.add((code.value, place))
        one = self.by_name.get(place)
        reason = reason_of(ProofCode.NOT_PROVEN, question=f"{code.value} {place}")
        self.not_proven.append(self.loaded.own.problem((), reason) if one is None else self._problem(one, reason))

    def _concluded(self) -> Proof:
        for problem in self.accepted[self.loaded.own.file].needless(self.findings.keys() | self.open):
            self._find(problem, problem.place, [])
        return Proof(
            self.ruleset.id,
            tuple(self.levels),
            tuple(sorted(self.findings.values(), key=lambda finding: finding.problem)),
            tuple(dict.fromkeys(self.not_proven)),
            self.questions,
            MOST_ROWS,
        )


def _listed(names: Iterable[str] | None) -> tuple[str, ...]:
    return tuple(names or ())

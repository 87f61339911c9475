"""A ruleset read as questions: each fact in the section of the form where an assessor looks for it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grading.model.condition import Comparison, ConditionBase, walk
from grading.model.ruleset import Fact, Gate, Indicator, Ruleset

GATES = "gates"
GATES_TITLE = "准入与降级情形"
OTHER = "other"
OTHER_TITLE = "其他情况"


@dataclass(frozen=True)
class Question:
    """A fact, and who reads it: `judged_by` compare its value, `selects_for` only find out what applies by it."""

    fact: Fact
    section: str
    judged_by: tuple[Indicator, ...]
    selects_for: tuple[Indicator, ...]
    gates: tuple[Gate, ...]


@dataclass(frozen=True)
class Section:
    """A titled run of questions: the gates, a dimension, or what nothing reads."""

    id: str
    title: str
    questions: tuple[Question, ...]


def questions(ruleset: Ruleset) -> tuple[Question, ...]:
    """Every fact of a ruleset as a question, in the order of declaration."""
    readers = _Readers(ruleset)
    return tuple(readers.question(fact) for fact in ruleset.facts.values())


def sections(ruleset: Ruleset, asked: Iterable[Question]) -> tuple[Section, ...]:
    """The questions by section, empty ones left out: gates, the dimensions in the guideline's order, the rest."""
    listed = tuple(asked)
    titles = {GATES: GATES_TITLE, **{id_: d.label for id_, d in ruleset.dimensions.items()}, OTHER: OTHER_TITLE}
    found = (Section(id_, title, tuple(q for q in listed if q.section == id_)) for id_, title in titles.items())
    return tuple(section for section in found if section.questions)


class _Readers:
    """The indicators and gates that read a fact, directly or through computed facts."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.judging = {i.id: self.facts(_judging(i)) for i in ruleset.indicators}
        self.selecting = {i.id: self.facts(_selecting(i)) for i in ruleset.indicators}
        self.gating = {g.id: self.facts(_compared(g.when)) for g in ruleset.gates}

    def question(self, fact: Fact) -> Question:
        judged_by = tuple(i for i in self.ruleset.indicators if fact.id in self.judging[i.id])
        selects_for = tuple(
            i for i in self.ruleset.indicators if fact.id in self.selecting[i.id] and i not in judged_by
        )
        gates = tuple(g for g in self.ruleset.gates if fact.id in self.gating[g.id])
        readers = [i for i in self.ruleset.indicators if i in judged_by or i in selects_for]
        section = readers[0].dimension if readers else GATES if gates else OTHER
        return Question(fact, section, judged_by, selects_for, gates)

    def facts(self, names: Iterable[str]) -> frozenset[str]:
        """The names with whatever the computed facts among them are worked out from."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                computed = self.ruleset.computed.get(name)
                waiting += [o for o in computed.operands if isinstance(o, str)] if computed else []
        return frozenset(found)


def _judging(indicator: Indicator) -> Iterator[str]:
    for requirement in indicator.levels.values():
        yield from (
            condition.fact
            for path, condition in walk(requirement.require)
            if isinstance(condition, Comparison) and "where" not in path.split(".")
        )


def _selecting(indicator: Indicator) -> Iterator[str]:
    if indicator.applies_when is not None:
        yield from _compared(indicator.applies_when)
    for requirement in indicator.levels.values():
        yield from _compared(requirement.require)


def _compared(condition: ConditionBase) -> Iterator[str]:
    return (c.fact for _, c in walk(condition) if isinstance(c, Comparison))

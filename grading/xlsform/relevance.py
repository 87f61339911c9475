"""Conditions under which a question of an XLSForm shows, from its ruleset, as XPath."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from grading.digest import plain
from grading.forms.relevance import ORDER, Compared, Compiler, Expression, Guards
from grading.model.condition import Comparison
from grading.model.ruleset import Ruleset
from grading.xlsform.names import BELOW, NO, YES


def relevant(ruleset: Ruleset, places: list[Guards] | None, reference: Callable[[str], str | None]) -> str | None:
    """The XPath by which a question shows, None where it always does.

    `reference` gives the XPath of a fact's answer, None for one that is asked later or elsewhere.
    """
    return _XPath(ruleset, reference).relevant(places)


class _XPath(Compiler):
    def __init__(self, ruleset: Ruleset, reference: Callable[[str], str | None]) -> None:
        self.ruleset, self.reference = ruleset, reference

    def comparison(self, c: Comparison) -> Compared | None:
        """A comparison with the answer to a question that is asked before."""
        fact, answer = self.ruleset.facts.get(c.fact), self.reference(c.fact)
        if fact is None or answer is None:
            return None
        listed = c.guess if isinstance(c.guess, tuple) else (c.guess,)
        blank = [f"{answer} = ''"]
        if fact.type == "choices":
            return Compared(blank, self._of_set(c, answer, [str(value) for value in listed], tuple(fact.options)))
        if fact.type == "number":
            blank.append(f"{_beside(answer, BELOW)} != ''")
        if c.operator in ORDER:
            return Compared(blank, f"{answer} {ORDER[c.operator]} {_literal(listed[0])}")
        same = self.either([f"{answer} = {_literal(value)}" for value in listed])
        return Compared(blank, self.contrary(same) if c.operator == "none_of" else same)

    def _of_set(self, c: Comparison, answer: str, listed: list[str], options: tuple[str, ...]) -> Expression:
        if c.operator == "includes_all":
            return self.both([f"selected({answer}, '{value}')" for value in listed])
        if c.operator == "within":
            return self.both([f"not(selected({answer}, '{value}'))" for value in options if value not in listed])
        return self.either([f"selected({answer}, '{value}')" for value in listed])

    def conjunction(self, parts: list[str]) -> str:
        """All of two or more."""
        return " and ".join(f"({part})" for part in parts)

    def disjunction(self, parts: list[str]) -> str:
        """Any of two or more."""
        return " or ".join(f"({part})" for part in parts)

    def negation(self, part: str) -> str:
        """The contrary."""
        return f"not({part})"


def _beside(answer: str, suffix: str) -> str:
    """The answer that stands beside another: `${u1_x}` → `${u1_x__below}`."""
    return answer.replace("}", f"{suffix}}}")


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return f"'{YES if value else NO}'"
    if isinstance(value, Decimal):
        return plain(value)
    return f"date('{value.isoformat()}')" if isinstance(value, date) else f"'{value}'"

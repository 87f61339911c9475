"""The causes of the present engine, as the former one asks for them."""

from grading.engine.trace import Because, FactCauses


class Causes:
    """Facts of a unit, and rows with their facts, each as the only cause of something."""

    def __init__(self, present: FactCauses) -> None:
        self._present = present
        self.ruleset = present.ruleset

    def fact(self, fact: str, group: str | None = None, row: int | None = None) -> Because:
        """A fact of the unit, or of a row (from 1) of one of its groups."""
        if group is None or row is None:
            return self._present.fact(fact)
        of_row = self._present.rows(group)[row - 1]
        return of_row.made.get(fact) or of_row.make(fact)

    def group(self, group: str, row: int | None = None) -> Because:
        """A group, or a row of it."""
        return self._present.group(group) if row is None else self._present.rows(group)[row - 1].itself

    def key(self, group: str, row: int) -> str:
        """The key of a row (from 1)."""
        return self._present.rows(group)[row - 1].row.key

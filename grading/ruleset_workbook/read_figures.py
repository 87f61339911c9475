"""The figures of one condition as the workbook has them → edits of the condition, each checked against its source."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from grading.digest import plain
from grading.forms.findings import Spot
from grading.problems.workbook_codes import RulesetWorkbookCode
from grading.ruleset_workbook.conditions import ConditionEdits, FigureEdit, Raw, comparison
from grading.ruleset_workbook.figures import Figure, figure_kind
from grading.ruleset_workbook.findings import Findings
from grading.ruleset_workbook.kinds import RefusedError, UnreadableError
from grading.ruleset_workbook.layout_table import APPLIES
from grading.ruleset_workbook.names import Names
from grading.ruleset_workbook.raw import dumped
from grading.ruleset_workbook.read_records import cited
from grading.ruleset_workbook.read_rows import ReadRow
from grading.ruleset_workbook.words import (
    CONFIDENCE,
    ESTABLISHED_STATE,
    OPERATOR_WORDS,
    REMOVED_STATE,
    STATES,
    UNRESOLVED_STATE,
)

SOURCE = ("basis", "confidence", "cite", "note")
RANKS = {"low": 0, "medium": 1, "high": 2}
ROLES = ("item", "operator", "value", "state", *SOURCE)


Number = tuple[Decimal, Decimal, Spot]
"""A figure as it was, as it is, and its cell."""


@dataclass(frozen=True)
class OwnerSource:
    """The provenance of the indicator or gate around a figure: as it was written, and as it is now."""

    before: Mapping[str, Any]
    now: Mapping[str, Any]


@dataclass
class BlockReading:
    """The reading of a block: the edits of its condition, and the cell of each figure and of each added comparison."""

    edits: ConditionEdits = field(default_factory=ConditionEdits)
    spots: dict[int, Spot] = field(default_factory=dict)
    extra_spots: list[Spot] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    """The figures that are one number."""
    settled: bool = False
    """True when an open figure has become an established one."""
    touched: bool = False


class BlockReader:
    """Reads the figures of one block (a level, when an indicator applies, when a gate is met) of one entry."""

    def __init__(
        self, block: str, names: Names, citations: Mapping[str, Raw], owner: OwnerSource, found: Findings
    ) -> None:
        self.block, self.names, self.citations, self.owner, self.found = block, names, citations, owner, found

    def has(self, row: ReadRow, *roles: str) -> bool:
        """True when one of the cells of a row holds something."""
        return any(not row.entry(self.role(role)).blank for role in roles or ROLES)

    def role(self, role: str) -> str:
        """The role of a cell of this block."""
        return f"{self.block}:{role}"

    def read(self, rows: list[ReadRow], figures: tuple[Figure, ...], template: bool = False) -> BlockReading:
        """The edits; `template`: the figures are those of another level, and an empty cell is the same as there."""
        reading = BlockReading()
        for number, row in enumerate(rows):
            figure = figures[number] if number < len(figures) else None
            if figure is not None and (not template or row.get(self.role("item")) is None):
                reading.spots[number] = row.spot(self.role("value"))
                self._figure(row, number, figure, template, reading)
            elif self.has(row):
                self._extra(row, reading)
        return reading

    def _figure(self, row: ReadRow, number: int, figure: Figure, template: bool, reading: BlockReading) -> None:
        roles = {self.role(role) for role in ROLES}
        if template and not self.has(row):
            self._number(figure, figure.value, row, reading)
            return
        if row.bad & roles:
            reading.touched = True
            return
        changed = row.changed & roles
        stated = {role: row.get(self.role(role)) for role in ROLES}
        if template:
            stated["operator"] = stated["operator"] or figure.operator
            stated["state"] = stated["state"] or figure.state
        operator, state = stated["operator"], stated["state"]
        if not changed:
            self._number(figure, figure.value, row, reading)
            return
        reading.touched = True
        if state == REMOVED_STATE:
            reading.edits.figures[number] = FigureEdit(figure.operator, figure.value, state)
            return
        value = self._value(row, figure.fact, operator, state, figure, template)
        if value is _WRONG:
            return
        provenance = self._provenance(row, template)
        if row.bad & roles:
            return
        reading.settled |= state == ESTABLISHED_STATE and figure.state != ESTABLISHED_STATE
        self._check_source(row, figure, operator, value, state, provenance)
        self._number(figure, value, row, reading)
        reading.edits.figures[number] = FigureEdit(operator, value, state, provenance)

    def _extra(self, row: ReadRow, reading: BlockReading) -> None:
        reading.touched = True
        roles = {self.role(role) for role in ROLES}
        if row.bad & roles:
            return
        named, operator = self._named(row)
        if named is None:
            self.found.wrong(row.spot(self.role("item")), "", RulesetWorkbookCode.NEW_ROW_LACKING, head="项目")
            return
        try:
            fact = self.names.find(named)
        except RefusedError as error:
            self.found.unreadable(row.spot(self.role("item")), named, error)
            return
        if operator is None:
            self.found.wrong(row.spot(self.role("operator")), "", RulesetWorkbookCode.OPERATOR_LACKING)
            return
        state = row.get(self.role("state"))
        value = self._value(row, fact, operator, state, None, False)
        if value is _WRONG:
            return
        provenance = {name: row.get(self.role(name)) for name in SOURCE}
        provenance["cite"] = cited(row, self.role("cite"), self.citations, self.found)
        self._check_seen(row, provenance, None)
        edit = FigureEdit(operator, value, state, provenance)
        reading.edits.extras.append(comparison(fact, edit, self.names.group(fact)))
        reading.extra_spots.append(row.spot(self.role("value")))

    def _named(self, row: ReadRow) -> tuple[str | None, str | None]:
        """The fact and the comparison of a row; where they are left out, those of the level beside it."""
        named, operator = row.get(self.role("item")), row.get(self.role("operator"))
        if row.row is None and self.block != APPLIES:
            beside = [role.removesuffix(":item") for role in row.columns if role.endswith(":item")]
            beside = [block for block in beside if block != APPLIES]
            named = named or next((row.get(f"{block}:item") for block in beside if row.get(f"{block}:item")), None)
            operators = (row.get(f"{block}:operator") for block in beside)
            operator = operator or next((one for one in operators if one), None)
        return named, operator

    def _value(
        self, row: ReadRow, fact: str, operator: str | None, state: str | None, figure: Figure | None, template: bool
    ) -> Any:
        role, spot = self.role("value"), row.spot(self.role("value"))
        entry = row.entry(role)
        if operator is None:
            self.found.wrong(row.spot(self.role("operator")), "", RulesetWorkbookCode.OPERATOR_LACKING)
            return _WRONG
        if state is None:
            self.found.wrong(row.spot(self.role("state")), "", RulesetWorkbookCode.STATE_LACKING)
            return _WRONG
        if entry.blank and template and figure is not None and state != UNRESOLVED_STATE:
            return figure.value
        kind = figure_kind(self.names.facts, self.names.computed, fact, operator)
        same = figure is not None and not template and role not in row.changed
        try:
            # What was not touched is what it was, even where an option has another label now.
            same = same and figure is not None and kind.lists == isinstance(figure.value, tuple)
            value = figure.value if same and figure is not None else kind.read(entry)
        except UnreadableError as error:
            self.found.unreadable(spot, entry.shown, error)
            return _WRONG
        if value is None and state != UNRESOLVED_STATE:
            self.found.wrong(spot, "", RulesetWorkbookCode.VALUE_LACKING, state=STATES[state])
            return _WRONG
        if value is not None and state == UNRESOLVED_STATE:
            self.found.wrong(spot, entry.shown, RulesetWorkbookCode.VALUE_THOUGH_UNRESOLVED)
            return _WRONG
        return value

    def _provenance(self, row: ReadRow, template: bool) -> dict[str, Any] | None:
        """The row's statement of its figure's source; None where it has not changed."""
        roles = {self.role(name) for name in SOURCE}
        if not (row.changed & roles) and not (template and self.has(row, *SOURCE)):
            return None
        stated = {name: row.get(self.role(name)) for name in SOURCE}
        stated["cite"] = cited(row, self.role("cite"), self.citations, self.found)
        return stated

    def _before(self, figure: Figure, name: str) -> Any:
        own = getattr(figure, name)
        if own is not None:
            return dumped(own) if name == "cite" else own
        return self.owner.before.get(name) if figure.role in ("requirement", "gate") else None

    def _now(self, row: ReadRow, figure: Figure, name: str, provenance: Mapping[str, Any] | None) -> Any:
        inherits = figure.role in ("requirement", "gate")
        if provenance is not None:
            own = provenance.get(name)
        elif name == "cite":
            code = row.get(self.role("cite"))
            own = self.citations.get(code) if code is not None else None
            if own is None and figure.cite is not None:
                own = dumped(figure.cite)
        else:
            own = getattr(figure, name)
        return own if own is not None or not inherits else self.owner.now.get(name)

    def _check_source(
        self,
        row: ReadRow,
        figure: Figure,
        operator: str,
        value: Any,
        state: str,
        provenance: Mapping[str, Any] | None,
    ) -> None:
        """A figure is not changed, nor settled, without a word on where it comes from."""
        before = {name: self._before(figure, name) for name in SOURCE}
        now = {name: self._now(row, figure, name, provenance) for name in SOURCE}
        raised = state == ESTABLISHED_STATE and figure.state != ESTABLISHED_STATE
        moved = (operator, value) != (figure.operator, figure.value) and state != UNRESOLVED_STATE
        if (moved or raised) and before == now:
            was, is_ = (
                self._words(figure.operator, figure, figure.value, figure.state),
                self._words(operator, figure, value, state),
            )
            spot = row.spot(self.role("value"))
            self.found.wrong(spot, is_, RulesetWorkbookCode.SOURCE_UNCHANGED, was=was, now=is_)
        self._check_seen(row, provenance, before["basis"])
        if (
            RANKS.get(str(now["confidence"]), 0) > RANKS.get(str(before["confidence"]), 0)
            and now["cite"] == before["cite"]
            and provenance is not None
        ):
            self.found.notice(
                row.spot(self.role("confidence")),
                RulesetWorkbookCode.CONFIDENCE_RAISED,
                was=CONFIDENCE.get(str(before["confidence"]), "未写"),
                now=CONFIDENCE[str(now["confidence"])],
            )

    def _check_seen(self, row: ReadRow, provenance: Mapping[str, Any] | None, basis_before: str | None) -> None:
        if provenance is None or provenance.get("basis") != "seen" or basis_before == "seen":
            return
        if not is_placed(provenance.get("cite") or self.owner.now.get("cite")):
            self.found.wrong(row.spot(self.role("cite")), "", RulesetWorkbookCode.SOURCE_UNPLACED)

    def _words(self, operator: str, figure: Figure, value: Any, state: str) -> str:
        shown = figure_kind(self.names.facts, self.names.computed, figure.fact, operator).show(value)
        text = "" if shown is None else plain(shown) if isinstance(shown, Decimal) else shown.replace("\n", "、")
        word = "" if state == ESTABLISHED_STATE else f"（{STATES[state]}）"
        return f"{OPERATOR_WORDS[operator]} {text}{word}"

    def _number(self, figure: Figure, value: Any, row: ReadRow, reading: BlockReading) -> None:
        if isinstance(figure.value, Decimal) and isinstance(value, Decimal):
            reading.numbers.append((figure.value, value, row.spot(self.role("value"))))


_WRONG = object()
"""In place of a value that can't be read; why, has been told."""


def is_placed(cite: Mapping[str, Any] | None) -> bool:
    """True when a citation says where in its document something stands."""
    return cite is not None and any(cite.get(name) for name in ("clause", "page", "url"))


def disagreeing(before: str, now: str, numbers: Iterable[Number]) -> Iterator[tuple[Decimal, Spot]]:
    """The figures that a text said as they were and does not say as they are, after either has changed; with their cells."""
    for was, number, spot in numbers:
        if (now != before or was != number) and says_number(before, was) and not says_number(now, number):
            yield number, spot


def says_number(text: str, number: Decimal) -> bool:
    """True when a text has a number in it as a number of its own."""
    return re.search(rf"(?<![0-9.]){re.escape(plain(number))}(?:\.0+)?(?![0-9]|\.[0-9])", text) is not None

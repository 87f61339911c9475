"""The levels of an indicator as the workbook has them: own requirements, shared ones, levels that ask nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from grading.digest import plain
from grading.forms.findings import Spot
from grading.forms.wording import narrow
from grading.language.prose import stated_text
from grading.model.ruleset import Indicator, Ruleset, split_levels
from grading.problems.workbook_codes import RulesetWorkbookCode
from grading.ruleset_workbook.conditions import Raw, all_of, applied, leaves, lift
from grading.ruleset_workbook.figures import Figure
from grading.ruleset_workbook.findings import Findings, Path
from grading.ruleset_workbook.kinds import TextKind, UnreadableError
from grading.ruleset_workbook.layout_table import same_as
from grading.ruleset_workbook.raw import plain_copy
from grading.ruleset_workbook.read_figures import BlockReader, BlockReading, disagreeing
from grading.ruleset_workbook.read_rows import ReadRow
from grading.ruleset_workbook.words import NOT_REQUIRED

_INHERITS = "未另写"
_OPEN_WORDS = ("未核实", "待核", "暂按", "试算")
Kind = Literal["own", "shared", "absent"]


@dataclass(frozen=True)
class Stated:
    """A level's cell as it was read; `text` only where it has been written anew."""

    kind: Kind
    with_level: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class LevelRows:
    """The rows and blocks from which the levels of one indicator are read."""

    ruleset: Ruleset
    indicator: Indicator | None
    raw: Mapping[str, Raw]
    """The requirements as they were, by the key of their levels."""
    rows: list[ReadRow]
    figures: Mapping[str, tuple[Figure, ...]]
    """The figures of each requirement, by the key of its levels."""


def read_levels(
    levels: LevelRows, reader: Callable[[str], BlockReader], place: Path, found: Findings
) -> dict[str, Raw]:
    """The requirements by the key of their levels, with the cells of their places in `found`."""
    return _Levels(levels, reader, found).read(place)


class _Levels:
    def __init__(self, levels: LevelRows, reader: Callable[[str], BlockReader], found: Findings) -> None:
        self.of, self.reader, self.found = levels, reader, found
        self.graded = levels.ruleset.scale.graded
        self.first = levels.rows[0]
        keys = levels.raw
        self.key_of = {level: key for key in keys for level in split_levels(key)}
        self.owner_of = {level: split_levels(key)[0] for level, key in self.key_of.items()}

    def read(self, place: Path) -> dict[str, Raw]:
        stated = {level: self._stated(level) for level in self.graded}
        own: dict[str, tuple[Raw, dict[int, Spot], list[Spot]]] = {}
        for level, stated_level in stated.items():
            if stated_level.kind == "own":
                made = self._own(level, stated_level)
                if made is not None:
                    own[level] = made
            else:
                self._idle(level, stated_level)
        serves = {level: level for level in own}
        for level, stated_level in stated.items():
            if stated_level.kind == "shared" and stated_level.with_level is not None:
                target = self._shared_target(stated_level.with_level, stated)
                if target in own:
                    serves[level] = target
                elif target is None or stated[target].kind != "own":
                    self._wrong_text(
                        level, RulesetWorkbookCode.SHARED_WITH_NOTHING, same=self._same(stated_level.with_level)
                    )
        found: dict[str, Raw] = {}
        for level, (requirement, by_node, extra) in own.items():
            key = self._key([name for name in self.graded if serves.get(name) == level])
            found[key] = requirement
            self._spots((*place, "levels", key), level, requirement, by_node, extra)
        if not found and all(stated_level.kind == "absent" for stated_level in stated.values()):
            spot = self.first.spot("title")
            self.found.wrong(spot, "", RulesetWorkbookCode.INDICATOR_WITHOUT_LEVELS)
        return found

    def _role(self, level: str) -> str:
        return f"{level}:text"

    def _same(self, level: str) -> str:
        return same_as(self.of.ruleset, level)

    def _wrong_text(self, level: str, code: RulesetWorkbookCode, **parameters: Any) -> None:
        role = self._role(level)
        self.found.wrong(self.first.spot(role), self.first.entry(role).shown, code, **parameters)

    def _before(self, level: str) -> Stated:
        if level not in self.key_of:
            return Stated("absent")
        owner = self.owner_of[level]
        return Stated("own") if owner == level else Stated("shared", owner)

    def _stated(self, level: str) -> Stated:
        role, before = self._role(level), self._before(level)
        if role in self.first.bad or (self.first.row is not None and role not in self.first.changed):
            return before
        entry = self.first.entry(role)
        try:
            text = TextKind().read(entry)
        except UnreadableError as error:
            self.found.unreadable(self.first.spot(role), entry.shown, error)
            return before
        plain_text = "" if text is None else "".join(narrow(text).split())
        if text is None:
            if before.kind == "own":
                self._wrong_text(level, RulesetWorkbookCode.TEXT_CLEARED)
                return before
            if before.kind == "shared":
                was = self._same(str(before.with_level))
                self._wrong_text(level, RulesetWorkbookCode.NOTHING_IN_CELL, head="要求", was=was)
                return before
            return Stated("absent")
        if plain_text == NOT_REQUIRED or plain_text.startswith(_INHERITS):
            return Stated("absent")
        for other in self.graded:
            if other != level and plain_text == "".join(narrow(self._same(other)).split()):
                return Stated("shared", other)
        return Stated("own", text=text)

    def _shared_target(self, level: str, stated: Mapping[str, Stated]) -> str | None:
        seen: set[str] = set()
        while level not in seen:
            seen.add(level)
            stated_level = stated.get(level)
            if stated_level is None or stated_level.kind != "shared" or stated_level.with_level is None:
                return level
            level = stated_level.with_level
        return None

    def _idle(self, level: str, stated_level: Stated) -> None:
        """A level that states nothing itself has no figures of its own."""
        reader = self.reader(level)
        was_own = self._before(level).kind == "own"
        for row in self.of.rows:
            roles = {reader.role(name) for name in ("item", "operator", "value", "state")}
            filled = row.changed & roles if was_own else {role for role in roles if not row.entry(role).blank}
            if filled:
                spot, given = row.spot(reader.role("value")), row.entry(reader.role("value")).shown
                if stated_level.kind == "shared":
                    same = self._same(str(stated_level.with_level))
                    self.found.wrong(spot, given, RulesetWorkbookCode.FIGURES_OF_SHARED, same=same)
                else:
                    self.found.wrong(spot, given, RulesetWorkbookCode.FIGURES_OF_NOTHING)
                return

    def _own(self, level: str, stated_level: Stated) -> tuple[Raw, dict[int, Spot], list[Spot]] | None:
        before = self._before(level)
        reader = self.reader(level)
        key, template = self._template(level, before)
        if key is None or self._names_facts(level, before):
            return self._built(level, stated_level, reader)
        requirement = plain_copy(self.of.raw[key])
        figures = self.of.figures[key]
        nodes = [node for _, node, _ in leaves(requirement["require"])]
        reading = reader.read(self.of.rows, figures, template)
        if before.kind == "absent" and not any(reader.has(row) for row in self.of.rows):
            self._wrong_text(level, RulesetWorkbookCode.LEVEL_WITHOUT_FIGURE)
        text = self._text_before(key)
        if stated_level.text is not None:
            requirement["text"] = stated_level.text
        self._check_text(level, stated_level, text, reading)
        spots = {id(nodes[number]): spot for number, spot in reading.spots.items()}
        if not applied(requirement, "require", reading.edits):
            self._wrong_text(level, RulesetWorkbookCode.LEVEL_WITHOUT_CONDITION)
            return None
        return requirement, spots, reading.extra_spots

    def _template(self, level: str, before: Stated) -> tuple[str | None, bool]:
        """The key of the requirement that a level starts from, and whether it is another level's."""
        if before.kind == "own":
            return self.key_of[level], False
        if before.kind == "shared":
            return self.key_of[level], True
        at = self.graded.index(level)
        nearest = [*self.graded[at:], *reversed(self.graded[:at])]
        return next((self.key_of[name] for name in nearest if name in self.key_of), None), True

    def _names_facts(self, level: str, before: Stated) -> bool:
        """True when a level that asked nothing names what it asks now."""
        return before.kind == "absent" and any(row.get(f"{level}:item") is not None for row in self.of.rows)

    def _built(
        self, level: str, stated_level: Stated, reader: BlockReader
    ) -> tuple[Raw, dict[int, Spot], list[Spot]] | None:
        reading = reader.read(self.of.rows, ())
        if not reading.edits.extras:
            if not reading.touched:
                self._wrong_text(level, RulesetWorkbookCode.LEVEL_WITHOUT_FIGURE)
            return None
        requirement: Raw = {"require": all_of(reading.edits.extras), "text": stated_level.text}
        nodes = [node for _, node, _ in leaves(requirement["require"])]
        lift(requirement)
        return requirement, {id(node): spot for node, spot in zip(nodes, reading.extra_spots, strict=True)}, []

    def _text_before(self, key: str) -> str | None:
        """The text that a requirement states itself; None for a generated sentence."""
        if self.of.indicator is None:
            return None
        requirement = self.of.indicator.levels[key]
        return stated_text(self.of.ruleset, requirement) if requirement.text or requirement.require.text else None

    def _check_text(self, level: str, stated_level: Stated, before: str | None, reading: BlockReading) -> None:
        """The text of a requirement says the numbers that it said, as they are now."""
        if before is None:
            return
        text = stated_level.text or before
        for number, spot in disagreeing(before, text, reading.numbers):
            self.found.wrong(spot, "", RulesetWorkbookCode.TEXT_WITHOUT_FIGURE, figure=plain(number))
            self.found.other_texts.add(self.first.spot(self._role(level)))
        word = next((word for word in _OPEN_WORDS if word in text), None)
        if reading.settled and word is not None:
            self.found.notice(next(iter(reading.spots.values()), None), RulesetWorkbookCode.TEXT_SAYS_OPEN, word=word)

    def _key(self, levels: list[str]) -> str:
        same = next((key for key in self.of.raw if set(split_levels(key)) == set(levels)), None)
        return same or ",".join(levels)

    def _spots(self, path: Path, level: str, requirement: Raw, by_node: Mapping[int, Spot], extra: list[Spot]) -> None:
        spots = self.found.spots
        spots[path] = spots[*path, "text"] = self.first.spot(self._role(level))
        left = list(extra)
        for steps, node, _ in leaves(requirement["require"]):
            spot = by_node.get(id(node)) or (left.pop(0) if left else None)
            if spot is not None:
                spots[*path, "require", *steps] = spot

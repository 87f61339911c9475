"""The sheets of the indicators and of the gates → plain values, conditions changed figure by figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from grading.digest import plain
from grading.language.figures import Site
from grading.language.problems import steps_of
from grading.model.base import Cite
from grading.model.ruleset import Gate, Indicator, Ruleset
from grading.problems.workbook_codes import RulesetWorkbookCode
from grading.ruleset_workbook.conditions import all_of, applied, leaves
from grading.ruleset_workbook.figures import figures_at
from grading.ruleset_workbook.findings import Findings, Path
from grading.ruleset_workbook.layout_table import APPLIES, UNGRADED_EFFECT, WHEN, site_map
from grading.ruleset_workbook.names import Names
from grading.ruleset_workbook.raw import Raw, dumped, plain_copy, put, with_citations
from grading.ruleset_workbook.read_entries import EntryRows, gather
from grading.ruleset_workbook.read_figures import SOURCE, BlockReader, BlockReading, OwnerSource, disagreeing, is_placed
from grading.ruleset_workbook.read_levels import LevelRows, read_levels
from grading.ruleset_workbook.read_measures import read_remedy
from grading.ruleset_workbook.read_records import cited, is_filled, retired
from grading.ruleset_workbook.read_rows import ReadRow

_BEHIND = {"applies": "applies_when", "when": "when"}


@dataclass(frozen=True)
class TableContext:
    """The context in which both sheets are read."""

    ruleset: Ruleset
    names: Names
    citations: Mapping[str, Raw]
    changed_citations: Mapping[Cite, Raw]
    remedies: list[ReadRow]
    found: Findings


def read_indicators(rows: list[ReadRow], context: TableContext) -> list[Raw]:
    """The indicators in their order, new ones last."""
    return _Table(rows, context, "indicators").read()


def read_gates(rows: list[ReadRow], context: TableContext) -> list[Raw]:
    """The gates in their order, new ones last."""
    return _Table(rows, context, "gates").read()


class _Table:
    def __init__(self, rows: list[ReadRow], context: TableContext, kind: str) -> None:
        self.kind, self.context, self.found = kind, context, context.found
        ruleset = context.ruleset
        listed: tuple[Indicator | Gate, ...] = ruleset.indicators if kind == "indicators" else ruleset.gates
        self.before = {entry.id: entry for entry in listed}
        self.sites: dict[str, dict[str, Site]] = {
            id_: found for (of, id_), found in site_map(ruleset).items() if of == kind
        }
        self.entries = gather(rows, self.found)
        self.taken = {*self.before, *ruleset.facts, *ruleset.computed}
        self.made: list[Raw] = []

    def read(self) -> list[Raw]:
        for entry in self.entries:
            if not retired(entry.first):
                raw = self._entry(entry)
                if raw is not None:
                    self.made.append(raw)
        return self.made

    def _entry(self, entry: EntryRows) -> Raw | None:
        first, known = entry.first, self.before.get(entry.id or "")
        written = dumped(known) if known is not None else {}
        raw = with_citations(plain_copy(written), self.context.changed_citations)
        place: Path = (self.kind, len(self.made))
        named = self._lead(entry, first, raw)
        for name in SOURCE:
            if name == "cite":
                if name in first.changed:
                    put(raw, name, cited(first, name, self.context.citations, self.found))
            elif name in first.changed:
                put(raw, name, first.get(name))
        remedy = read_remedy(first, "remedy:", raw.get("remedy"), self.found)
        put(raw, "remedy", remedy)
        if known is not None:
            self._inner_remedies(known.id, raw)
        owner = OwnerSource(written, raw)
        self._check_seen(first, owner)
        whole = self._conditions(entry, known, raw, owner, place)
        self.found.spots[place] = partial(first.spot, "title")
        for role in ("dimension", "title", "id", "decided_by", *SOURCE, "text", "effect"):
            if role in first.columns:
                self.found.spots[*place, role] = partial(first.spot, role)
        self.found.spots[*place, "remedy"] = partial(first.spot, "remedy:text")
        self.found.spots[*place, "renamed_from"] = partial(first.spot, "id")
        # Of a new entry that lacks something all is told, and nothing is taken.
        return raw if (named and whole) or known is not None else None

    def _lead(self, entry: EntryRows, first: ReadRow, raw: Raw) -> bool:
        """Read what an entry says of itself; False when it lacks something."""
        roles = ("dimension", "title", "decided_by") if self.kind == "indicators" else ("title", "text")
        needed = ("dimension", "title") if self.kind == "indicators" else ("text", "effect")
        whole = is_filled(first, self.found, *needed)
        for role in roles:
            if role in first.changed and first.get(role) is not None:
                put(raw, role, first.get(role))
        if self.kind == "gates" and "effect" in first.changed and first.get("effect") is not None:
            effect = first.get("effect")
            raw["effect"] = effect if effect == UNGRADED_EFFECT else {"cap": effect}
        self._id(entry, first, raw)
        return whole

    def _id(self, entry: EntryRows, first: ReadRow, raw: Raw) -> None:
        id_ = first.get("id")
        if entry.id is not None and (id_ is None or id_ == entry.id or "id" in first.bad):
            raw["id"] = entry.id
            if id_ is None:
                is_filled(first, self.found, "id")
            return
        if id_ is None:
            id_ = self._free(str(first.get("dimension") or "gate"))
            title = str(first.get("title"))
            self.found.notice(first.spot("id"), RulesetWorkbookCode.ID_MADE, title=title, id=id_)
        elif id_ in self.taken:
            self.found.wrong(first.spot("id"), id_, RulesetWorkbookCode.ENTRY_TWICE, id=id_)
        self.taken.add(id_)
        # An id comes first in a file.
        content = dict(raw)
        raw.clear()
        raw.update({"id": id_, **{key: value for key, value in content.items() if key != "id"}})
        if entry.id is not None and self.kind == "indicators":
            raw["renamed_from"] = entry.id

    def _free(self, stem: str) -> str:
        number = 1
        while f"{stem}_new_{number}" in self.taken:
            number += 1
        return f"{stem}_new_{number}"

    def _inner_remedies(self, id_: str, raw: Raw) -> None:
        """Put the remedies of levels and conditions where they stand, before any condition changes."""
        for row in self.context.remedies:
            if row.row is None or not row.changed:
                continue
            kind, owner, *steps = row.row.code.split("/")
            if (kind, owner) != (self.kind, id_):
                continue
            node: Any = raw
            for step in steps:
                for part in [step] if step in node else steps_of(step):
                    node = node[part]
            put(node, "remedy", None if retired(row) else read_remedy(row, "", node.get("remedy"), self.found))

    def _check_seen(self, first: ReadRow, owner: OwnerSource) -> None:
        is_new = owner.now.get("basis") == "seen" and owner.before.get("basis") != "seen"
        if is_new and "cite" not in first.bad and not is_placed(owner.now.get("cite")):
            self.found.wrong(first.spot("cite"), "", RulesetWorkbookCode.SOURCE_UNPLACED)

    def _reader(self, block: str, owner: OwnerSource) -> BlockReader:
        return BlockReader(block, self.context.names, self.context.citations, owner, self.found)

    def _conditions(
        self, entry: EntryRows, known: Indicator | Gate | None, raw: Raw, owner: OwnerSource, place: Path
    ) -> bool:
        if self.kind == "gates":
            return self._condition(entry, known, raw, WHEN, owner, place)
        self._condition(entry, known, raw, APPLIES, owner, place)
        indicator = known if isinstance(known, Indicator) else None
        sites = self.sites.get(known.id, {}) if known is not None else {}
        figures = {key: figures_at(self.context.ruleset, site) for key, site in sites.items()}
        levels = LevelRows(self.context.ruleset, indicator, raw.get("levels", {}), entry.rows, figures)
        found = read_levels(levels, lambda block: self._reader(block, owner), place, self.found)
        if not found:
            return False
        raw["levels"] = found
        return True

    def _condition(
        self,
        entry: EntryRows,
        known: Indicator | Gate | None,
        raw: Raw,
        block: str,
        owner: OwnerSource,
        place: Path,
    ) -> bool:
        """Read when an indicator applies or a gate is met; False when there is no such condition."""
        key = _BEHIND[block]
        site = self.sites.get(known.id, {}).get(key) if known is not None else None
        figures = figures_at(self.context.ruleset, site) if site is not None else ()
        reading = self._reader(block, owner).read(entry.rows, figures)
        spots = {}
        if isinstance(known, Gate):
            for number, spot in disagreeing(known.text, raw["text"], reading.numbers):
                self.found.wrong(spot, "", RulesetWorkbookCode.TEXT_WITHOUT_FIGURE, figure=plain(number))
        if site is not None:
            nodes = [node for _, node, _ in leaves(raw[key])]
            spots = {id(nodes[number]): spot for number, spot in reading.spots.items()}
            if not applied(raw, key, reading.edits):
                if block == APPLIES:
                    del raw[key]
                    return False
                self.found.wrong(entry.first.spot("title"), "", RulesetWorkbookCode.CONDITION_EMPTY)
                return False
        elif reading.edits.extras:
            raw[key] = all_of(reading.edits.extras)
        else:
            if block == WHEN and not reading.touched:
                self.found.wrong(entry.first.spot(f"{WHEN}:item"), "", RulesetWorkbookCode.CONDITION_EMPTY)
            return False
        self._spots((*place, key), raw[key], spots, reading)
        return True

    def _spots(self, path: Path, condition: Raw, by_node: Mapping[int, Any], reading: BlockReading) -> None:
        left = list(reading.extra_spots)
        for steps, node, _ in leaves(condition):
            spot = by_node.get(id(node)) or (left.pop(0) if left else None)
            if spot is not None:
                self.found.spots[*path, *steps] = spot

"""The trace, told from the grade down to single values: levels, indicators with what decides them, values with evidence.

The numbers in brackets are those of the trace entries in the attached grading, so that every statement can be followed there.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from grading.evidence_validity import Validity
from grading.language.computed_text import formula_text
from grading.language.decision_text import level_label
from grading.language.evidence_text import validity_text
from grading.language.waiver_text import grant_text
from grading.model.audit import Audit, Known
from grading.model.base import Status
from grading.model.result import UNGRADED, UnitGrading
from grading.model.ruleset import Cap, Gate, Ruleset
from grading.model.trace import Cause, TraceEntry, ValueCause, WaiverCause
from reports.context.trace_rows import (
    Conclusion,
    GateRow,
    IndicatorRow,
    LevelRow,
    NotApplicable,
    Trace,
    ValueRow,
    Verdict,
)
from reports.context.words import own_place_text, remarks, value_text

SHOWN_ROWS = 24
"""Rows of which one value of a table is listed; the attachment has all of them."""
OPEN_FIGURE = "指南数值待核实"
NOT_ASKED = "本级不作要求"


class Leaf(NamedTuple):
    """A value of the audit (`fact`, of a table's `row`), or what else decided: `text` in words, of a `row` or of all."""

    fact: str | None
    row: str | None = None
    text: str | None = None


def trace(audit: Audit, index: int, ruleset: Ruleset, grading: UnitGrading) -> Trace:
    """The trace of one unit in the order of reading."""
    return _Reader(audit, index, ruleset, grading).trace()


class _Reader:
    def __init__(self, audit: Audit, index: int, ruleset: Ruleset, grading: UnitGrading) -> None:
        self.audit, self.unit, self.ruleset, self.grading = audit, audit.units[index], ruleset, grading
        self.entries = {entry.seq: entry for entry in grading.trace}
        self.leaves: dict[int, tuple[Leaf, ...]] = {}
        self.numbers: dict[str, int] = {}
        self.rows_of: dict[str, dict[str | None, ValueCause]] = {}
        self.concluded: dict[tuple[str, str, str | None], int] = {}
        for entry in grading.trace:
            for key in _concluded(entry):
                self.concluded.setdefault(key, entry.seq)

    def trace(self) -> Trace:
        indicators = tuple(self._indicators())
        return Trace(
            grade=self._conclusion("grade", self.grading.outcome.grade),
            attainable=self._conclusion("attainable", self.grading.outcome.attainable),
            levels=tuple(self._level(position, level, indicators) for position, level in self._graded()),
            gates=tuple(self._gate(gate) for gate in self.ruleset.gates),
            indicators=indicators,
            always_met=tuple(row for row in indicators if row.is_settled and row.applicable is not False),
            not_applicable=tuple(self._not_applicable(indicators)),
            values=tuple(self._value(fact) for fact in self.numbers),
            entries=len(self.entries),
        )

    def _graded(self) -> Iterator[tuple[int, str]]:
        return enumerate(self.ruleset.scale.graded)

    def _conclusion(self, kind: str, level: str) -> Conclusion:
        entry = self.entries[self.concluded[kind, "", None]]
        because = tuple(cause["seq"] for cause in entry.because if "seq" in cause)
        return Conclusion(level_label(self.ruleset.scale, level), entry.seq, because)

    def _level(self, position: int, level: str, indicators: tuple[IndicatorRow, ...]) -> LevelRow:
        status = self.grading.levels[level]
        return LevelRow(
            label=level_label(self.ruleset.scale, level),
            status=status,
            seq=self.concluded["level", level, None],
            deciding=tuple(
                row.number
                for row in indicators
                if row.statuses[position] is status or (status is Status.MET and row.statuses[position].counts)
            ),
            waived=tuple(row.number for row in indicators if row.statuses[position] is Status.WAIVED),
        )

    def _gate(self, gate: Gate) -> GateRow:
        status = next((g.status for g in self.grading.gates if g.id == gate.id), Status.UNMET)
        seq = self.concluded.get(("gate", gate.id, None))
        cap = gate.effect.cap if isinstance(gate.effect, Cap) else None
        scale = self.ruleset.scale
        return GateRow(
            title=gate.title or gate.text,
            text=gate.text,
            effect=level_label(scale, UNGRADED) if cap is None else f"最高 {level_label(scale, cap)}",
            status=status,
            seq=seq,
            values=() if seq is None else tuple(self._in_words(self._leaves(seq))),
        )

    def _indicators(self) -> Iterator[IndicatorRow]:
        for number, result in enumerate(self.grading.indicators, 1):
            by_seq: dict[int, list[str]] = {}
            for level in result.levels:
                by_seq.setdefault(self.concluded["indicator", result.id, level], []).append(level)
            title = next(i.title for i in self.ruleset.indicators if i.id == result.id)
            verdicts = [self._verdict(seq, levels, result.levels[levels[0]]) for seq, levels in by_seq.items()]
            yield IndicatorRow(
                number=number,
                title=title,
                dimension=self.ruleset.dimensions[result.dimension].label,
                applicable=result.applicable,
                statuses=tuple(result.levels.values()),
                verdicts=tuple(_merged(verdicts)),
            )

    def _not_applicable(self, indicators: Iterable[IndicatorRow]) -> Iterator[NotApplicable]:
        titles: dict[tuple[str, ...], list[str]] = {}
        for row in indicators:
            if row.applicable is False:
                because = tuple(self._in_words(self._leaves(row.verdicts[0].seqs[0])))
                titles.setdefault(because, []).append(f"{row.number} {row.title}")
        for because, listed in titles.items():
            yield NotApplicable(tuple(listed), because)

    def _verdict(self, seq: int, levels: list[str], status: Status) -> Verdict:
        leaves = self._leaves(seq)
        deciding = [leaf for leaf in leaves if status is Status.UNMET or self._is_open(leaf)]
        if status in (Status.MET, Status.WAIVED):
            deciding = [leaf for leaf in leaves if leaf.fact is None]
        others = [leaf for leaf in leaves if leaf not in deciding]
        return Verdict(
            levels="、".join(level_label(self.ruleset.scale, level).removesuffix("级") for level in levels),
            status=status,
            seqs=(seq,),
            decided_by=tuple(self._in_words(deciding)),
            values=tuple(dict.fromkeys(self._number(leaf.fact) for leaf in others if leaf.fact is not None)),
        )

    def _is_open(self, leaf: Leaf) -> bool:
        return leaf.fact is None or self.rows_of[leaf.fact][leaf.row]["value"] is None

    def _leaves(self, seq: int) -> tuple[Leaf, ...]:
        """The leaves under an entry: the causes at the end of every chain that leads to it."""
        if seq not in self.leaves:
            found: dict[Leaf, None] = {}
            seen: set[int] = set()
            ahead = [seq]
            while ahead:
                here = ahead.pop()
                if here in seen:
                    continue
                seen.add(here)
                entry = self.entries[here]
                leaves = (self._leaf(cause, entry.rule) for cause in entry.because)
                found |= {leaf: None for leaf in leaves if leaf is not None}
                ahead += [cause["seq"] for cause in reversed(entry.because) if "seq" in cause]
            self.leaves[seq] = tuple(found)
        return self.leaves[seq]

    def _leaf(self, cause: Cause, rule: str) -> Leaf | None:
        """The leaf of a cause; nothing where it only says that a row is there, which its values say too."""
        if "seq" in cause:
            return None
        if "waiver" in cause:
            return self._waiver(cause)
        row = None if "ruleset" in cause else cause.get("row")
        if "fact" in cause:
            self.rows_of.setdefault(cause["fact"], {})[row] = cause
            return Leaf(cause["fact"], row)
        if rule.startswith("figures"):
            return Leaf(None, row, OPEN_FIGURE)
        if "group" not in cause:
            return Leaf(None, None, NOT_ASKED)
        label, rows = self.ruleset.groups[cause["group"]].label, cause["rows"]
        if rows is None:
            return Leaf(None, None, f"“{label}”表未填报")
        if rows == 0:
            return Leaf(None, None, f"“{label}”表无记录")
        return Leaf(None, None, f"“{label}”表 {rows} 行均不在判定范围") if rule.startswith("no rows") else None

    def _waiver(self, cause: WaiverCause) -> Leaf | None:
        """The leaf of a waiver in force; nothing where there is none."""
        if not cause["in_force"]:
            return None
        index = int(cause["place"].rpartition("[")[2].rstrip("]"))
        waiver = self.unit.waivers[index]
        return Leaf(None, None, f"豁免：{grant_text(waiver)}")

    def _in_words(self, leaves: Iterable[Leaf]) -> Iterator[str]:
        """Values in words; those of several rows that are the same, together."""
        rows_by_text: dict[tuple[str | None, str], list[str]] = {}
        for leaf in leaves:
            value = None if leaf.fact is None else self.rows_of[leaf.fact][leaf.row]["value"]
            text = leaf.text or "" if leaf.fact is None else value_text(self.ruleset, leaf.fact, value)
            rows_by_text.setdefault((leaf.fact, text), []).extend([leaf.row] if leaf.row is not None else [])
        for (fact, text), rows in rows_by_text.items():
            if fact is None:
                yield f"{text}{_rows_text(rows)}"
            else:
                yield f"{self._label(fact)}{_rows_text(rows)}＝{text}〔值 {self._number(fact)}〕"

    def _number(self, fact: str) -> int:
        return self.numbers.setdefault(fact, len(self.numbers) + 1)

    def _label(self, fact: str) -> str:
        if fact == "assessed_on":
            return "评定日期"
        declared = self.ruleset.facts.get(fact)
        return declared.label if declared is not None else self.ruleset.computed[fact].label or fact

    def _value(self, fact: str) -> ValueRow:
        rows = self.rows_of[fact]
        first = next(iter(rows.values()))
        declared = self.ruleset.facts.get(fact) or self.ruleset.computed.get(fact)
        group = declared.group if declared is not None and None not in rows else None
        computed = self.ruleset.computed.get(fact)
        place = "" if "computed_from" in first else first["place"]
        return ValueRow(
            number=self.numbers[fact],
            label=self._label(fact),
            place=own_place_text(self.ruleset, place, group, None),
            text=self._values_text(fact, rows),
            evidence=tuple(self._evidence(fact, group, rows)),
            formula=formula_text(self.ruleset, computed) if computed is not None else "",
        )

    def _values_text(self, fact: str, rows: dict[str | None, ValueCause]) -> str:
        rows_by_text: dict[str, list[str]] = {}
        for row, cause in rows.items():
            rows_by_text.setdefault(_cause_text(self.ruleset, fact, cause), []).extend([row] if row is not None else [])
        texts = [
            f"{'、'.join(keys)}：{text}" if keys else text for text, keys in list(rows_by_text.items())[:SHOWN_ROWS]
        ]
        return "；".join(texts) + (f"；其余见附件，共 {len(rows)} 行" if len(rows_by_text) > SHOWN_ROWS else "")

    def _evidence(self, fact: str, group: str | None, rows: dict[str | None, ValueCause]) -> Iterator[str]:
        """Evidence and notes; of a table's rows, the same ones once."""
        rows_by_text: dict[str, list[str]] = {}
        for row in rows:
            known = self._known(fact, group, row)
            for text in remarks(known) if known is not None else ():
                rows_by_text.setdefault(text, []).extend([row] if row is not None else [])
        for text, keys in list(rows_by_text.items())[:SHOWN_ROWS]:
            yield f"{text}（{'、'.join(keys)}）" if keys and len(rows) > 1 else text

    def _known(self, fact: str, group: str | None, row: str | None) -> Known | None:
        if group is not None:
            return next((r.facts.get(fact) for r in self.unit.groups.get(group, ()) if r.key == row), None)
        return self.audit.known(self.unit, fact)


def _merged(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """The verdicts, those of several levels that say the same together."""
    same: dict[tuple[Any, ...], list[Verdict]] = {}
    for verdict in verdicts:
        same.setdefault((verdict.status, verdict.decided_by, verdict.values), []).append(verdict)
    for (status, decided_by, values), listed in same.items():
        levels = "、".join(verdict.levels for verdict in listed)
        yield Verdict(levels, status, tuple(seq for verdict in listed for seq in verdict.seqs), decided_by, values)


def _rows_text(rows: list[str]) -> str:
    more = f" 等 {len(rows)} 行" if len(rows) > SHOWN_ROWS else ""
    return f"（{'、'.join(rows[:SHOWN_ROWS])}{more}）" if rows else ""


def _concluded(entry: TraceEntry) -> Iterator[tuple[str, str, str | None]]:
    """The conclusion of an entry that the report speaks of: (kind, id, level)."""
    concluded = entry.concludes
    if "grade" in concluded or "attainable" in concluded:
        if "dimension" not in concluded and "scope" not in concluded:
            yield ("grade" if "grade" in concluded else "attainable", "", None)
    elif "status" in concluded:
        for level in concluded.get("levels", ()):
            yield ("level", level, None)
        for gate in concluded.get("gates", ()):
            yield ("gate", gate, None)
        for indicator in concluded.get("indicators", ()):
            yield ("indicator", indicator["id"], indicator["level"])


def _cause_text(ruleset: Ruleset, fact: str, cause: ValueCause) -> str:
    """A value in words; of one that its evidence no longer proves also why, and what is stated."""
    text = value_text(ruleset, fact, cause["value"])
    if "not_counted" not in cause:
        return text
    last = date.fromisoformat(cause["valid_until"]) if "valid_until" in cause else None
    why = validity_text(Validity(cause["not_counted"], last))
    return f"{text}（{why}；所填 {value_text(ruleset, fact, cause.get('stated'))} 不计）"

"""The table of evidence beside a file's units: which documents prove which value of which unit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grading.batch.heads import plain_head
from grading.batch.layout import EVIDENCE_TITLES, HEADS, UNIT_ID, LayoutError, Reject
from grading.batch.side_tables import side_tables
from grading.batch.staged_cells import reason_of
from grading.identifiers import IdentifierError, normalise_id
from grading.model.audit import Known, Row, UnitAudit
from grading.model.ruleset import Fact, Ruleset

ROW, ITEM, EVIDENCE, NOTE = "row", "item", "evidence", "note"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    UNIT_ID: (UNIT_ID, HEADS[UNIT_ID]),
    ROW: (ROW, "行编号", "编号"),
    ITEM: (ITEM, "项目", "指标项"),
    EVIDENCE: (EVIDENCE, "证据", "证据材料"),
    NOTE: (NOTE, "备注"),
}
"""The heads that each column may have; messages name the second."""
SEPARATORS = "；;\n"
MOST_TEXT = 4_000


@dataclass(frozen=True)
class EvidenceLine:
    """A line of the table: the value it is about, its documents and a note."""

    file: str
    line: int
    unit: str
    row: str
    item: str
    evidence: tuple[str, ...]
    note: str

    def reject(self, column: str, reason: str) -> Reject:
        """The problem of one of its cells."""
        return Reject(self.file, self.line, self.unit or None, f"{EVIDENCE}.{column}", reason)


def evidence_lines(file: Path) -> tuple[list[EvidenceLine], list[Reject]]:
    """The lines of the table of a file, and what is wrong with them; none where there is no such table. Raises LayoutError."""
    found: list[EvidenceLine] = []
    rejects: list[Reject] = []
    for shown, rows in side_tables(file, EVIDENCE_TITLES):
        heads: dict[int, str] = {}
        for number, read in rows:
            cells = {at: cell(False) for at, cell in read.items()}
            if not heads:
                heads = _columns(shown, cells)
                continue
            texts = {heads[at]: text for at, text in cells.items() if at in heads and text.strip()}
            if not texts:
                continue
            documents = texts.get(EVIDENCE, "")
            for mark in SEPARATORS:
                documents = documents.replace(mark, "\n")
            line = EvidenceLine(
                shown,
                number,
                texts.get(UNIT_ID, "").strip(),
                texts.get(ROW, "").strip(),
                texts.get(ITEM, "").strip(),
                tuple(part.strip() for part in documents.split("\n") if part.strip()),
                texts.get(NOTE, "").strip(),
            )
            wrong = list(_wrong(line, texts))
            rejects += wrong
            if not wrong:
                found.append(
                    replace(line, unit=normalise_id(line.unit)[0], row=normalise_id(line.row)[0] if line.row else "")
                )
    return found, rejects


def _wrong(line: EvidenceLine, texts: Mapping[str, str]) -> Iterator[Reject]:
    unreadable = {column: reason for column, text in texts.items() if (reason := reason_of(text)) is not None}
    if unreadable:
        yield from (line.reject(column, reason) for column, reason in unreadable.items())
        return
    for column, text in ((UNIT_ID, line.unit), (ROW, line.row)):
        try:
            if text:
                normalise_id(text)
        except IdentifierError as error:
            yield line.reject(column, str(error))
    if not line.unit:
        yield line.reject(UNIT_ID, "未填单元编号")
    if not line.item:
        yield line.reject(ITEM, "未填项目；请填指标项的名称或编号")
    if not line.evidence and not line.note:
        yield line.reject(EVIDENCE, "未填证据，也未填备注")
    if any(len(text) > MOST_TEXT for text in (*line.evidence, line.note)):
        yield line.reject(EVIDENCE, f"一项证据或备注不超过 {MOST_TEXT} 字")


def with_evidence(
    units: Mapping[str, UnitAudit], rulesets: Mapping[str, Ruleset], lines: Iterable[EvidenceLine]
) -> tuple[dict[str, UnitAudit], list[Reject]]:
    """The units (by id) with the evidence that lines give for their values, and what is wrong with the lines."""
    changed, rejects = dict(units), []
    for line in lines:
        unit = changed.get(line.unit)
        if unit is None:
            rejects.append(line.reject(UNIT_ID, f"单元表里没有单元“{line.unit}”，或它没有读入"))
            continue
        fact, reason = _fact(rulesets[unit.ruleset], line.item)
        if fact is None:
            rejects.append(line.reject(ITEM, reason))
        elif fact.group is None:
            if line.row:
                rejects.append(line.reject(ROW, f"“{fact.label}”不在表里，行编号应留空"))
            else:
                facts = {**unit.facts, fact.id: _proven(unit.facts.get(fact.id), line)}
                changed[line.unit] = unit.model_copy(update={"facts": facts})
        else:
            rows, reason = _rows(unit.groups.get(fact.group, ()), fact, line)
            if reason:
                rejects.append(line.reject(ROW, reason))
            else:
                changed[line.unit] = unit.model_copy(update={"groups": {**unit.groups, fact.group: rows}})
    return changed, rejects


def _rows(rows: Sequence[Row], fact: Fact, line: EvidenceLine) -> tuple[tuple[Row, ...], str]:
    if not line.row:
        return (), f"“{fact.label}”是表里的项目，须填行编号"
    if not any(row.key == line.row for row in rows):
        return (), f"单元“{line.unit}”的这张表里没有编号为“{line.row}”的行"
    proven = (
        row.model_copy(update={"facts": {**row.facts, fact.id: _proven(row.facts.get(fact.id), line)}})
        if row.key == line.row
        else row
        for row in rows
    )
    return tuple(proven), ""


def _proven(known: Known | None, line: EvidenceLine) -> Known:
    """A value with the documents of a line after those it has, each once."""
    held = known or Known(value=None)
    documents = tuple(dict.fromkeys((*held.evidence, *line.evidence)))
    return held.model_copy(update={"evidence": documents, "note": line.note or held.note})


def _fact(ruleset: Ruleset, item: str) -> tuple[Fact | None, str]:
    if item in ruleset.facts:
        return ruleset.facts[item], ""
    plain = plain_head(item)
    named = [f for f in ruleset.facts.values() if plain in (plain_head(f.label), plain_head(f"{f.label}（{f.id}）"))]
    if len(named) == 1:
        return named[0], ""
    if named:
        return None, f"有几项都叫“{item}”：{'、'.join(fact.id for fact in named)}；请填编号"
    return None, f"{ruleset.id} 没有“{item}”这一项"


def _columns(shown: str, cells: Mapping[int, str]) -> dict[int, str]:
    known = {plain_head(head): column for column, heads in COLUMNS.items() for head in heads}
    columns: dict[int, str] = {}
    problems = []
    for at, text in cells.items():
        column = known.get(plain_head(text))
        if column is None and text.strip():
            problems.append(f"{shown}：没有“{text}”这一列；证据表的列是 {'、'.join(h[1] for h in COLUMNS.values())}")
        elif column in columns.values():
            problems.append(f"{shown}：两列同为“{text}”")
        elif column is not None:
            columns[at] = column
    missing = [COLUMNS[name][1] for name in (UNIT_ID, ITEM) if name not in columns.values()]
    problems += [f"{shown}：缺少列 {name}" for name in missing]
    if problems:
        raise LayoutError(problems)
    return columns

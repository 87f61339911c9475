"""The rows of a sheet of indicators or gates by entry: those that are there, with rows added below, and new ones."""

from dataclasses import dataclass

from grading.problems.workbook_codes import RulesetWorkbookCode
from grading.ruleset_workbook.findings import Findings
from grading.ruleset_workbook.read_rows import ReadRow
from grading.ruleset_workbook.sheets import NEW_ROWS


@dataclass
class EntryRows:
    """The rows of an indicator or gate; `id` is None for a new one."""

    id: str | None
    rows: list[ReadRow]

    @property
    def first(self) -> ReadRow:
        """The row with what the entry says of itself."""
        return self.rows[0]


def gather(rows: list[ReadRow], found: Findings) -> list[EntryRows]:
    """The entries in the order of the layout, then the new ones from the top."""
    known: dict[str, EntryRows] = {}
    at: dict[int, str] = {}
    fresh: list[ReadRow] = []
    for row in rows:
        if row.row is None:
            fresh.append(row)
            continue
        id_ = row.row.code.rpartition("#")[0]
        known.setdefault(id_, EntryRows(id_, [])).rows.append(row)
        at[row.number] = id_
    new: list[EntryRows] = []
    for row in fresh:
        owner = at.get(row.number - 1)
        if row.get("title") is not None:
            new.append(EntryRows(None, [row]))
            at[row.number] = NEW_ROWS
        elif owner == NEW_ROWS:
            new[-1].rows.append(row)
            at[row.number] = NEW_ROWS
        elif owner is not None:
            known[owner].rows.append(row)
            at[row.number] = owner
        else:
            head = next(column.head for column in row.sheet.columns if column.role == "title")
            found.wrong(row.spot("title"), "", RulesetWorkbookCode.NEW_ROW_LACKING, head=head)
    return [*known.values(), *new]

"""What stands beside the cells that a form reads: told, so that nothing is left out in silence."""

from collections.abc import Iterator, Mapping

from openpyxl.utils import get_column_letter

from grading.forms.grid import CODE_COLUMN, ROLE_ROW, Grid, address
from grading.forms.write_cover import COVER_COLUMNS, COVER_END
from grading.forms.write_facts import BAND, HEAD_ROW, HEADS, LABEL


def beside_facts(grid: Grid, coded: set[int], rows: Mapping[str, list[int]], columns: tuple[int, ...]) -> Iterator[str]:
    """Of a sheet of single questions; `columns` are those of answers and of what goes with them."""
    answer_rows = coded | {at for code, listed in rows.items() if "#" in code or code.startswith(BAND) for at in listed}
    remark_rows = coded | {at for code, listed in rows.items() if code.startswith(BAND) for at in listed}
    own = _own_columns(grid)
    for row, column in sorted(grid.entries):
        stray = (column == columns[0] and row not in answer_rows) or (column in columns[1:] and row not in remark_rows)
        if row > HEAD_ROW and (stray or column not in own):
            yield _not_read(grid, row, column)


def beside_columns(grid: Grid, head: int, known: set[int]) -> Iterator[str]:
    """Of a table, or of the sheet with its evidence: below the heads, in other columns than the known ones."""
    return (_not_read(grid, row, column) for row, column in sorted(grid.entries) if row > head and column not in known)


def beside_cover(grid: Grid) -> Iterator[str]:
    """Of the cover: below its last row, or to the right of its columns."""
    label = grid.roles().get("label")
    if label is None:
        return
    last = max((row for row in range(1, grid.last_row + 1) if grid.text(row, label) == COVER_END), default=None)
    for row, column in sorted(grid.entries):
        if last is not None and row > ROLE_ROW and (row > last or column > label + COVER_COLUMNS):
            yield _not_read(grid, row, column)


def doubled_columns(grid: Grid) -> Iterator[str]:
    """Columns that somebody has copied: of two with the same answers nobody knows which one counts."""
    for columns in grid.doubled_roles().values():
        letters = "、".join(get_column_letter(column) for column in columns)
        yield f"{letters} 是同一列的几份副本，不知以哪一列为准；请只保留一列"


def _own_columns(grid: Grid) -> frozenset[int]:
    """The form's columns, by their role or by their head; one with another head somebody has put in between."""
    roles = grid.roles()
    label = roles["label"]
    heads = next((row for row in range(1, grid.last_row + 1) if grid.text(row, label) == HEADS[LABEL]), HEAD_ROW)
    by_head: dict[str, int] = {}
    for column in sorted(column for row, column in grid.entries if row == heads):
        by_head.setdefault(grid.text(heads, column), column)
    known = {column for head, column in by_head.items() if head in HEADS.values()}
    return frozenset({CODE_COLUMN, *roles.values(), *known})


def _not_read(grid: Grid, row: int, column: int) -> str:
    return f"{grid.title}!{address(row, column)} 不是填写格，其内容未读取"

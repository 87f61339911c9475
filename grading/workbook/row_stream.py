"""Rows of a worksheet as XML, a whole frame at a time: a million of them in seconds, where cell by cell takes minutes.

A sheet is first written by openpyxl with its heads, widths, filters and one sample row; the rows then take the sample's place
and its styles.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

import polars as pl
from openpyxl.utils import get_column_letter

from grading.invisible import NOT_IN_XML

BLOCK = 20_000
MAX_CELL = 32_000
EPOCH = date(1899, 12, 30)
_SAMPLE = re.compile(r'<row r="(\d+)"(?:(?!</row>).)*</row></sheetData>', re.S)
_STYLE = re.compile(r'<c r="([A-Z]+)\d+"[^>]*? s="(\d+)"')
_DIMENSION = re.compile(r'<dimension ref="[^"]*"\s*/>')


def fill(template: Path, to: Path, rows: Mapping[str, Iterable[pl.DataFrame]]) -> None:
    """Write a workbook whose sheets (by the name of their part, `sheet1`) have rows in place of their last row."""
    with zipfile.ZipFile(template) as given, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name in given.namelist():
            text = given.read(name)
            frames = rows.get(Path(name).stem) if name.startswith("xl/worksheets/sheet") else None
            with made.open(name, "w") as part:
                if frames is None:
                    part.write(text)
                    continue
                for piece in _filled(text.decode("utf-8"), frames):
                    part.write(piece.encode("utf-8"))


def _filled(sheet: str, frames: Iterable[pl.DataFrame]) -> Iterator[str]:
    sample = _SAMPLE.search(sheet)
    if sample is None:
        raise ValueError("a sheet to be filled ends in a sample row")
    styles = dict(_STYLE.findall(sample[0]))
    # Without a stated size programmes look at the rows that are there.
    yield _DIMENSION.sub("", sheet[: sample.start()])
    number = int(sample[1])
    for frame in frames:
        for block in frame.iter_slices(BLOCK):
            yield "".join(_rows(block, number, styles))
            number += block.height
    yield "</sheetData>" + sheet[sample.end() :]


def _rows(block: pl.DataFrame, first: int, styles: Mapping[str, str]) -> pl.Series:
    numbered = block.with_columns(pl.int_range(first, first + block.height).cast(pl.String).alias("#"))
    cells = [
        _cell(name, type_, get_column_letter(i), styles.get(get_column_letter(i), "0"))
        for i, (name, type_) in enumerate(block.schema.items(), start=1)
    ]
    row = pl.concat_str([pl.lit('<row r="'), pl.col("#"), pl.lit('">'), *cells, pl.lit("</row>")])
    return numbered.select(row).to_series()


def _cell(name: str, type_: pl.DataType, letter: str, style: str) -> pl.Expr:
    """A cell; nothing for a null, so that the sheet stays small."""
    head = f'<c r="{letter}'
    value = pl.col(name)
    if type_.is_numeric() or type_ == pl.Date:
        number = (value - pl.lit(EPOCH)).dt.total_days() if type_ == pl.Date else value
        cell = pl.concat_str(
            [pl.lit(head), pl.col("#"), pl.lit(f'" s="{style}"><v>'), number.cast(pl.String), pl.lit("</v></c>")]
        )
    else:
        opening = pl.lit(f'" s="{style}" t="inlineStr"><is><t>')
        cell = pl.concat_str([pl.lit(head), pl.col("#"), opening, _escaped(value), pl.lit("</t></is></c>")])
    return cell.fill_null("")


def _escaped(text: pl.Expr) -> pl.Expr:
    """A text as XML has it; `_x0041_` would be read as an A, so its first sign is written in that way."""
    plain = text.cast(pl.String).str.slice(0, MAX_CELL).str.replace_all(f"[{NOT_IN_XML}]", "")
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        plain = plain.str.replace_all(sign, entity, literal=True)
    return plain.str.replace_all("_x([0-9A-Fa-f]{4}_)", "_x005F_x${1}")

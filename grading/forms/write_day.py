"""Writes days into cells."""

from datetime import date

from openpyxl.cell import Cell

from grading.workbook.cell_text import put_plain


def put_day(cell: Cell, day: date) -> None:
    """Write a day; days before 1901, on which calendars of spreadsheets differ, as text."""
    cell.number_format = "yyyy-mm-dd"
    if day.year > 1900:
        cell.value = day
        cell.number_format = "yyyy-mm-dd"
    else:
        put_plain(cell, day.isoformat())

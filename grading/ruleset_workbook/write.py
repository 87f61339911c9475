"""Ruleset → workbook."""

import io
from collections.abc import Mapping

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.validation import Lists
from grading.model.ruleset import Ruleset
from grading.ruleset_workbook.columns import CITATION_LIST, FACT_LIST
from grading.ruleset_workbook.layout import ADVICE_TITLE, WORK_TITLE, Layout, lay_out
from grading.ruleset_workbook.layout_facts import FACTS
from grading.ruleset_workbook.layout_records import CITATIONS
from grading.ruleset_workbook.looks import Looks
from grading.ruleset_workbook.metadata import write_metadata
from grading.ruleset_workbook.sheets import FIRST_ROW
from grading.ruleset_workbook.write_sheets import write_sheet
from grading.ruleset_workbook.write_work_list import write_advice, write_work_list

NOT_COUNTED = "没有统计影响：按把握大小和书写次序排列"


def write(ruleset: Ruleset, audits: Mapping[str, int] | None = None, counted: str = NOT_COUNTED) -> bytes:
    """The workbook of a ruleset.

    `audits` says how many units' grades hang on each figure by its name, as `decisive.py` counts them, and `counted` of
    which audits. Raises TooLongError when a text is too long for a cell.
    """
    layout = lay_out(ruleset, audits)
    book = Workbook()
    looks = Looks(book)
    work: Worksheet = book.worksheets[0]
    work.title = WORK_TITLE
    advice: Worksheet = book.create_sheet(ADVICE_TITLE)
    # The sheets come in the order of use; the lists that all of them use stand behind them.
    lists = Lists(book)
    for content in layout.sheets:
        write_sheet(book.create_sheet(content.title), content, lists, looks)
    write_work_list(work, layout, counted)
    write_advice(advice)
    book.move_sheet(lists.sheet, len(book.worksheets))
    looks.finish()
    _named_lists(book, layout)
    write_metadata(book, layout)
    properties = book.properties
    properties.title = f"{ruleset.title}　规则工作簿"
    properties.creator = "grading"
    properties.language = "zh-CN"
    properties.subject = f"{ruleset.id} {layout.digest}"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _named_lists(book: Workbook, layout: Layout) -> None:
    """The lists whose entries are cells of the workbook: what is added there can be chosen."""
    for name, code, role in ((CITATION_LIST, CITATIONS, "code"), (FACT_LIST, FACTS, "label")):
        content = layout.sheet(code)
        letter = get_column_letter(content.column_of(role))
        last = FIRST_ROW + len(content.rows) + content.spare
        target = f"{quote_sheetname(content.title)}!${letter}${FIRST_ROW}:${letter}${last}"
        book.defined_names[name] = DefinedName(name, attr_text=target)

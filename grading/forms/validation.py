"""Drop-downs and ranges of the answer cells."""

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from grading.digest import plain
from grading.forms.layout import LISTS_TITLE
from grading.forms.wording import NO, REST_NO, YES, expectation, option_labels
from grading.model.ruleset import Fact

SHORT, LONG = 30, 220
"""Excel's limits for the title and the text of a message."""


class Lists:
    """The hidden sheet that the drop-downs take their entries from; a list is written once, however often it is used.

    The lists have names, because Excel moves validations that point straight at another sheet into an extension that
    other programs drop.
    """

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.sheet: Worksheet = book.create_sheet(LISTS_TITLE)
        self.sheet.sheet_state = "hidden"
        self.names: dict[tuple[str, ...], str] = {}

    def name(self, entries: tuple[str, ...]) -> str:
        """The defined name of a list with these entries."""
        if entries not in self.names:
            column = len(self.names) + 1
            name = f"list_{column}"
            for row, entry in enumerate(entries, start=1):
                cell = self.sheet.cell(row, column, entry)
                cell.data_type = "s"
                cell.number_format = "@"
            letter = get_column_letter(column)
            target = f"{quote_sheetname(self.sheet.title)}!${letter}$1:${letter}${len(entries)}"
            self.book.defined_names[name] = DefinedName(name, attr_text=target)
            self.names[entries] = name
        return self.names[entries]


def one_of(lists: Lists, entries: tuple[str, ...], message: str) -> DataValidation:
    """A drop-down; `said` is what a wrong entry is answered with."""
    return _finished(DataValidation(type="list", formula1=lists.name(entries), allow_blank=True), message)


def yes_or_no(lists: Lists) -> DataValidation:
    """A drop-down 是/否."""
    return one_of(lists, (YES, NO), f"请选“{YES}”或“{NO}”；不清楚的留空")


def rest_no(lists: Lists) -> DataValidation:
    """The drop-down on a fact with several options."""
    return one_of(lists, (REST_NO,), f"本格只能选“{REST_NO}”，或留空并逐项选择")


def for_fact(lists: Lists, fact: Fact, first_cell: str) -> DataValidation:
    """The validation of a fact's cells; `first_cell` is the upper left cell it will be used on."""
    message = f"{expectation(fact)}；不清楚的留空"
    if fact.type == "boolean":
        return yes_or_no(lists)
    if fact.type == "choice":
        return one_of(lists, tuple(option_labels(fact).values()), "请从下拉列表中选一项；不清楚的留空")
    if fact.type == "date":
        return _finished(
            DataValidation(type="date", operator="between", formula1="1", formula2="2958465", allow_blank=True), message
        )
    return _finished(DataValidation(type="custom", formula1=_number_rule(fact, first_cell), allow_blank=True), message)


def day(message: str) -> DataValidation:
    """A calendar day of this century or the last."""
    rule = DataValidation(type="date", operator="between", formula1="1", formula2="2958465", allow_blank=True)
    return _finished(rule, message)


def _number_rule(fact: Fact, cell: str) -> str:
    tests = [f"ISNUMBER({cell})"]
    if fact.min is not None:
        tests.append(f"{cell}>={plain(fact.min)}")
    if fact.max is not None:
        tests.append(f"{cell}<={plain(fact.max)}")
    tests.append(f"ROUND({cell},{fact.decimals})={cell}")
    # What an upper bound such as <0.07, 0.07L or 未检出（检出限0.07） says, the reading of the form judges.
    signs = ",".join(f'SEARCH("{sign}",{cell})' for sign in ("<", "＜", "L", "ND", "检", "于"))
    return f"OR(AND({','.join(tests)}),AND(ISTEXT({cell}),COUNT({signs})>0))"


def _finished(validation: DataValidation, message: str) -> DataValidation:
    validation.showErrorMessage = True
    validation.errorStyle = "stop"
    validation.errorTitle = "填写有误"[:SHORT]
    validation.error = message[:LONG]
    return validation

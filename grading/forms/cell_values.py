"""Content of an answer cell → a value as `check_audit` takes it. Tolerant of writing, never of meaning."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from grading.day_text import RIGHT, DayError, day_from_text
from grading.forms.inexact import nothing_hint
from grading.forms.wording import NO, YES, bound_hint, expectation, narrow, option_labels
from grading.intake import read_otherwise
from grading.invisible import without_invisible
from grading.language.bounds import NoLimitError, bound_from_text
from grading.language.prose import unit_text
from grading.language.synonyms import likeness_question, meaning, read_as
from grading.model.ruleset import YES as MEANT_YES
from grading.model.ruleset import Fact
from grading.problems.codes import ProblemCode
from grading.spreadsheet.entry import DAY, ERROR, FORMULA, PICTURE, SHOWN_DIGITS, Entry, exact
from grading.width import ordinary_width
from grading.workbook.cell_text import items_from, text_from

_NUMBER = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)\s*(.*)")
_YES_NO = {YES: True, NO: False, "true": True, "false": False}


class UnreadableError(ValueError):
    """A cell can't be read; the message says what would be right, for people."""


def read_value(entry: Entry, fact: Fact, question: str = "") -> bool | Decimal | str | dict[str, Decimal] | None:
    """The value of a fact, None for an empty cell; options as codes, days as ISO text, an upper bound as `{"below": …}`.

    Raises UnreadableError.

    Ranges and decimal places are for `check_audit` to judge. Of a fact with several options this reads the cell of one
    option, whose label is the `question`.
    """
    if entry.blank:
        return None
    _refuse_unreadable(entry)
    entry = _visible(entry)
    if fact.type == "number":
        return _number(entry, fact)
    if fact.type == "date":
        return read_day(entry).isoformat()
    if fact.type == "choice":
        return _option(entry, fact)
    return _yes_or_no(entry, fact, question)


def reading_notices(entry: Entry, fact: Fact, question: str = "") -> Iterator[str]:
    """The notices about a cell that was read otherwise than it stands: invisible characters and synonyms."""
    if not isinstance(entry.value, str):
        return
    plain = without_invisible(entry.value)
    if plain != entry.value:
        yield read_otherwise(ProblemCode.INVISIBLE_REMOVED, plain, entry.value).message
    found = meaning(fact, plain, question) if fact.type in ("boolean", "choice", "choices") else None
    if found is not None:
        yield read_as(plain, found)


def _visible(entry: Entry) -> Entry:
    """A cell without the characters that nobody sees; one that has only such ones stays as it is, and is refused."""
    plain = without_invisible(entry.value).strip() if isinstance(entry.value, str) else ""
    return replace(entry, value=plain) if plain else entry


def read_text(entry: Entry) -> str:
    """A text; numbers and days that a spreadsheet made of one come back as text. Raises UnreadableError."""
    return text_from(_as_text(entry))


def read_identifier(entry: Entry) -> str:
    """A text that names something, so that what a spreadsheet made a day of is refused. Raises UnreadableError."""
    if entry.kind == DAY or (entry.percent and not entry.blank):
        made = "日期或时间" if entry.kind == DAY else "百分比"
        raise UnreadableError(
            f"编号被电子表格识别成了{made}（{entry.shown}），原来填的已看不出；请把单元格设为文本格式后重新填写"
        )
    return read_text(entry)


def read_items(entry: Entry) -> tuple[str, ...]:
    """Texts, one a line. Raises UnreadableError."""
    return items_from(_as_text(entry))


def read_day(entry: Entry) -> date:
    """A day: a date cell, or a text with year, month and day in this order. Raises UnreadableError."""
    _refuse_unreadable(entry)
    value = _visible(entry).value
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date()
        raise UnreadableError(f"应填日期，如 2023-09-10，不带时刻；所填：{entry.shown}")
    if isinstance(value, date):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise UnreadableError(f"{RIGHT}；所填：“{entry.shown}”")
    try:
        return day_from_text(value if isinstance(value, str) else f"{value:f}")
    except DayError as error:
        raise UnreadableError(f"{error}{_nothing(entry)}") from None


def _refuse_unreadable(entry: Entry) -> None:
    if entry.kind == FORMULA or entry.formula:
        raise UnreadableError("填写格不接受公式；请复制后“选择性粘贴为数值”，或直接填写结果")
    if entry.kind == PICTURE:
        raise UnreadableError("填写格中是图片，读不出内容；请填写文字或数值，图片另作为证据上传")
    if entry.kind == ERROR:
        raise UnreadableError(f"单元格是错误值 {entry.shown}；请清空或重新填写")
    if entry.refusal:
        raise UnreadableError(entry.refusal)


def _number(entry: Entry, fact: Fact) -> Decimal | dict[str, Decimal]:
    value = entry.value
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        is_day = isinstance(value, date | time | timedelta)
        hint = "（单元格被识别为日期或时间，请改为常规格式后重填）" if is_day else ""
        raise UnreadableError(f"{expectation(fact)}；所填：{entry.shown}{hint}")
    if isinstance(value, str):
        return _typed_number(value, fact)
    number = exact(value)
    if not number.is_finite():
        raise UnreadableError(f"{expectation(fact)}；所填：{entry.shown}")
    if (entry.percent or entry.percent_text) and fact.unit != "%":
        unit = f"单位是 {unit_text(fact.unit)}" if fact.unit else "没有单位"
        raise UnreadableError(f"单元格显示为百分比 {entry.shown}，而本项{unit}；请改为常规格式后重填")
    return entry.multiplied


def _typed_number(typed: str, fact: Fact) -> Decimal | dict[str, Decimal]:
    text = ordinary_width(typed).strip().replace("\u2212", "-")
    units = {"", narrow(fact.unit), narrow(unit_text(fact.unit))} if fact.unit else {""}
    found = _NUMBER.fullmatch(text)
    if found is not None and narrow(found[2]) in units:
        return Decimal(found[1])
    with suppress(NoLimitError):
        limit = bound_from_text(text, fact.unit)
        if limit is not None:
            return {"below": limit}
    hint = "不要用千分位逗号" if "," in text else bound_hint(fact, text)
    raise UnreadableError(f"{expectation(fact)}；所填：“{typed.strip()[:80]}”{'；' if hint else ''}{hint}")


def _option(entry: Entry, fact: Fact) -> str:
    value = entry.value
    typed = f"{value:f}" if isinstance(value, Decimal) else value
    if isinstance(typed, str):
        labels = option_labels(fact)
        offered = [code for code, label in labels.items() if label == typed.strip()]
        if len(offered) == 1:
            return offered[0]
        for read in (str.strip, narrow, _without_spaces):
            option = read(typed)
            found = {code for code, label in labels.items() if option in (read(label), code)}
            if len(found) == 1:
                return found.pop()
        if (synonym := meaning(fact, typed)) is not None:
            return synonym.code
    question = likeness_question(fact, typed) if isinstance(typed, str) else ""
    raise UnreadableError(f"{expectation(fact)}；所填：“{entry.shown}”{question or _nothing(entry)}")


def _without_spaces(text: str) -> str:
    return re.sub(r"\s+", "", narrow(text))


def _yes_or_no(entry: Entry, fact: Fact, question: str) -> bool:
    if isinstance(entry.value, bool):
        return entry.value
    typed = narrow(entry.value).lower() if isinstance(entry.value, str) else ""
    if typed in _YES_NO:
        return _YES_NO[typed]
    if (synonym := meaning(fact, typed, question)) is not None:
        return synonym.code == MEANT_YES
    hint = likeness_question(fact, entry.shown, question)
    raise UnreadableError(f"{expectation(fact)}；所填：“{entry.shown}”{hint or _nothing(entry)}")


def _nothing(entry: Entry) -> str:
    """The advice on a sign that says there is nothing."""
    hint = nothing_hint(entry.value) if isinstance(entry.value, str) else ""
    return f"；{hint}" if hint else ""


def _as_text(entry: Entry) -> str:
    _refuse_unreadable(entry)
    value = entry.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return entry.shown
    if isinstance(value, int | float | Decimal):
        number = exact(value)
        if not number.is_finite() or len(number.as_tuple().digits) > SHOWN_DIGITS or abs(number) >= 10**SHOWN_DIGITS:
            raise UnreadableError("数字过长，电子表格已丢失末尾几位；请把单元格设为文本格式后重新填写")
        text = format(number.normalize(), "f")
        return text.zfill(entry.digits) if entry.digits else text
    return entry.shown

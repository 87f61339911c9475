"""A day in any usual form is read; one that may mean two days is not."""

from datetime import date

import pytest

from grading.day_text import DayError, day_from_text


@pytest.mark.parametrize(
    "text",
    [
        "2023-09-05",
        "2023-9-5",
        "2023/9/5",
        "2023/09/05",
        "2023.9.5",
        "2023.09.05",
        "2023年9月5日",
        "2023年09月05日",
        "2023 年 9 月 5 日",
        "2023年9月5号",
        "20230905",
        "２０２３／９／５",
        "2023－09－05",
        "2023–9–5",
        "2023/9/5 0:00",
        "2023-09-05 00:00:00",
        "2023-09-05T00:00:00",
        " 2023-09-05　",
    ],
)
def test_usual_forms_are_read(text: str) -> None:
    assert day_from_text(text) == date(2023, 9, 5)


@pytest.mark.parametrize("text", ["9/5/23", "9/5/2023", "05-09-2023", "23/9/5", "23.9.5", "23年9月5日"])
def test_a_day_whose_order_is_open_is_refused(text: str) -> None:
    with pytest.raises(DayError, match="先后不能确定"):
        day_from_text(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2023-02-30", "没有这一天"),
        ("20230230", "没有这一天"),
        ("45184", "日期序号"),
        ("2024-3-1①", "应填日期"),
        ("2024-3-1²", "应填日期"),
        ("2023-9", "应填日期"),
        ("2023年9月", "应填日期"),
        ("2023-09-05 08:30", "应填日期"),
        ("昨天", "应填日期"),
        ("202309051", "应填日期"),
        ("", "应填日期"),
    ],
)
def test_what_is_no_day_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(DayError, match=reason):
        day_from_text(text)

"""Files are read strictly: what stands there is what is meant, and everything has a line."""

from datetime import date
from decimal import Decimal

import pytest

from grading.language.source import MAX_BYTES, Source, parse_source


def parsed(text: str) -> Source:
    return parse_source(text.encode(), "x.yaml")


def messages(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.reason.english) for problem in parsed(text).problems]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("10", Decimal(10)),
        ("10.00", Decimal("10.00")),
        ("-0.5", Decimal("-0.5")),
        ("2023-09-10", date(2023, 9, 10)),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("1e3", "1e3"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        (".inf", ".inf"),
        ('"100000"', "100000"),
        ('"true"', "true"),
        ("'2023-09-10'", "2023-09-10"),
    ],
)
def test_a_scalar_is_what_stands_there(written: str, read: object) -> None:
    value = parsed(f"key: {written}").data["key"]
    assert (value, type(value)) == (read, type(read))


def test_a_key_like_on_stays_a_word() -> None:
    assert parsed("review: {status: reviewed, on: 2024-01-01}").data["review"]["on"] == date(2024, 1, 1)


def test_decimals_are_exact() -> None:
    assert str(parsed("limit: 10.005").data["limit"]) == "10.005"


def test_every_place_has_its_line() -> None:
    source = parsed("facts:\n  - {id: a}\n  - id: b\n    label: 乙\n")
    assert [source.line(path) for path in (("facts",), ("facts", 0), ("facts", 1), ("facts", 1, "label"))] == [
        1,
        2,
        3,
        4,
    ]


def test_a_place_that_is_not_there_has_the_line_of_what_is_around_it() -> None:
    assert parsed("a: 1\nb:\n  c: 2\n").line(("b", "missing", 3)) == 2


def test_a_duplicate_key_is_told_with_both_lines() -> None:
    assert messages("a: 1\nb: 2\na: 3\n") == [(3, "duplicate key `a`, first on line 1")]


def test_all_duplicate_keys_are_told_at_once() -> None:
    assert [line for line, _ in messages("a: {x: 1, x: 2}\nb:\n  y: 1\n  y: 2\n")] == [1, 4]


def test_a_day_that_the_calendar_does_not_have_is_an_error() -> None:
    assert messages("a: 1\non: 2023-02-30\n") == [(2, "`2023-02-30` is not a day of the calendar")]


def test_broken_yaml_is_told_with_its_line() -> None:
    (found,) = messages("a: 1\nb: [1, 2\nc: 3\n")
    assert found[0] == 3
    assert found[1].startswith("is not YAML: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is empty"),
        (b"\xff\xfe", "is not UTF-8 text (byte 0)"),
        (b"a: *nothing", "is not YAML: found undefined alias"),
        (b"a" * (MAX_BYTES + 1), "is larger than 4,000,000 bytes"),
        (b"[" * 70 + b"]" * 70, "is nested deeper than 60 levels"),
        (b"a: &a [*a]", "is nested deeper than 60 levels"),
        (b"{[1, 2]: 3}", "has a key that is not a plain name"),
    ],
    ids=["empty", "not UTF-8", "unknown anchor", "huge", "deep", "inside itself", "list as a key"],
)
def test_what_no_ruleset_can_be_is_refused(text: bytes, message: str) -> None:
    source = parse_source(text, "x.yaml")
    assert message in [problem.reason.english for problem in source.problems]

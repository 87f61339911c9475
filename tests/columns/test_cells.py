"""A column is read as the intake reads each of its cells: the same values, the same cells refused, nothing rounded."""

import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.columns.cells import read_cell, read_column, unreadable
from grading.columns.layout import pack, unpack
from grading.forms.cell_values import read_value, reading_notices
from grading.model.ruleset import Fact
from grading.spreadsheet.entry import TEXT, Entry

OPTIONS = {"rto": "蓄热燃烧", "rco": "催化燃烧", "none": "无"}


def fact_of(type_: str, **more: Any) -> Fact:
    """A fact of a type, named f."""
    options = {"options": more.pop("options", OPTIONS)} if type_.startswith("choice") else {}
    return Fact.model_validate({"id": "f", "label": "f", "type": type_, **options, **more})


def agrees(fact: Fact, raw: pl.Series) -> None:
    """Assert that a column is read as its cells are one by one."""
    read = read_column(fact, raw)
    refused = {position for position, _ in read.problems}
    cells = raw.cast(pl.String).to_list() if raw.dtype.is_temporal() else raw.to_list()
    for position, cell in enumerate(cells):
        text = cell.strip() if isinstance(cell, str) else cell
        if text is None or text == "":
            assert read.values[position] is None
            assert position not in refused
            continue
        alone = read_cell(fact, text)
        assert (position in refused) == bool(alone.problems), (cell, alone.problems)
        expected = None if alone.known is None else alone.known.value
        assert unpack(fact, read.values[position]) == expected, cell


NUMBER_FACTS = st.builds(
    lambda decimals, low, high: fact_of("number", decimals=decimals, min=low, max=high),
    st.integers(0, 6),
    st.sampled_from([None, Decimal("-1.5"), Decimal(0), Decimal("0.01")]),
    st.sampled_from([None, Decimal("99.995"), Decimal(100), Decimal("1E+12")]),
)
DECIMALS = st.decimals(-(10**10), 10**10, allow_nan=False, places=7) | st.integers(-(10**7), 10**7).map(
    lambda n: Decimal(n).scaleb(-4)
)
BESIDE = st.builds(lambda d, up: math.nextafter(float(d), math.inf if up else -math.inf), DECIMALS, st.booleans())
FLOATS = st.one_of(st.none(), DECIMALS.map(float), BESIDE, st.floats())
TYPED = st.one_of(
    st.none(),
    DECIMALS.map(str),
    DECIMALS.map(lambda d: format(d.normalize(), "f")),
    st.sampled_from(
        [
            "",
            "  ",
            " 5 ",
            "1e3",
            "1E-2",
            "+5",
            "007",
            "5.",
            ".5",
            "-0",
            "NaN",
            "inf",
            "1_000",
            "1,5",
            "５",
            "0x1",
            "true",
            "100%",
            "5 mg",
            "null",
            "[]",
            "{}",
            '"5"',
            "<20",
            "＜1.0",
            "<-2",
            "0.07L",
            "未检出",
            "ND（检出限0.5）",
            "<0",
            "<200",
        ]
    ),
    st.sampled_from(["0.1000000000000000055511", "9" * 50, "-999999999.999999"]),
    st.text(max_size=5),
)


@given(NUMBER_FACTS, st.lists(FLOATS, max_size=20))
def test_a_float_counts_as_the_decimal_it_is_the_nearest_float_of(fact: Fact, cells: list[float | None]) -> None:
    agrees(fact, pl.Series("f", cells, dtype=pl.Float64))


@given(NUMBER_FACTS, st.lists(TYPED, max_size=20))
def test_a_number_in_a_text_is_read_as_json_has_numbers(fact: Fact, cells: list[str | None]) -> None:
    agrees(fact, pl.Series("f", cells, dtype=pl.String))


@given(NUMBER_FACTS, st.integers(0, 12), st.data())
def test_decimals_are_refused_where_they_have_more_places_than_the_fact(
    fact: Fact, scale: int, data: st.DataObject
) -> None:
    cells = data.draw(
        st.lists(st.none() | st.integers(-(10**22), 10**22).map(lambda n: Decimal(n).scaleb(-scale)), max_size=20)
    )
    agrees(fact, pl.Series("f", cells, dtype=pl.Decimal(38, scale)))


@pytest.mark.parametrize("type_", [pl.Int8, pl.UInt8, pl.Int32, pl.UInt32, pl.Int64, pl.UInt64, pl.Int128])
@given(st.data())
def test_whole_numbers_of_any_width_are_read(type_: type[pl.DataType], data: st.DataObject) -> None:
    low, high = int(type_.min().pipe(pl.select).item()), int(type_.max().pipe(pl.select).item())  # type: ignore[attr-defined]
    edges = [n for n in (0, 1, 100, -1, 10**9, 10**9 - 1, -(10**9), low, high) if low <= n <= high]
    cells = data.draw(st.lists(st.none() | st.sampled_from(edges), max_size=20))
    agrees(data.draw(NUMBER_FACTS), pl.Series("f", cells, dtype=type_))


@given(st.lists(st.none() | st.booleans(), max_size=5))
def test_booleans_are_read(cells: list[bool | None]) -> None:
    agrees(fact_of("boolean"), pl.Series("f", cells, dtype=pl.Boolean))


@given(
    st.lists(
        st.none() | st.sampled_from(["true", "TRUE", "False", "是", "否", " 是 ", "1", "0", "yes", "对", ""]),
        max_size=8,
    )
)
def test_yes_and_no_in_words_are_read_and_nothing_else(cells: list[str | None]) -> None:
    agrees(fact_of("boolean"), pl.Series("f", cells, dtype=pl.String))


@given(st.lists(st.none() | st.sampled_from(["rto", "蓄热燃烧", "无", "none", "RTO", " rco", "其他", ""]), max_size=8))
def test_an_option_is_read_by_code_or_label(cells: list[str | None]) -> None:
    fact = fact_of("choice")
    agrees(fact, pl.Series("f", cells, dtype=pl.String))
    agrees(fact, pl.Series("f", cells, dtype=pl.Categorical))


def test_a_label_that_is_the_code_of_another_option_means_the_code() -> None:
    fact = fact_of("choice", options={"a": "b", "b": "a"})
    assert read_column(fact, pl.Series(["a", "b"])).values.to_list() == [0, 1]


@given(
    st.lists(st.none() | st.lists(st.none() | st.sampled_from([*OPTIONS, "蓄热燃烧", "other"]), max_size=5), max_size=8)
)
def test_a_list_of_options_is_read_unless_one_is_unknown_or_stands_twice(cells: list[list[str | None] | None]) -> None:
    agrees(fact_of("choices"), pl.Series("f", cells, dtype=pl.List(pl.String)))


@given(
    st.lists(
        st.none()
        | st.sampled_from(
            ["rto", "rto;rco", "蓄热燃烧； none", "rto\n无", "rto;rto", "rto;", "[]", "（无）", "a;b", ";"]
        )
    )
)
def test_several_options_in_a_text_are_separated_by_semicolons_or_lines(cells: list[str | None]) -> None:
    agrees(fact_of("choices"), pl.Series("f", cells, dtype=pl.String))


def test_sixty_four_options_fit_into_a_column() -> None:
    options = {f"o{i}": f"o{i}" for i in range(64)}
    fact = fact_of("choices", options=options)
    cells = [list(options), [], ["o63"], ["o0", "o63"]]
    read = read_column(fact, pl.Series("f", cells, dtype=pl.List(pl.String)))
    assert [unpack(fact, value) for value in read.values] == [tuple(cell) for cell in cells]
    assert [pack(fact, tuple(cell)) for cell in cells] == read.values.to_list()


@given(st.lists(st.none() | st.dates(), max_size=8))
def test_days_are_read(cells: list[date | None]) -> None:
    agrees(fact_of("date"), pl.Series("f", cells, dtype=pl.Date))
    agrees(fact_of("date"), pl.Series("f", [None if c is None else c.isoformat() for c in cells], dtype=pl.String))


def test_a_moment_is_a_day_only_at_midnight() -> None:
    moments = [datetime(2024, 8, 12), None, datetime(2024, 8, 12, 0, 0, 1), datetime(1, 1, 1)]
    read = read_column(fact_of("date"), pl.Series("f", moments, dtype=pl.Datetime("us")))
    assert read.values.to_list() == [date(2024, 8, 12), None, None, date(1, 1, 1)]
    assert [position for position, _ in read.problems] == [2]


@given(
    st.lists(
        st.sampled_from(
            [
                "2024-02-30",
                "2023-9-1",
                "0000-01-01",
                "2024-08-12",
                " 2024-08-12",
                "2024/08/12",
                "2024-W01-1",
                "12000-01-01",
                "",
            ]
        )
    )
)
def test_days_in_texts_are_read_as_iso_days_alone(cells: list[str]) -> None:
    agrees(fact_of("date"), pl.Series("f", cells, dtype=pl.String))


def test_a_day_that_no_calendar_has_is_refused() -> None:
    days = pl.Series("f", [10**7, 0]).cast(pl.Int32).cast(pl.Date)
    read = read_column(fact_of("date"), days)
    assert [position for position, _ in read.problems] == [0]
    assert read.values.to_list() == [None, date(1970, 1, 1)]


@pytest.mark.parametrize(
    ("type_", "column"),
    [
        ("number", pl.Float32()),
        ("number", pl.Boolean()),
        ("boolean", pl.Int64()),
        ("choice", pl.Int64()),
        ("date", pl.Int32()),
    ],
)
def test_columns_that_could_only_be_guessed_at_are_refused_whole(type_: str, column: pl.DataType) -> None:
    assert unreadable(fact_of(type_), column)


@pytest.mark.parametrize("typed", ["35²", "35①", "③", "10³", "+-5"])
def test_a_footnote_mark_or_an_exponent_is_no_digit(typed: str) -> None:
    assert len(read_column(fact_of("number"), pl.Series("f", [typed])).problems) == 1


@pytest.mark.parametrize("type_", ["choice", "choices"])
def test_a_label_of_two_options_is_none_unless_the_code_stands_beside_it(type_: str) -> None:
    fact = fact_of(type_, options={"a": "其他", "b": "其他", "c": "无"})
    read = read_column(fact, pl.Series("f", ["其他", "其他（b）", "无"]))
    assert [position for position, _ in read.problems] == [0]
    assert [unpack(fact, value) for value in read.values[1:]] == (
        [("b",), ("c",)] if type_ == "choices" else ["b", "c"]
    )


LISTED = fact_of("choices", options={"a": "电泳", "b": "水性", "c": "光氧化、光催化"})


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("电泳、水性", {"a", "b"}),
        ("a,b", {"a", "b"}),
        ("电泳，水性；光氧化、光催化", {"a", "b", "c"}),
        ("光氧化、光催化；", {"c"}),
        ("；", None),
        ("电泳、粉末", None),
        ("光氧化、水性", None),
    ],
)
def test_options_are_listed_with_any_separator_that_is_in_none_of_them(text: str, chosen: set[str] | None) -> None:
    known = read_cell(LISTED, text).known
    assert (known and set(known.value or ())) == chosen  # type: ignore[arg-type]
    agrees(LISTED, pl.Series("f", [text, "电泳"]))


@pytest.mark.parametrize(
    ("fact", "typed", "value"),
    [
        (fact_of("boolean"), "是\u200b", True),
        (fact_of("number", decimals=1), "\ufeff12.5", Decimal("12.5")),
        (fact_of("date"), "2023-\u200b9-15", date(2023, 9, 15)),
        (fact_of("choice"), "催化\u00ad燃烧", "rco"),
    ],
)
def test_a_value_is_read_without_invisible_characters_and_that_is_told(fact: Fact, typed: str, value: Any) -> None:
    read = read_cell(fact, typed)
    assert read.known is not None
    assert read.known.value == value
    assert "看不见的字符" in read.synonyms[0]
    entered = read_value(Entry(typed, TEXT), fact)
    assert str(entered) == str(value)
    assert "看不见的字符" in next(reading_notices(Entry(typed, TEXT), fact))
    assert read_cell(fact, "\u200b").problems

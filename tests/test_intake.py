"""Malformed audits get errors with places, all at once, and never a grade."""

import copy
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grading.engine.grade import Engine
from grading.intake import AuditError, InputProblem, read_audit
from grading.model.audit import Audit
from grading.problems.codes import ProblemCode as Code
from grading.problems.reason import Sentences
from tests.engine.small import Shelf, fact, indicator, ruleset_of

AMOUNT = settings.default.max_examples if settings.default is not None else 100
FACTS = {
    "share": fact("share", "number", unit="%", min=0, max=100, decimals=1),
    "count": fact("count", "number", decimals=0),
    "yes": fact("yes", "boolean"),
    "kind": fact("kind", "choice"),
    "ledgers": fact("ledgers", "choices"),
    "since": fact("since", "date"),
    "nmhc": fact("nmhc", "number", "outlets", decimals=2),
}
GOOD_ENOUGH = {
    "all": [{"fact": "share", "at_least": 80}, {"each": "outlets", "require": {"fact": "nmhc", "at_most": 10}}]
}
SHELF = Shelf(ruleset_of(facts=FACTS, indicators=[indicator("i", A=GOOD_ENOUGH)]))
OUTLET = {"outlets_id": "DA001", "nmhc": 6.2}


def valid() -> dict[str, Any]:
    """An audit in order."""
    return {
        "enterprise": {"name": "e", "uscc": "91610402MA6XXXXX09", "county": "610402", "facts": {"yes": True}},
        "assessed_on": "2023-09-10",
        "units": [
            {
                "id": "line-1",
                "ruleset": "test/random",
                "facts": {
                    "share": {"value": 85.5, "evidence": ["台账"], "note": "三个月平均"},
                    "kind": "o1",
                    "ledgers": ["o2", "o0"],
                    "since": "2020-02-29",
                },
                "groups": {"outlets": [OUTLET, {"outlets_id": "DA002"}]},
            }
        ],
    }


def refused(raw: Any) -> tuple[InputProblem, ...]:
    """What is wrong with an audit."""
    text = raw if isinstance(raw, bytes | str) else json.dumps(raw)
    with pytest.raises(AuditError) as raised:
        read_audit(text, SHELF)
    assert raised.value.problems
    return raised.value.problems


def problems(raw: Any) -> dict[str, Sentences]:
    """The code of what is wrong with an audit, by place."""
    return {problem.place: problem.code for problem in refused(raw)}


def messages(raw: Any) -> dict[str, str]:
    """What people are told of an audit, by place."""
    return {problem.place: problem.message for problem in refused(raw)}


def with_facts(**facts: Any) -> dict[str, Any]:
    """A valid audit with other facts of its unit."""
    audit = valid()
    audit["units"][0]["facts"] = facts
    return audit


def with_outlets(*outlets: Any) -> dict[str, Any]:
    """A valid audit with other rows."""
    audit = valid()
    audit["units"][0]["groups"] = {"outlets": list(outlets)}
    return audit


def as_written(**facts: str) -> str:
    """A valid audit as text, with numbers as nobody's json.dumps would write them."""
    text = json.dumps(with_facts(**{name: f"<{name}>" for name in facts}))
    for name, written in facts.items():
        text = text.replace(f'"<{name}>"', written)
    return text


class TestAnAuditInOrder:
    """What is read, and as what."""

    def test_is_read_exactly(self) -> None:
        unit = read_audit(json.dumps(valid()), SHELF).units[0]
        assert unit.facts["share"].value == Decimal("85.5")
        assert unit.facts["share"].evidence == ("台账",)
        assert unit.facts["ledgers"].value == ("o0", "o2")
        assert unit.facts["since"].value == date(2020, 2, 29)
        assert [row.key for row in unit.groups["outlets"]] == ["DA001", "DA002"]

    def test_may_begin_with_a_byte_order_mark(self) -> None:
        assert read_audit(b"\xef\xbb\xbf" + json.dumps(valid()).encode(), SHELF).units

    @pytest.mark.parametrize("value", [None, {"value": None}, {}])
    def test_null_means_unknown(self, value: Any) -> None:
        assert "yes" not in read_audit(json.dumps(with_facts(yes=value)), SHELF).units[0].facts

    def test_a_note_about_an_unknown_value_is_kept(self) -> None:
        unit = read_audit(json.dumps(with_facts(yes={"note": "现场未见"})), SHELF).units[0]
        assert (unit.facts["yes"].value, unit.facts["yes"].note) == (None, "现场未见")

    def test_no_options_at_all_is_a_known_value(self) -> None:
        assert read_audit(json.dumps(with_facts(ledgers=[])), SHELF).units[0].facts["ledgers"].value == ()

    @pytest.mark.parametrize(
        ("written", "read"), [("85.50", "85.5"), ("8.55e1", "85.5"), ("0.0", "0"), ("-0", "0"), ("1E2", "100")]
    )
    def test_a_number_is_read_by_its_value(self, written: str, read: str) -> None:
        assert read_audit(as_written(share=written), SHELF).units[0].facts["share"].value == Decimal(read)


class TestValues:
    """Wrong types and wrong numbers."""

    @pytest.mark.parametrize(
        ("name", "value", "code"),
        [
            ("yes", 1, Code.BOOLEAN_EXPECTED),
            ("yes", "true", Code.BOOLEAN_EXPECTED),
            ("yes", [], Code.BOOLEAN_EXPECTED),
            ("share", True, Code.NUMBER_EXPECTED),
            ("share", "85", Code.NUMBER_EXPECTED),
            ("share", [85], Code.NUMBER_EXPECTED),
            ("share", -0.1, Code.NUMBER_OUT_OF_RANGE),
            ("share", 100.1, Code.NUMBER_OUT_OF_RANGE),
            ("share", 85.55, Code.NUMBER_TOO_PRECISE),
            ("count", 1.5, Code.NUMBER_TOO_PRECISE),
            ("count", 10**9, Code.NUMBER_TOO_LARGE),
            ("count", -(10**12), Code.NUMBER_TOO_LARGE),
            ("kind", "o9", Code.OPTION_EXPECTED),
            ("kind", ["o1"], Code.OPTION_EXPECTED),
            ("kind", 1, Code.OPTION_EXPECTED),
            ("ledgers", "o1", Code.OPTIONS_EXPECTED),
            ("ledgers", ["o1", "o1"], Code.OPTION_TWICE),
            ("since", "2023-02-30", Code.DAY_NOT_THERE),
            ("since", "2023-9-1", Code.DAY_EXPECTED),
            ("since", "2023-W36-7", Code.DAY_EXPECTED),
            ("since", "20230910", Code.DAY_EXPECTED),
            ("since", "２０２３-09-10", Code.DAY_EXPECTED),
            ("since", 20230910, Code.DAY_EXPECTED),
            ("share", {"value": "85"}, Code.NUMBER_EXPECTED),
            ("share", {"value": {"value": 85}}, Code.NUMBER_EXPECTED),
        ],
    )
    def test_are_refused(self, name: str, value: Any, code: Code) -> None:
        assert problems(with_facts(**{name: value})) == {f"units[0].facts.{name}": code}

    @pytest.mark.parametrize(
        ("name", "value", "message"),
        [
            ("yes", "true", "应为 true 或 false，现为“true”"),
            ("share", [85], "应为数字（单位 %），现为列表"),
            ("share", 100.1, "应在 0 至 100 之间（单位 %），现为 100.1"),
            ("share", 85.55, "小数多于 1 位；请按实测值填写，这里不作修约"),
            ("count", 10**9, "绝对值应小于 1,000,000,000"),
            ("kind", "o9", "应为下列选项之一：o0、o1、o2；现为“o9”"),
            ("ledgers", {"value": {}}, "应为下列选项的列表：o0、o1、o2；现为对象"),
            ("since", "2023-02-30", "没有这一天：“2023-02-30”；应填日期，如 2023-09-10"),
        ],
    )
    def test_are_refused_with_what_would_be_right(self, name: str, value: Any, message: str) -> None:
        assert messages(with_facts(**{name: value})) == {f"units[0].facts.{name}": message}

    @pytest.mark.parametrize(
        "written",
        [
            *(
                "NaN",
                "Infinity",
                "-Infinity",
                "1" * 5000,
                "-" + "9" * 41,
                "0." + "1" * 5000,
                "1e400",
                "1e-400",
                "-1E+99",
            ),
            *("1e999999999999", "1e00000099999999999999999999", "1e000000999999999999999999"),
        ],
    )
    @pytest.mark.parametrize("name", ["share", "count"])
    def test_that_are_no_reasonable_numbers_are_refused(self, name: str, written: str) -> None:
        assert problems(as_written(**{name: written})) == {f"units[0].facts.{name}": Code.NUMBER_NOT_EXACT}

    @pytest.mark.parametrize(
        "written", ["10.0000000000000000000000000000000000001", "1.00000000000000000000000000000001e1", "1e-39"]
    )
    def test_are_never_rounded_however_small_the_rest(self, written: str) -> None:
        assert problems(as_written(share=written)) == {"units[0].facts.share": Code.NUMBER_TOO_PRECISE}

    def test_an_unknown_option_is_shown_with_its_place_in_the_list(self) -> None:
        assert problems(with_facts(ledgers=["o1", "o9"])) == {"units[0].facts.ledgers[1]": Code.OPTION_EXPECTED}

    def test_evidence_and_notes_are_texts(self) -> None:
        found = problems(with_facts(yes={"value": True, "evidence": ["台账", 5], "note": ["x"], "proof": 1}))
        assert found == {
            "units[0].facts.yes.evidence[1]": Code.TEXT_EXPECTED,
            "units[0].facts.yes.note": Code.TEXT_EXPECTED,
            "units[0].facts.yes.proof": Code.KEY_UNKNOWN,
        }
        found = problems(with_facts(yes={"value": True, "evidence": 5}))
        assert found == {"units[0].facts.yes.evidence": Code.TEXTS_EXPECTED}

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            *((text, Code.TEXT_UNWRITABLE) for text in ("\ud800", "\x00", "\x1b[31m", "\x7f", "\ufffe")),
            (" ", Code.TEXT_EXPECTED),
            ("\u200b", Code.TEXT_INVISIBLE),
            ("x" * 4001, Code.TEXT_TOO_LONG),
        ],
    )
    def test_texts_that_no_document_can_hold_are_refused(self, text: str, code: Code) -> None:
        audit = valid()
        audit["enterprise"]["name"] = text
        assert problems(audit) == {"enterprise.name": code}


class TestPlaces:
    """Every problem names its place, and all are told in one answer."""

    def test_all_problems_are_told_at_once(self) -> None:
        audit = with_facts(yes=1, share="x", unheard_of=1)
        audit["assessed_on"] = "yesterday"
        audit["enterprise"] = {"name": "", "county": "61", "facts": {"share": -1, "none": 1}, "phone": "1"}
        audit["units"][0]["groups"] = {"outlets": [{"nmhc": "x"}, 5], "kilns": []}
        assert problems(audit) == {
            "assessed_on": Code.DAY_EXPECTED,
            "enterprise.name": Code.TEXT_EXPECTED,
            "enterprise.county": Code.COUNTY_DIGITS,
            "enterprise.phone": Code.KEY_UNKNOWN,
            "enterprise.facts.share": Code.NUMBER_OUT_OF_RANGE,
            "enterprise.facts.none": Code.FACT_UNKNOWN_TO_ALL,
            "units[0].facts.yes": Code.BOOLEAN_EXPECTED,
            "units[0].facts.share": Code.NUMBER_EXPECTED,
            "units[0].facts.unheard_of": Code.FACT_UNKNOWN,
            "units[0].groups.outlets[0].outlets_id": Code.KEY_MISSING,
            "units[0].groups.outlets[0].nmhc": Code.NUMBER_EXPECTED,
            "units[0].groups.outlets[1]": Code.OBJECT_WITH_EXPECTED,
            "units[0].groups.kilns": Code.GROUP_UNKNOWN,
        }

    @pytest.mark.parametrize("raw", [None, 5, '"x"', [], True])
    def test_what_is_no_object_is_no_audit(self, raw: Any) -> None:
        assert messages(raw)[""] == "应为含 enterprise、assessed_on、units 的对象"

    @pytest.mark.parametrize("key", ["enterprise", "assessed_on", "units"])
    @pytest.mark.parametrize("missing", [True, False])
    def test_a_missing_part_is_named(self, key: str, missing: bool) -> None:
        audit = valid()
        audit[key] = None
        if missing:
            del audit[key]
        assert problems(audit)[key] is Code.KEY_MISSING

    @pytest.mark.parametrize("key", ["id", "ruleset"])
    def test_a_unit_has_an_id_and_a_ruleset(self, key: str) -> None:
        audit = valid()
        del audit["units"][0][key]
        assert problems(audit)[f"units[0].{key}"] is Code.KEY_MISSING

    @pytest.mark.parametrize("units", [{}, [], "x", [5], [None], [{}] * 201])
    def test_units_are_a_list_of_objects(self, units: Any) -> None:
        assert any(place.startswith("units") for place in problems(valid() | {"units": units}))

    def test_a_ruleset_that_does_not_exist_is_named(self) -> None:
        audit = valid()
        audit["units"][0]["ruleset"] = "elsewhere/random"
        assert messages(audit)["units[0].ruleset"] == "没有规则集“elsewhere/random”；是否为 test/random"

    @pytest.mark.parametrize(
        "ruleset", [5, ["test/random"], {"id": "test/random"}, "../../etc/passwd", "x" * 10_000, "\ud800"]
    )
    def test_a_ruleset_that_is_no_id_is_refused(self, ruleset: Any) -> None:
        audit = valid()
        audit["units"][0]["ruleset"] = ruleset
        found = next(problem for problem in refused(audit) if problem.place == "units[0].ruleset")
        assert found.code in (Code.RULESET_ID_EXPECTED, Code.RULESET_UNKNOWN)
        assert len(found.message) < 300

    def test_units_have_ids_of_their_own(self) -> None:
        audit = valid()
        audit["units"] *= 2
        assert problems(audit)["units[1].id"] is Code.UNIT_ID_TWICE
        assert messages(audit)["units[1].id"] == "编号“line-1”与 units[0] 相同"

    def test_a_fact_of_a_group_belongs_into_its_rows(self) -> None:
        assert problems(with_facts(nmhc=5)) == {"units[0].facts.nmhc": Code.FACT_OF_ROWS}
        assert "groups.outlets" in messages(with_facts(nmhc=5))["units[0].facts.nmhc"]
        found = problems(with_outlets(OUTLET | {"share": 5}))
        assert found == {"units[0].groups.outlets[0].share": Code.FACT_UNKNOWN_IN_GROUP}
        audit = valid()
        audit["enterprise"]["facts"] = {"nmhc": 5}
        assert problems(audit) == {"enterprise.facts.nmhc": Code.FACT_UNKNOWN_TO_ALL}

    def test_row_keys_differ_and_are_texts(self) -> None:
        found = problems(with_outlets(OUTLET, OUTLET | {"nmhc": 1}, {"outlets_id": 5}, {"nmhc": 1}))
        assert found == {
            "units[0].groups.outlets[1].outlets_id": Code.ROW_KEY_TWICE,
            "units[0].groups.outlets[2].outlets_id": Code.TEXT_EXPECTED,
            "units[0].groups.outlets[3].outlets_id": Code.KEY_MISSING,
        }

    @pytest.mark.parametrize("rows", [{}, "x", 5, True])
    def test_a_group_is_a_list_of_rows(self, rows: Any) -> None:
        audit = valid()
        audit["units"][0]["groups"] = {"outlets": rows}
        assert problems(audit) == {"units[0].groups.outlets": Code.ROWS_EXPECTED}

    def test_keys_that_stand_there_twice_are_named_wherever_they_are(self) -> None:
        text = json.dumps(valid())
        for written, place in (
            ('"assessed_on": "2023-09-10"', "assessed_on"),
            ('"kind": "o1"', "units[0].facts.kind"),
            ('"note": "\\u4e09\\u4e2a\\u6708\\u5e73\\u5747"', "units[0].facts.share.note"),
            ('"nmhc": 6.2', "units[0].groups.outlets[0].nmhc"),
            ('"yes": true', "enterprise.facts.yes"),
        ):
            assert written in text
            assert problems(text.replace(written, f"{written}, {written}")) == {place: Code.KEY_TWICE}

    def test_what_can_not_be_printed_is_told_in_letters_that_can(self) -> None:
        found = messages(with_facts(**{"a\ud800\x00\x1b" + "b" * 1000: 1, "kind": "\x1b[2J\ud800"}))
        for place, message in found.items():
            assert (place + message).isprintable()
            assert len(place + message) < 400
        assert any("<U+D800>" in place for place in found)


class TestText:
    """What is not even JSON."""

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            (b"", Code.NOT_JSON),
            (b"{", Code.NOT_JSON),
            (b'{"a": 1,}', Code.NOT_JSON),
            (b"\xff\xfe{\x00}\x00", Code.NOT_UTF8),
            (b'{"a": "\xc3\x28"}', Code.NOT_UTF8),
            (b"[" * 100_000 + b"]" * 100_000, Code.NESTED_TOO_DEEPLY),
            (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, Code.NESTED_TOO_DEEPLY),
            (b"[" * 100_000, Code.NESTED_TOO_DEEPLY),
            (b"x" * 10_000_000, Code.TOO_LARGE),
            (b"[" + b"0," * 2_499_990 + b"0]", Code.OBJECT_WITH_EXPECTED),
        ],
        ids=lambda value: repr(value[:20]),
    )
    def test_is_refused(self, text: bytes, code: Code) -> None:
        assert problems(text)[""] is code

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("", "此处应有一个值"),
            ("{a: 1}", "此处应有带双引号的键"),
            ('{"a" 1}', "此处应有冒号"),
            ("[1 2]", "此处应有逗号"),
            ("[] []", "结束之后还有内容"),
            ('"a', "文字没有结束引号"),
            ('"\t"', "文字中有控制字符"),
            (r'"\x"', "反斜杠后的写法不对"),
            (r'"\u12"', "反斜杠后的写法不对"),
        ],
    )
    def test_says_where_it_is_no_json_and_what_is_expected(self, text: str, fault: str) -> None:
        message = messages(text)[""]
        assert message.startswith("不是 JSON：第 1 行第 ")
        assert message.endswith(fault)

    def test_is_told_in_chinese_where_the_error_is_text(self) -> None:
        with pytest.raises(AuditError, match=r"^（审核数据）：不是 JSON：第 1 行第 1 列，此处应有一个值$"):
            read_audit("", SHELF)

    def test_a_hundred_thousand_unknown_facts_are_each_named(self) -> None:
        audit = with_facts(**{f"junk{n}": n for n in range(100_000)})
        assert len(problems(audit)) == 100_000

    def test_more_rows_than_can_be_read_are_refused(self) -> None:
        rows = [{"outlets_id": str(n)} for n in range(2_001)]
        assert problems(with_outlets(*rows)) == {"units[0].groups.outlets": Code.TOO_MANY_ROWS}


JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=12),
        st.sampled_from(["", "o1", "2023-09-10", "test/random", "DA001", "\ud800", "\x00", "1e5", 10**400, -1e308]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.text(max_size=8) | st.sampled_from([*FACTS, "value", "note", "id", "groups"]), inner, max_size=4
        ),
    ),
    max_leaves=8,
)


def places(raw: Any) -> list[tuple[Any, ...]]:
    """The path of everything inside a document."""
    inside = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    return [(), *((key, *path) for key, value in inside for path in places(value))]


def changed(raw: Any, path: tuple[Any, ...], junk: Any) -> Any:
    """The document with something else at a place."""
    if not path:
        return junk
    found = copy.copy(raw)
    found[path[0]] = changed(raw[path[0]], path[1:], junk)
    return found


def outcome(text: bytes | str) -> Audit | AuditError:
    """An audit, or an error that can be printed; nothing else comes out of reading."""
    try:
        return read_audit(text, SHELF)
    except AuditError as error:
        found = error
    assert found.problems
    assert all((problem.place + problem.message).isprintable() for problem in found.problems)
    return found


@settings(max_examples=10 * AMOUNT)
@given(data=st.data())
def test_an_audit_with_junk_somewhere_is_read_or_refused_and_what_is_read_can_be_graded(data: st.DataObject) -> None:
    audit: Any = valid()
    for _ in range(data.draw(st.integers(1, 3))):
        audit = changed(audit, data.draw(st.sampled_from(places(audit))), data.draw(JUNK))
    found = outcome(json.dumps(audit))
    if isinstance(found, Audit):
        assert ENGINE.grade(found).outcome.grade in ("A", "B", "C", "D")


ENGINE = Engine(SHELF)


@settings(max_examples=5 * AMOUNT)
@given(JUNK.map(json.dumps) | st.text() | st.binary())
@example('{"units": [{"facts": {"\ud800": 1}}]}')
def test_anything_at_all_is_read_or_refused(text: str | bytes) -> None:
    assert isinstance(outcome(text), Audit | AuditError)


@settings(max_examples=5 * AMOUNT)
@given(st.lists(st.tuples(st.integers(0), st.sampled_from(b'{}[],:"0-9eE.\\ntf\x00\xff')), min_size=1, max_size=4))
def test_an_audit_with_broken_bytes_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    text = bytearray(json.dumps(valid()).encode())
    for at, byte in changes:
        text[at % len(text)] = byte
    assert isinstance(outcome(bytes(text)), Audit | AuditError)


@pytest.mark.parametrize("spoil", [lambda a: a.pop("assessed_on"), lambda a: a["units"][0]["facts"].update(share=101)])
def test_a_malformed_audit_never_gets_a_grade(spoil: Callable[[dict[str, Any]], Any]) -> None:
    audit = valid()
    assert isinstance(outcome(json.dumps(audit)), Audit)
    spoil(audit)
    assert isinstance(outcome(json.dumps(audit)), AuditError)

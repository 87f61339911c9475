"""Upper bounds as laboratories report them: read, graded by what they surely are, and shown as they were stated."""

import json
from decimal import Decimal

import pytest

from grading.audit_json import audit_to_json, dump_audit
from grading.digest import audit_digest, digest
from grading.engine.grade import Engine
from grading.intake import AuditError, check_value, read_audit
from grading.language.bounds import NoLimitError, bound_from_text, bound_text
from grading.language.values import known_text
from grading.model.audit import Audit, Below
from grading.model.base import Status
from grading.model.interval import Interval
from grading.model.ruleset import Fact, Ruleset
from grading.simulate import change_audit
from tests.engine.small import DAY, Shelf, ruleset_of

DUST = {
    "id": "dust",
    "label": "颗粒物",
    "type": "number",
    "unit": "mg/m3",
    "min": 0,
    "max": 100,
    "decimals": 2,
    "group": None,
}
OXYGEN = {
    "id": "oxygen",
    "label": "氧含量",
    "type": "number",
    "unit": "%",
    "min": 0,
    "max": 21,
    "decimals": 1,
    "group": None,
}
CORRECTED = {"id": "corrected", "group": None, "oxygen_corrected": {"value": "dust", "oxygen": "oxygen", "baseline": 9}}
HALF = {"id": "half", "group": None, "ratio": ["dust", 2]}
SHARE = {"id": "share", "group": None, "ratio": [100, "dust"]}


def asking(require: dict[str, object]) -> Ruleset:
    """A ruleset whose only indicator asks for something at A."""
    indicator = {"id": "i", "title": "i", "dimension": "treatment", "levels": {"A": {"require": require}}}
    return ruleset_of(
        facts={"dust": DUST, "oxygen": OXYGEN},
        computed={c["id"]: c for c in (CORRECTED, HALF, SHARE)},
        indicators=[indicator],
    )


def audit(**facts: object) -> dict[str, object]:
    """An audit's document with these facts."""
    unit = {"id": "u", "ruleset": "test/random", "facts": facts}
    return {"enterprise": {"name": "e"}, "assessed_on": DAY.isoformat(), "units": [unit]}


def read(ruleset: Ruleset, **facts: object) -> Audit:
    """The same, read."""
    return read_audit(json.dumps(audit(**facts)), Shelf(ruleset))


def status(require: dict[str, object], **facts: object) -> Status:
    """What a condition comes to."""
    ruleset = asking(require)
    return Engine(Shelf(ruleset)).grade(read(ruleset, **facts)).units[0].indicators[0].levels["A"]


BELOW_20 = {"dust": {"below": 20}}


@pytest.mark.parametrize(
    ("operator", "figure", "expected"),
    [
        ("at_most", 20, "met"),
        ("at_most", "19.99", "unknown"),
        ("at_most", 0, "unknown"),
        ("at_most", -1, "unmet"),
        ("below", 20, "met"),
        ("below", "19.99", "unknown"),
        ("below", 0, "unmet"),
        ("at_least", 20, "unmet"),
        ("at_least", "19.99", "unknown"),
        ("at_least", 0, "met"),
        ("above", 20, "unmet"),
        ("above", 0, "unknown"),
        ("above", -1, "met"),
        ("equals", 20, "unmet"),
        ("equals", 5, "unknown"),
        ("one_of", [20, 25], "unmet"),
        ("one_of", [5, 25], "unknown"),
        ("none_of", [20, 25], "met"),
        ("none_of", [0, 25], "unknown"),
    ],
)
def test_a_bound_meets_what_everything_below_it_meets(operator: str, figure: object, expected: str) -> None:
    """`<20` is every number from 0 up to 20, 20 left out: never 0, half the limit or the limit itself."""
    figures = [Decimal(str(f)) for f in figure] if isinstance(figure, list) else Decimal(str(figure))
    assert status({"fact": "dust", operator: figures}, **BELOW_20).value == expected


@pytest.mark.parametrize(
    ("require", "facts", "expected"),
    [
        # [0, 20) · 12/11 = [0, 21.818182), as its ends are rounded
        ({"fact": "corrected", "at_most": "21.818182"}, {"oxygen": 10}, "met"),
        ({"fact": "corrected", "at_most": "21.818181"}, {"oxygen": 10}, "unknown"),
        ({"fact": "corrected", "at_least": "21.9"}, {"oxygen": 10}, "unmet"),
        ({"fact": "corrected", "at_most": 30}, {}, "unknown"),
        # [0, 20) ÷ 2 = [0, 10): the end stays open
        ({"fact": "half", "below": 10}, {}, "met"),
        ({"fact": "half", "at_least": 10}, {}, "unmet"),
        ({"fact": "half", "at_most": "9.99"}, {}, "unknown"),
        # 100 ÷ [0, 20) is not defined for all of it
        ({"fact": "share", "above": 5}, {}, "unknown"),
    ],
)
def test_computed_facts_follow_the_ends(require: dict[str, object], facts: dict[str, object], expected: str) -> None:
    exact = {name: Decimal(v) if name != "fact" else v for name, v in require.items()}  # type: ignore[arg-type]
    assert status(exact, **BELOW_20, **facts).value == expected


def test_an_oxygen_bound_leaves_the_corrected_value_between_its_ends() -> None:
    require = {"fact": "corrected", "at_most": Decimal("21.818182")}
    # 20 · 12 ÷ (21 − O₂) with O₂ in [0, 10) lies in [11.428571, 21.818182)
    assert status(require, dust=20, oxygen={"below": 10}) is Status.MET
    assert status(require | {"at_most": Decimal(21)}, dust=20, oxygen={"below": 10}) is Status.UNKNOWN
    assert status(require | {"at_most": Decimal(11)}, dust=20, oxygen={"below": 10}) is Status.UNMET


def test_the_trace_names_the_bound_as_it_is_stated() -> None:
    ruleset = asking({"fact": "half", "below": Decimal(10)})
    trace = (
        Engine(Shelf(ruleset)).grade(read(ruleset, dust={"value": {"below": 20}, "evidence": ["报告1"]})).units[0].trace
    )
    causes = [cause for entry in trace for cause in entry.because]
    assert {"fact": "half", "computed_from": ["dust", "2"], "value": "[0, 10)"} in causes
    ruleset = asking({"fact": "dust", "below": Decimal(10)})
    trace = (
        Engine(Shelf(ruleset)).grade(read(ruleset, dust={"value": {"below": 20}, "evidence": ["报告1"]})).units[0].trace
    )
    causes = [cause for entry in trace for cause in entry.because]
    assert {"fact": "dust", "place": "units[0].facts.dust", "value": "<20", "evidence": ["报告1"]} in causes


def test_an_audit_with_bounds_is_written_as_it_was_read() -> None:
    ruleset = asking({"fact": "dust", "at_most": Decimal(20)})
    found = read(ruleset, dust={"value": {"below": 0.07}, "note": "未检出"}, oxygen={"below": 5})
    library = Shelf(ruleset)
    assert read_audit(dump_audit(found, library), library) == found
    written = audit_to_json(found, library)["units"][0]["facts"]
    assert written == {"dust": {"value": {"below": Decimal("0.07")}, "note": "未检出"}, "oxygen": {"below": Decimal(5)}}
    assert audit_digest(found) == digest(found) != audit_digest(read(ruleset, dust=0.07, oxygen={"below": 5}))


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"below": 0}, "不可能：本项不小于 0"),
        ({"below": -1}, "should be at least 0"),
        ({"below": 120}, "at most 100"),
        ({"below": 0.071}, "more than 2 decimal places"),
        ({"below": "20"}, "should be a number"),
        ("<20", 'an upper bound is {"below": 20}'),
        ("ND", "state the limit"),
        ({"below": None}, "is missing"),
        ({"below": True}, "should be a number"),
        ({"below": {"below": 20}}, "should be a number"),
        ({"below": 20, "above": 3}, "unknown key"),
        ({"value": {"below": 0}}, "不可能"),
        ({"value": {"below": 20, "value": 3}}, "unknown key"),
    ],
)
def test_a_bound_that_can_not_be_is_refused(stated: object, said: str) -> None:
    ruleset = asking({"fact": "dust", "at_most": Decimal(20)})
    with pytest.raises(AuditError) as refused:
        read(ruleset, dust=stated)
    assert len(refused.value.problems) == 1
    assert said in refused.value.problems[0].message


def test_only_numbers_have_bounds_and_a_key_stands_once() -> None:
    yes = Fact(id="yes", label="yes", type="boolean")
    assert check_value({"below": Decimal(2)}, "yes", [yes])[1]
    ruleset = asking({"fact": "dust", "at_most": Decimal(20)})
    text = json.dumps(audit(dust={"below": 20})).replace('{"below": 20}', '{"below": 20, "below": 5}')
    with pytest.raises(AuditError, match="stands there twice"):
        read_audit(text, Shelf(ruleset))
    with pytest.raises(AuditError, match="finite number"):
        read_audit(json.dumps(audit(dust={"below": float("nan")})), Shelf(ruleset))


@pytest.mark.parametrize(
    ("typed", "limit"),
    [
        ("<20", "20"),
        ("＜1.0", "1.0"),
        ("< 0.07", "0.07"),
        ("<0.07 mg/m³", "0.07"),
        ("<0.07mg/m3", "0.07"),
        ("20L", "20"),
        ("０.０７Ｌ", "0.07"),
        ("0.07l", "0.07"),
        ("未检出（检出限0.07）", "0.07"),
        ("未检出(检出限：0.07 mg/m³)", "0.07"),
        ("未检出（方法检出限为0.07mg/m3）", "0.07"),
        ("未检出，检出限0.07", "0.07"),
        ("未检出（<0.07）", "0.07"),
        ("未检出0.07", "0.07"),
        ("ND<0.07", "0.07"),
        ("ND(0.07)", "0.07"),
        ("nd (LOD=0.07)", "0.07"),
        ("N.D.（0.07）", "0.07"),
        ("小于20", "20"),
        ("低于检出限0.07", "0.07"),
        ("低于检测限0.07", "0.07"),
        ("低于最低检出浓度 0.07", "0.07"),
        ("未检出（0.07L）", "0.07"),
        ("未检出【检出限0.07】", "0.07"),
        ("未检出（低于检出限0.07mg/m³）", "0.07"),
        ("未检出（检出限0.07，单位mg/m3）", "0.07"),
        ("<0.07（未检出）", "0.07"),
        ("0.07L（ND）", "0.07"),
        ("<0.07L", "0.07"),
        ("0.07L mg/m³", "0.07"),
        ("<0.07(mg/m3)", "0.07"),
        ("<MDL(0.07)", "0.07"),
    ],
)
def test_what_laboratories_write_is_read_as_a_bound(typed: str, limit: str) -> None:
    assert bound_from_text(typed, "mg/m3") == Decimal(limit)


@pytest.mark.parametrize(
    "typed",
    [
        "20",
        "≤20",
        "<=20",
        ">20",
        "约20",
        "<20%",
        "<",
        "<-",
        "L",
        "<1e3",
        "20Ld",
        "<20 g/m3",
        "<<20",
        "<1,000",
        "<1 000",
        "<5～6",
        "不低于20",
        "20以下",
    ],
)
def test_other_texts_are_no_bounds(typed: str) -> None:
    assert bound_from_text(typed, "mg/m3") is None


def test_a_number_of_litres_is_a_number() -> None:
    for unit in ("L", "m3", "m3/h", "个"):
        assert bound_from_text("20L", unit) is None
    assert bound_from_text("<20L", "L") == 20


@pytest.mark.parametrize(
    "typed",
    [
        "未检出",
        "未 检 出",
        "ND",
        "nd",
        "N.D.",
        "BDL",
        "未检出（检出限）",
        "低于检出限",
        "＜检出限",
        "检出限以下",
        "<MDL",
        "0.06（ND）",
        "ND -0.5",
    ],
)
def test_not_detected_without_a_limit_asks_for_it(typed: str) -> None:
    with pytest.raises(NoLimitError, match="检出限"):
        bound_from_text(typed, "mg/m3")


def test_bounds_are_shown_as_they_are_stated() -> None:
    ruleset = asking({"fact": "dust", "at_most": Decimal(20)})
    assert known_text(ruleset, "dust", Below(below=Decimal("20.0"))) == "<20 mg/m³"
    assert known_text(ruleset, "oxygen", Below(below=Decimal("0.5"))) == "<0.5%"
    one = Decimal(1)
    assert bound_text(Interval(Decimal(0), Decimal(0), one, Decimal(2))) == "[0, 2)"
    assert bound_text(Interval(one, Decimal(2), None, None)) == ">1"
    assert bound_text(Interval(None, None, one, one)) == "≤1"


def test_a_bound_may_be_supposed_as_it_is_typed() -> None:
    ruleset = asking({"fact": "dust", "at_most": Decimal(20)})
    library = Shelf(ruleset)
    for said in ("<5", "5L", '{"below": 5}'):
        changed = change_audit(read(ruleset, dust=30), [f"u.dust={said}"], library)
        assert changed.units[0].facts["dust"].value == Below(below=Decimal(5))
    with pytest.raises(AuditError, match="state the limit"):
        change_audit(read(ruleset, dust=30), ["u.dust=ND"], library)

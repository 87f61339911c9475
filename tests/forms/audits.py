"""Random audits of given rulesets, as JSON values; whatever `check_audit` takes may come out."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from grading import calendar
from grading.identifiers import MAX_ID, IdentifierError, normalise_id
from grading.invisible import without_invisible
from grading.model.ruleset import Fact, Ruleset
from grading.nothing_stated import says_nothing

LIMIT = Decimal(999_999_999)
ODD_TEXTS = (
    "=1+1", "+86", "-", "@检测", "#N/A", "true", "007", "1e5", " 前后有空格　", "两行\n文字", "回车\r\n换行", "json:\"x\"",
    "json:", "_x0041_", "_x005F_", "表格，“引号”；分号", "\t制表符\t", "<b>&amp;</b>", "是", "DA001", "😀🏭",
    "x" * 4000, "\u2028行分隔",
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(ODD_TEXTS),
    st.text(
        st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t\r", exclude_characters="\ufffe\uffff"),
        min_size=1,
        max_size=30,
    ),
).filter(lambda text: bool(without_invisible(text).strip()))


def _is_identifier(text: str) -> bool:
    try:
        normalise_id(text)
    except IdentifierError:
        return False
    return True


IDS = TEXTS.filter(_is_identifier)


def audits(rulesets: Sequence[Ruleset]) -> st.SearchStrategy[dict[str, Any]]:
    """Audits with a unit for each ruleset, all kinds of values, evidence and notes, missing and empty groups."""
    return st.builds(
        lambda head, day, units: {"enterprise": head, "assessed_on": day.isoformat(), "units": units},
        _enterprise(rulesets),
        st.dates(calendar.EARLIEST, date(2026, 1, 1)),
        st.tuples(*(_unit(ruleset, i) for i, ruleset in enumerate(rulesets))).map(list),
    )


def _enterprise(rulesets: Sequence[Ruleset]) -> st.SearchStrategy[dict[str, Any]]:
    shared: dict[str, list[Fact]] = {}
    for ruleset in rulesets:
        for fact in _single(ruleset):
            shared.setdefault(fact.id, []).append(fact)
    facts = [known for name in shared if (known := _common(shared[name])) is not None]
    return st.fixed_dictionaries(
        {"name": TEXTS, "facts": _some(facts)},
        optional={
            "uscc": st.sampled_from(("91350100M000100Y43", "91610404MA7D2P8L3F")),
            "permit": TEXTS.filter(lambda text: not says_nothing(text)),
            "county": st.sampled_from(("610402", "110000")),
        },
    )


def _common(facts: list[Fact]) -> Fact | None:
    """A declaration whose values all of these take; None where there is hardly one."""
    first = facts[0]
    alike = all((f.type, f.options, f.min, f.max, f.decimals) == (first.type, first.options, first.min, first.max, first.decimals)
                for f in facts)  # fmt: skip
    return first if alike else None


def _unit(ruleset: Ruleset, index: int) -> st.SearchStrategy[dict[str, Any]]:
    groups: dict[str, Any] = {}
    for name, group in ruleset.groups.items():
        facts = [fact for fact in ruleset.facts.values() if fact.group == name]
        least = group.least_rows.rows
        groups[name] = st.lists(_row(group.key, facts), min_size=least, max_size=3, unique_by=_key_of(group.key))
    return st.fixed_dictionaries(
        {
            "id": TEXTS.map(lambda text: f"{index}{text}"[:MAX_ID]).filter(_is_identifier),
            "ruleset": st.just(ruleset.id),
        },
        optional={"facts": _some(list(_single(ruleset))), "groups": st.fixed_dictionaries({}, optional=groups)},
    )


def _key_of(key: str) -> Callable[[dict[str, Any]], str]:
    return lambda row: normalise_id(row[key])[0]


def _row(key: str, facts: list[Fact]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda values, name: {key: name, **values}, _some(facts), IDS)


def _some(facts: list[Fact]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={fact.id: _known(fact) for fact in facts})


def _known(fact: Fact) -> st.SearchStrategy[Any]:
    wrapped = st.fixed_dictionaries(
        {"value": st.one_of(_value(fact), st.none())},
        optional={
            "evidence": st.lists(TEXTS, max_size=3),
            "note": TEXTS,
            "taken": st.sampled_from(("1999-12-31", "1900-01-01")),
            "valid_until": st.sampled_from(("2000-02-29", "2099-01-01")),
            "covers": TEXTS,
        },
    )
    return st.one_of(_value(fact), wrapped)


def _value(fact: Fact) -> st.SearchStrategy[Any]:
    if fact.type == "boolean":
        return st.booleans()
    if fact.type == "date":
        return st.dates().map(date.isoformat)
    if fact.type == "choice":
        return st.sampled_from(list(fact.options))
    if fact.type == "choices":
        return st.lists(st.sampled_from(list(fact.options)), unique=True)
    low = max(fact.min if fact.min is not None else -LIMIT, -LIMIT)
    high = min(fact.max if fact.max is not None else LIMIT, LIMIT)
    numbers = st.decimals(low, high, places=fact.decimals)
    bounds = numbers.filter(lambda number: number > low).map(lambda number: {"below": number})
    return numbers if low == high else st.one_of(numbers, numbers, bounds)


def _single(ruleset: Ruleset) -> Iterable[Fact]:
    return (fact for fact in ruleset.facts.values() if fact.group is None)

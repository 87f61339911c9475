"""Invented plants after the cases of a ruleset, so that all grades occur: `benchmarks.province RULESET COUNT FILE.jsonl`.

Each plant is a case with its numbers moved by a few per cent now and then. `benchmarks.population` makes plants of any kind,
most of which are at the floor; these are what an impact is measured on.
"""

import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import orjson

from grading.language.cases import read_cases
from grading.language.load import Library
from grading.model.ruleset import Ruleset

COUNTIES = ("610402", "610403", "610404", "610422", "610423", "610425", "610426", "610481")
MOVED = 0.15
"""How often a number is not the case's."""


def audits(library: Library, ruleset_id: str, count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Audits as JSON documents, a unit each."""
    ruleset, luck = library.ruleset(ruleset_id), Random(seed)
    # Cases may have empty tables, which no audit form may.
    cases = [
        case for case in read_cases(library, ruleset_id) if all(rows is None or rows for rows in case.groups.values())
    ]
    for number in range(count):
        case = cases[luck.randrange(len(cases))]
        groups = {
            group: [{k: _moved(ruleset, k, v, luck) for k, v in row.items()} for row in rows]
            for group, rows in case.groups.items()
            if rows is not None
        }
        facts = {name: _moved(ruleset, name, value, luck) for name, value in case.facts.items()}
        yield {
            "enterprise": {"name": f"企业{number:06}", "county": COUNTIES[luck.randrange(len(COUNTIES))]},
            "assessed_on": case.assessed_on.isoformat(),
            "units": [{"id": f"U{number:06}", "ruleset": ruleset_id, "facts": facts, "groups": groups}],
        }


def _moved(ruleset: Ruleset, name: str, value: Any, luck: Random) -> Any:
    fact = ruleset.facts.get(name)
    if isinstance(value, dict):
        value = value.get("value")
    if fact is None or fact.type != "number" or value is None or luck.random() > MOVED:
        return str(value) if fact is None else value
    moved = round(Decimal(value) * Decimal(luck.randrange(70, 125)) / 100, fact.decimals)
    low, high = fact.min if fact.min is not None else moved, fact.max if fact.max is not None else moved
    return max(low, min(high, moved))


def plain(value: Any) -> Any:
    """A decimal or a day as JSON has it."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat()


if __name__ == "__main__":
    with Path(sys.argv[3]).open("wb") as file:
        for audit in audits(Library(), sys.argv[1], int(sys.argv[2])):
            file.write(orjson.dumps(audit, default=plain) + b"\n")

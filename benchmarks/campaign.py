"""What a campaign takes of a processor: reading 20,000 plants with three years of gradings, one day, a series of 36 month-ends.

The peer is what cannot be avoided: parsing the same file with the standard library's JSON reader.
"""

import json
import random
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from grading.campaign.evaluate import Evaluator
from grading.campaign.read import read_inputs
from grading.campaign.vocabulary import vocabulary_of
from grading.language.load import Library
from reports.campaign.command import month_ends

START = date(2023, 3, 1)
LEVELS = ("A", "B", "C", "D", "ungraded")
CAMPAIGN = """\
id: benchmark
title: 创A、增B、减C、清D
jurisdiction: "610400"
industries: all
period: {start: 2023-03-01, roster_frozen: 2023-04-15, plans_due: 2023-04-30, deadline: 2023-10-31}
reached: B
zones: {core: {within_km: 25}, other: {}}
shares: [{zone: core, at_least_percent: 100}, {zone: other, at_least_percent: 40}]
new: [{county: "610402", at_least: 4}, {rest: true, at_least: 1}]
"""


def plant(number: int, chance: random.Random) -> dict[str, object]:
    """A plant with one or two units, each graded about twice a year."""

    def gradings() -> list[dict[str, object]]:
        days = sorted(START + timedelta(days=chance.randrange(-400, 1100)) for _ in range(chance.randint(3, 8)))
        levels = [chance.choice(LEVELS) for _ in days]
        return [
            {"grade": level, "attainable": level, "confirmed": str(day), "published": str(day), "ended": None}
            for level, day in zip(levels, days, strict=True)
        ]

    units = [{"id": f"u{i}", "industry": "foundry", "gradings": gradings()} for i in range(chance.choice((1, 1, 2)))]
    enterprise = {
        "name": f"企业{number}",
        "permit": f"P{number:06}",
        "county": f"6104{chance.choice(('02', '04', '22', '23', '24', '25', '30', '31', '81'))}",
        "in_urban_area": False,
        "distance_km": round(chance.uniform(0, 90), 2),
        "state": [],
        "emissions_t_a": {"so2": 1.5, "nox": 2.5, "pm": 0.5, "voc": 0.25},
    }
    return {"enterprise": enterprise, "units": units}


def main(count: int) -> None:
    """Print the times."""
    chance = random.Random(1)
    vocabulary = vocabulary_of(Library())
    with tempfile.TemporaryDirectory() as folder:
        campaign, plants = Path(folder) / "campaign.yaml", Path(folder) / "plants.jsonl"
        campaign.write_text(CAMPAIGN, encoding="utf-8")
        lines = (json.dumps(plant(i, chance), ensure_ascii=False) for i in range(count))
        plants.write_text("\n".join(lines), encoding="utf-8")
        begun = time.process_time()
        for line in plants.read_bytes().splitlines():
            json.loads(line)
        peer = time.process_time() - begun
        begun = time.process_time()
        read = read_inputs(campaign, plants, vocabulary)
        reading = time.process_time() - begun
        begun = time.process_time()
        evaluator = Evaluator(*read, vocabulary)
        evaluator.on(date(2026, 2, 28))
        day = time.process_time() - begun
        begun = time.process_time()
        for end in month_ends(START, date(2026, 2, 28)):
            evaluator.on(end)
        series = time.process_time() - begun
    print(f"{count:,} plants; plain JSON {peer:.2f} s")
    for what, seconds in (("read", reading), ("one day", day), ("36 month-ends", series)):
        print(f"{what:<14} {seconds:6.2f} s  {seconds / peer:5.2f}x plain JSON")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)

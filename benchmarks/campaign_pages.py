"""Pages of a campaign of 5,000 plants, as a bureau asks for them: `python -m benchmarks.campaign_pages [PLANTS] [--keep FOLDER]`.

Each is asked for once (the first request of a day, which reads the plants) and then many times. The peer is a page that looks
at no plant, in the same run. Afterwards the batch edit of 50 plants, and what the first page after it takes.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from fastapi.testclient import TestClient
from sqlalchemy import select

from api.context import open_context
from api.identity import tokens
from api.server.app import create_app
from api.service import Service, make_service
from api.services.campaigns import creation, ways
from api.services.campaigns.evaluation import data_of
from api.settings import load
from api.startup import configure_logs
from api.store import Campaign, CampaignWays, Enterprise
from api.store.migrate import migrate
from benchmarks.bureau_plants import fill, people
from grading import calendar

PLANTS, KINDS, TIMES = 5_000, 40, 40
RULESET = "national-2020/industrial_coating"
TARGET = 300
"""Milliseconds, 95 of 100 requests after the first of a day."""
PEER = "/campaigns"


def main() -> None:
    """Fill a service, ask for every page, print what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plants", type=int, nargs="?", default=PLANTS)
    parser.add_argument("--keep", type=Path, help="a folder to fill, or one that was filled before")
    given = parser.parse_args()
    kept: Path | None = given.keep
    with nullcontext(str(kept)) if kept else tempfile.TemporaryDirectory() as folder:
        filled = (Path(folder) / "grading.db").exists()
        settings = load(data=Path(folder), log_level="error").model_copy(update={"costly_per_minute": 100_000})
        configure_logs(settings)
        service = make_service(settings)
        if not filled:
            migrate(service.database)
            began = time.perf_counter()
            fill(service, RULESET, given.plants, KINDS)
            print(f"filled with {given.plants:,} plants in {time.perf_counter() - began:.0f} s")
        with service.database.reading() as db:
            begun = db.scalar(select(Campaign.id).limit(1)) is not None
        if not begun:
            _begin(service)
        _measure(service)
        service.close()


def _begin(service: Service) -> None:
    began = time.perf_counter()
    with service.database.reading() as db:
        permits = list(db.scalars(select(Enterprise.permit).order_by(Enterprise.id)))
    with open_context(service, people(service)["bureau"]) as context:
        campaign = creation.create(context, _document(), "\n".join(_roster([p for p in permits if p]))).id
    print(f"the campaign with its roster begun in {time.perf_counter() - began:.0f} s")
    began = time.perf_counter()
    _work_out(service, campaign)
    print(f"their ways to the level worked out in {time.perf_counter() - began:.0f} s, {KINDS} that differ")


def _document() -> str:
    today = calendar.today()
    days = {"start": -250, "roster_frozen": -150, "plans_due": -100, "deadline": 120}
    said = {
        "id": "benchmark",
        "title": "创A、增B、减C、清D",
        "jurisdiction": "610400",
        "period": {name: (today + timedelta(days=n)).isoformat() for name, n in days.items()},
        "reached": "B",
        "zones": {"core": {"within_km": 25}, "other": {}},
        "shares": [{"zone": "core", "at_least_percent": 60}, {"zone": "other", "at_least_percent": 40}],
        "new": [{"county": "610402", "at_least": 40}, {"rest": True, "at_least": 10}],
    }
    return json.dumps(said, ensure_ascii=False)


def _roster(permits: list[str]) -> Iterator[str]:
    """Plants with their place; half of them are to reach B, by three measures each."""
    luck, today = random.Random(1), calendar.today()
    for permit in permits:
        said: dict[str, object] = {
            "permit": permit,
            "distance_km": round(luck.uniform(0, 90), 2),
            "point": {"lon": round(luck.uniform(107.6, 109.2), 4), "lat": round(luck.uniform(34.1, 35.3), 4)},
        }
        if luck.random() < 0.5:
            finishes = [(today + timedelta(days=luck.randrange(-60, 100))).isoformat() for _ in range(3)]
            measures = [{"text": f"措施{i}", "finish": finish, "cost_wan": 12} for i, finish in enumerate(finishes)]
            said |= {"target": "B", "measures": measures}
        yield json.dumps(said, ensure_ascii=False)


def _work_out(service: Service, campaign_id: UUID) -> None:
    """The rows that workers add: worked out for the plants that differ, the same for those that are like them."""
    with service.database.reading() as db:
        campaign = db.get_one(Campaign, campaign_id)
        data = data_of(service, db, campaign, campaign.jurisdiction)
        numbers = {row.id: i for i, row in enumerate(db.execute(select(Enterprise.id).order_by(Enterprise.id)))}
        kind_of = {permit: numbers[plant.enterprise_id] % KINDS for permit, plant in data.register.plants.items()}
        wanted = [
            (kind_of[permit], row)
            for (permit, _), rows in sorted(ways.needed_on(data, calendar.today()).items())
            for row in rows
        ]
        documents: dict[tuple[int, str], str | None] = {}
        for kind, row in wanted:
            if (kind, row.goal) not in documents:
                documents[kind, row.goal] = ways._document(service, db, row)
    with service.database.writing() as db:
        db.add_all(
            CampaignWays(grading_id=row.grading_id, goal=row.goal, document=documents[kind, row.goal])
            for kind, row in wanted
        )


def _measure(service: Service) -> None:
    with open_context(service, people(service)["bureau"]) as context:
        secret = tokens.create(context.db, service.settings, "benchmark", 1).secret
        campaign = context.db.scalars(select(Campaign.id)).one()
        permits = list(context.db.scalars(select(Enterprise.permit).order_by(Enterprise.id).limit(50)))
    headers = {"authorization": f"Bearer {secret}", "accept": "text/html, application/json"}
    at = f"/campaigns/{campaign}"
    month = (calendar.today() - timedelta(days=40)).isoformat()
    pages = {
        "campaign": at,
        "campaign, an earlier day": f"{at}?on={month}",
        "plants": f"{at}/plants",
        "plants, overdue": f"{at}/plants?list=overdue&number=3",
        "plants, by county and grade": f"{at}/plants?list=base&county=610402&band=c",
        "map": f"{at}/map",
        "outlook": f"{at}/outlook",
        "plants to help": f"{at}/help",
        "plants to help, a county by time": f"{at}/help?county=610402&sort=weeks",
        "a plant": f"{at}/plant?permit={permits[0]}",
        "evaluation (JSON)": f"/v1{at}/evaluation",
        "outlook (JSON)": f"/v1{at}/outlook",
    }
    with TestClient(create_app(service), headers=headers) as client:
        client.get(PEER)
        peer = _times(client, PEER)
        print(f"{'':34}{'first':>8}{'p50':>8}{'p95':>8} ms   CPU ms    KB   x the peer")
        print(f"{'peer: the list of campaigns':34}{'':8}{peer[0]:8.0f}{peer[1]:8.0f}      {peer[2]:8.0f}")
        slow = []
        for name, path in pages.items():
            began = time.perf_counter()
            answer = client.get(path)
            first = (time.perf_counter() - began) * 1000
            assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
            p50, p95, own = _times(client, path)
            size = len(answer.content) / 1000
            print(f"{name:34}{first:8.0f}{p50:8.0f}{p95:8.0f}      {own:8.0f}{size:6.0f}{p50 / peer[0]:8.1f}")
            sys.stdout.flush()
            if p95 > TARGET:
                slow.append(name)
        print(f"p95 above {TARGET} ms: {'、'.join(slow) or 'none'}")
        for what, path in (("batch edit of 50 plants", f"{at}/plants"),):
            form = {"permit": permits, "responsible": "张局长", "reasons": "分工"}
            began = time.perf_counter()
            answer = client.post(path, data=form)
            print(f"{what:34}{(time.perf_counter() - began) * 1000:8.0f}  ({answer.status_code})")
        for name in ("campaign", "plants", "outlook"):
            began = time.perf_counter()
            client.get(pages[name])
            print(f"{name + ', after the edit':34}{(time.perf_counter() - began) * 1000:8.0f}")


def _times(client: TestClient, path: str) -> tuple[float, float, float]:
    """Milliseconds of many requests: 50 and 95 of 100, and of processor on average."""
    took, own = [], time.process_time()
    for _ in range(TIMES):
        began = time.perf_counter()
        client.get(path)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return took[TIMES // 2], took[int(TIMES * 0.95) - 1], (time.process_time() - own) * 1000 / TIMES


if __name__ == "__main__":
    main()

"""China's days whatever the machine's clock says, and the days that an audit may be of."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from grading import calendar
from grading.batch.run import Settings, run_batch
from grading.cli.main import app
from grading.engine.grade import Engine
from grading.intake import AuditError, check_audit, read_audit
from grading.problems.codes import ProblemCode
from tests.forms.workbooks import LIBRARY, hose

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "rubber" / "weicheng_tyre.json"
LATE = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)
"""In China it is half past seven of the next morning."""
EARLY = datetime(2026, 11, 28, 0, 30, tzinfo=UTC)
"""In China it is the same day."""


@pytest.fixture(params=[(LATE, date(2026, 11, 29)), (EARLY, date(2026, 11, 28))], ids=["23:30 UTC", "00:30 UTC"])
def today(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> date:
    """China's day at a moment to which the clock is set."""
    moment, day = request.param
    monkeypatch.setattr(calendar, "now", lambda: moment)
    found: date = day
    return found


def audit(day: str) -> dict[str, Any]:
    said: dict[str, Any] = orjson.loads(EXAMPLE.read_bytes())
    return said | {"assessed_on": day}


def test_a_day_is_china_s_whatever_the_zone_of_the_moment(today: date) -> None:
    assert calendar.today() == today
    elsewhere = calendar.now().astimezone(timezone(timedelta(hours=-8)))
    assert calendar.day_of(elsewhere) == today


def test_a_day_begins_at_midnight_in_china() -> None:
    assert calendar.start_of(date(2026, 11, 29)) == datetime(2026, 11, 28, 16, tzinfo=UTC)
    assert calendar.clock_text(LATE) == "2026-11-29 07:30"


def test_a_moment_without_a_zone_is_no_moment() -> None:
    with pytest.raises(ValueError, match="time zone"):
        calendar.day_of(datetime(2026, 1, 1))


def test_an_audit_of_today_is_read_and_one_of_tomorrow_refused_with_today_s_date(today: date) -> None:
    text = json.dumps(audit(today.isoformat()))
    assert read_audit(text, LIBRARY).assessed_on == today
    tomorrow = (today + timedelta(days=1)).isoformat()
    with pytest.raises(AuditError) as refused:
        read_audit(json.dumps(audit(tomorrow)), LIBRARY)
    (problem,) = refused.value.problems
    assert (problem.place, problem.code) == ("assessed_on", ProblemCode.DAY_IN_FUTURE)
    assert tomorrow in problem.message
    assert f"北京时间 {today}" in problem.message


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "1999-12-31"])
def test_a_day_long_ago_is_refused_with_the_first_day_that_would_be_right(day: str) -> None:
    with pytest.raises(AuditError, match="2000-01-01"):
        read_audit(json.dumps(audit(day)), LIBRARY)


def test_what_was_stored_earlier_and_a_ruleset_s_cases_may_be_of_any_day() -> None:
    raw = json.loads(json.dumps(audit("2099-01-01")), parse_float=Decimal, parse_int=Decimal)
    assert check_audit(raw, LIBRARY, as_recorded=True).assessed_on == date(2099, 1, 1)


def test_the_command_refuses_a_day_to_come(tmp_path: Path) -> None:
    file = tmp_path / "audit.json"
    file.write_text(json.dumps(audit("2099-01-01")), encoding="utf-8")
    told = CliRunner().invoke(app, ["grade", str(file)])
    assert told.exit_code == 1
    assert "晚于今天" in told.output


def test_a_plan_may_be_of_a_day_to_come_and_says_that_it_is_no_assessment(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(audit("2099-01-01")), encoding="utf-8")
    found = CliRunner().invoke(app, ["gaps", str(path), "--json", "--trial"])
    assert found.exit_code == 0
    assert "不能作为评定结论" in found.stderr
    assert "day_to_come" in json.loads(found.stdout)["units"][0]["notices"]


def test_a_form_refuses_a_day_to_come_at_its_cell() -> None:
    form = hose()
    form.head("泾阳某厂", date(2099, 1, 1))
    (message,) = form.problems().values()
    assert "晚于今天" in message


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_a_batch_refuses_the_units_of_days_to_come_and_grades_the_others(
    suffix: str, tmp_path: Path, today: date
) -> None:
    days = {"昨": today - timedelta(days=1), "今": today, "明": today + timedelta(days=1), "古": date(1, 1, 1)}
    file = tmp_path / f"plants{suffix}"
    if suffix == ".csv":
        rows = "".join(f"{name},{day.isoformat()}\n" for name, day in days.items())
        file.write_text(f"unit.id,assessed_on\n{rows}", encoding="utf-8")
    else:
        units = [{"id": name, "ruleset": "national-2020/foundry"} for name in days]
        audits = [
            {"enterprise": {"name": "厂"}, "assessed_on": day.isoformat(), "units": [unit]}
            for unit, day in zip(units, days.values(), strict=True)
        ]
        file.write_text("\n".join(json.dumps(one) for one in audits), encoding="utf-8")
    settings = Settings(file=file, ruleset="national-2020/foundry", out=tmp_path / "out", formats=("csv",))
    summary = run_batch(settings, Engine(LIBRARY), lambda *_: None)
    assert (summary.graded, summary.refused) == (2, 2)
    rejects = (tmp_path / "out" / "rejects.csv").read_text(encoding="utf-8-sig")
    assert "晚于今天" in rejects
    assert "2000-01-01" in rejects

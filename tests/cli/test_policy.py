"""`grading policy apply` as somebody at a terminal meets it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grading.cli.main import app

EXAMPLES = Path(__file__).parents[2] / "examples"
STATION = EXAMPLES / "concrete" / "jingyang-concrete-and-mortar.json"


def applied(*words: object, stdin: str | None = None) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a call."""
    result = CliRunner().invoke(app, ["policy", "apply", "--on", "2024-11-01", *map(str, words)], input=stdin)
    return result.exit_code, result.stdout, result.stderr


def station(**enterprise: Any) -> str:
    audit: dict[str, Any] = json.loads(STATION.read_text(encoding="utf-8"))
    audit["enterprise"] |= enterprise
    return json.dumps(audit)


def test_what_is_not_decided_is_said_to_be_so_in_the_words_of_the_scale() -> None:
    code, out, _ = applied(STATION)
    lines = out.splitlines()
    assert code == 0
    assert "单元 concrete-line：待定 (不纳入～非引领性)" in lines
    assert "单元 dry-mortar-line：非引领性" in lines
    assert "企业：待定 (不纳入～非引领性)" in lines


@pytest.mark.parametrize("code", ["61", "6104022", "咸阳", "100000", "000000", "６１０４２３", ""])
def test_a_jurisdiction_that_no_place_has_is_refused(code: str) -> None:
    status, out, err = applied(STATION, "--jurisdiction", code)
    assert (status, out) == (2, "")
    assert "行政区划代码应为六位数字" in err


def test_what_was_mended_in_reading_is_told() -> None:
    name = "泾阳\u200b建材"
    status, _, err = applied("-", stdin=station(name=name))
    assert status == 0
    assert "enterprise.name: 提示：" in err

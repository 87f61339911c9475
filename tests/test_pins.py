"""What we patch, subclass or reach into is pinned exactly: an upgrade of it is looked at by somebody."""

import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = {
    "dbos": "api/jobs/worker.py gives back what a dead worker had begun by a call that is not public",
    "durable-rules": "grading/engine/durable_rules.py drives the C extension",
    "fastapi": "api/context.py wraps endpoints after routes are made, api/server/openapi.py reads dependants",
    "pydyf": "reports/pdf.py writes its objects itself",
    "typer": "grading/cli/chinese.py translates what it says by itself",
    "uvicorn": "api/server/asgi.py subclasses its server",
    "weasyprint": "reports/pdf.py subclasses its page and its document",
}
"""What is pinned, and which code hangs on its inner parts."""


@pytest.mark.parametrize("package", PINNED)
def test_a_package_whose_inner_parts_we_use_is_pinned_to_the_version_that_is_installed(package: str) -> None:
    assert f"{package}=={version(package)}" in PROJECT["dependencies"]

"""The document for operators tells of every setting and of every command of the service."""

from pathlib import Path

import pytest
import typer

from api.settings import PREFIX, Settings
from grading.cli.main import app

DOCUMENT = (Path(__file__).resolve().parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")
SERVICE = ("serve", "migrate", "backup", "restore", "verify")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described(name: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in DOCUMENT


def test_every_command_of_the_service_is_described() -> None:
    command = typer.main.get_command(app)
    assert set(SERVICE) <= set(command.commands)  # type: ignore[attr-defined]
    for name in SERVICE:
        assert f"grading {name}" in DOCUMENT or f"grading-admin {name}" in DOCUMENT, name

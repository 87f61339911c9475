"""The log's page has words for everything that the service logs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import api
from api.pages.log import ACTIONS

SOURCES = Path(api.__file__).parent
NAME = re.compile(r"[a-z]+\.[a-z_]+")
STEPS = {"record", "move"}
"""Functions that are told an action without its subject, which is that of the room, else an audit."""
SUBJECTS = {"regrading": "batch", "announcements": "announcement", "editions": "edition"}


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _logged() -> Iterator[str]:
    for file in SOURCES.rglob("*.py"):
        subject = next((subject for room, subject in SUBJECTS.items() if room in file.parts), "audit")
        calls = (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call))
        for call in calls:
            texts = [str(a.value) for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if _called(call) in STEPS and texts:
                yield f"{subject}.{texts[0]}"
            if _called(call) == "append":
                yield from (text for text in texts if NAME.fullmatch(text))


def test_every_action_that_is_logged_has_words() -> None:
    logged = set(_logged())
    assert {"audit.submitted", "batch.published", "announcement.published", "user.created"} <= logged
    assert logged - set(ACTIONS) == set()

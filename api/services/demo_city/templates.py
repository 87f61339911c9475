"""The invented audits of the city: a few of each industry and grade, under any plant's name and day."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from api.services.workflow.draft import json_text
from grading.intake import parse_json

FILE = Path(__file__).with_name("audits.json")
UNIT = "line-1"


@dataclass(frozen=True)
class Template:
    """An audit's content beside the plant and the day."""

    key: str
    ruleset: str
    unit: str
    """The unit as JSON."""

    def content(self, head: dict[str, str], day: date) -> str:
        """The audit of a plant on a day."""
        enterprise = json.dumps(head, ensure_ascii=False)
        return f'{{"enterprise": {enterprise}, "assessed_on": "{day}", "units": [{self.unit}]}}'


@cache
def templates() -> dict[str, Template]:
    """All templates by key."""
    found = {}
    for raw in parse_json(FILE.read_bytes()):
        unit = {"id": UNIT, **{name: raw[name] for name in ("ruleset", "facts", "groups")}}
        found[raw["key"]] = Template(raw["key"], raw["ruleset"], json_text(unit))
    return found

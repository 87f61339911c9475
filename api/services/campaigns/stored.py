"""Facts and plans of plants as the store keeps them: canonical JSON, numbers exact."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from grading.campaign.model import PlannedMeasure
from grading.campaign.roster_lines import PlantFacts
from grading.digest import canonical


def stored_text(value: PlantFacts | Sequence[PlannedMeasure]) -> str:
    """Facts or measures as they are stored; the same value gives the same text."""
    return json.dumps(canonical(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def facts_of(text: str) -> PlantFacts:
    """Stored facts."""
    return PlantFacts.model_validate(json.loads(text, object_hook=_value))


def measures_of(text: str) -> tuple[PlannedMeasure, ...]:
    """Stored measures."""
    return tuple(PlannedMeasure.model_validate(raw) for raw in json.loads(text, object_hook=_value))


def _value(found: dict[str, Any]) -> Any:
    """Undoes `canonical`: `{"number": "1.5"}` is a decimal, `{"date": "2023-01-01"}` a day."""
    if found.keys() == {"number"}:
        return Decimal(found["number"])
    if found.keys() == {"date"}:
        return date.fromisoformat(found["date"])
    return found

"""What `grading ruleset list` prints of each ruleset, remembered from one call to the next as long as no file has changed."""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

import grading
from grading.language.counts import count
from grading.language.load import Library
from grading.model.base import Strict
from grading.model.ruleset import Ruleset


class Listed(Strict):
    """A ruleset as it is listed."""

    id: str
    title: str
    scale: str
    levels: tuple[str, ...]
    labels: tuple[str, ...]
    effective: date
    superseded: date | None
    jurisdiction: str
    review: str
    counts: dict[str, Any]


_LISTED = TypeAdapter(tuple[Listed, ...])


def listed(ruleset: Ruleset) -> Listed:
    """A ruleset as it is listed."""
    return Listed(
        id=ruleset.id,
        title=ruleset.title,
        scale=ruleset.scale_id,
        levels=tuple(ruleset.scale.ids),
        labels=tuple(level.label for level in ruleset.scale.levels),
        effective=ruleset.edition.effective,
        superseded=ruleset.edition.superseded,
        jurisdiction=ruleset.jurisdiction,
        review=ruleset.review.status,
        counts=count(ruleset).as_json(),
    )


def remembered(library: Library) -> dict[str, Listed] | None:
    """The whole list of a library's rulesets, by id; None where it is not known yet, or a file has changed since."""
    with suppress(OSError, ValidationError):
        found = _LISTED.validate_json(_place(library).read_bytes(), strict=False)
        return {one.id: one for one in found}
    return None


def remember(library: Library, found: Iterable[Listed]) -> None:
    """Remember a whole list in which nothing is wrong; where that can't be written it is made again the next time."""
    place = _place(library)
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = place.with_suffix(f".{os.getpid()}")
        partial.write_bytes(_LISTED.dump_json(tuple(found)))
        # Nobody asks for what an earlier state of the files came to.
        for other in place.parent.glob("rulesets-*.json"):
            other.unlink()
        partial.replace(place)


def _place(library: Library) -> Path:
    """A file that is called after everything that the list follows from: the rulesets, and the program that reads them."""
    digest = hashlib.sha256()
    program = Path(grading.__file__).parent
    sources = (p for folder in ("language", "model", "cli", "problems") for p in (program / folder).rglob("*.py"))
    for path in sorted([*library.root.rglob("*.yaml"), *sources]):
        digest.update(f"{path}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path("~").expanduser() / ".cache")
    return Path(cache) / "grading" / f"rulesets-{digest.hexdigest()[:32]}.json"

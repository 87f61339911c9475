"""Golden digests: what the engine's revision concludes of every example, in both modes.

`python -m tests.engine.golden` writes them. Each is known by its inputs: the digest of the audit, those of its rulesets, the
mode and the revision. While these stay, the digest of the grading has to stay; so it is only written anew when an example or a
ruleset has changed, or the revision was raised.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from api.services.replay import comparable
from grading.digest import digest
from grading.engine.revision import REVISION
from grading.intake import read_audit
from grading.model.base import Mode
from grading.model.result import Grading
from tests.shipped import ENGINE

FILE = Path(__file__).with_name("golden.json")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
INDUSTRIES = sorted({file.parent.name for file in EXAMPLES.glob("*/*.json")})
COMMAND = "python -m tests.engine.golden"


@dataclass(frozen=True)
class Entry:
    """The digests of a grading: of its audit, of its rulesets together, and of its document."""

    audit: str
    rulesets: str
    document: str

    @property
    def inputs(self) -> tuple[str, str]:
        """What the document follows from, beside mode and revision."""
        return self.audit, self.rulesets


@dataclass(frozen=True)
class Golden:
    """The digests of a revision, by example and mode."""

    revision: int
    gradings: Mapping[str, Entry]


def read() -> Golden:
    """The digests that are kept."""
    said = json.loads(FILE.read_text(encoding="utf-8"))
    return Golden(said["revision"], {name: Entry(**entry) for name, entry in said["gradings"].items()})


def made(*industries: str) -> Golden:
    """The digests as they come out now, of the examples of these industries or of all."""
    found: dict[str, Entry] = {}
    for industry in industries or INDUSTRIES:
        for file in sorted((EXAMPLES / industry).glob("*.json")):
            audit = read_audit(file.read_bytes(), ENGINE.library)
            for mode in Mode:
                found[f"{industry}/{file.stem} {mode.value}"] = _entry(ENGINE.grade(audit, mode))
    return Golden(REVISION, found)


def _entry(grading: Grading) -> Entry:
    # An engine's name tells the library's version too, which may well change no document.
    document: dict[str, Any] = orjson.loads(orjson.dumps({**comparable(grading.as_json()), "engine": ""}))
    text = orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()
    return Entry(grading.audit_digest, digest([unit.ruleset_digest for unit in grading.units]), digest(text))


def changed_without_reason(known: Golden, now: Golden) -> list[str]:
    """The gradings that come out otherwise though inputs and revision are the same."""
    if known.revision != now.revision:
        return []
    both = [(name, known.gradings[name], entry) for name, entry in now.gradings.items() if name in known.gradings]
    return [name for name, old, new in both if old.inputs == new.inputs and old.document != new.document]


def outdated(known: Golden, now: Golden) -> list[str]:
    """The gradings whose digests have to be written: of other inputs or another revision, new, or gone."""
    if known.revision != now.revision:
        return sorted({*known.gradings, *now.gradings})
    of_both = [{name: entry.inputs for name, entry in golden.gradings.items()} for golden in (known, now)]
    return sorted(name for name in {*known.gradings, *now.gradings} if of_both[0].get(name) != of_both[1].get(name))


def refusal(known: Golden, now: Golden) -> str | None:
    """Why the digests may not be written, and what to do; None when they may."""
    if now.revision < known.revision:
        return (
            f"the digests are those of revision {known.revision}, and this engine is revision {now.revision}: "
            "a later line of REVISIONS in grading/engine/revision.py was lost"
        )
    changed = changed_without_reason(known, now)
    if not changed:
        return None
    return (
        f"revision {now.revision} of the engine gives other gradings than it did, of the same audits and rulesets: "
        f"{', '.join(changed)}.\nIf that is a fault, mend it. If it is meant, raise the revision in "
        f"grading/engine/revision.py with a line that says what changed, and run `{COMMAND}`."
    )


def main() -> int:
    """Write the digests, unless that is refused."""
    now = made()
    known = read() if FILE.exists() else Golden(0, {})
    refused = refusal(known, now)
    if refused is not None:
        print(refused, file=sys.stderr)
        return 1
    lines = [f'    "{name}": {json.dumps(asdict(entry))}' for name, entry in now.gradings.items()]
    text = f'{{\n  "revision": {now.revision},\n  "gradings": {{\n' + ",\n".join(lines) + "\n  }\n}\n"
    FILE.write_text(text, encoding="utf-8")
    print(f"{len(outdated(known, now))} of {len(now.gradings)} digests of revision {now.revision} written anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())

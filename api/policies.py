"""Policies of today, and again those of any earlier day, whose texts are kept with what was concluded from them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from api.lru import LruCache
from grading.policy.apply import PolicyEngine
from grading.policy.library import FOLDER, PolicyLibrary

POLICY_ID = re.compile(r"[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9_-]*")
EARLIER = 4
"""So many engines of earlier policies stay in memory."""


@dataclass(frozen=True)
class KeptPolicy:
    """A policy as it was: the digest of what it says, and its file."""

    digest: str
    text: str


class Policies:
    """The policies beside a service's rulesets. Safe to use from several threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = Lock()
        self._today: PolicyEngine | None = None
        self._of_today: dict[str, KeptPolicy] = {}
        self._earlier: LruCache[tuple[tuple[str, str], ...], PolicyEngine] = LruCache(EARLIER)

    @property
    def today(self) -> PolicyEngine:
        """The engine of today's policies; raises LanguageError when one can't be used."""
        with self._lock:
            if self._today is None:
                self._today = PolicyEngine(PolicyLibrary(self.root))
            return self._today

    def about_projects(self) -> dict[str, KeptPolicy]:
        """Today's policies about projects by id, as they are kept."""
        today = self.today
        with self._lock:
            if not self._of_today:
                library = today.library
                ids = [policy.id for policy in today.policies if policy.subject == "project"]
                self._of_today = {id_: KeptPolicy(library.digest(id_), library.text(id_)) for id_ in ids}
            return self._of_today

    def of(self, policies: Mapping[str, KeptPolicy]) -> PolicyEngine:
        """The engine of policies that were kept: today's if they say the same, else made from their texts.

        Raises LanguageError, or ValueError when a text is not what its digest says.
        """
        today = self.about_projects()
        if all(id_ in today and today[id_].digest == policy.digest for id_, policy in policies.items()):
            return self.today.only(policies.keys())
        key = tuple(sorted((id_, policy.digest) for id_, policy in policies.items()))
        return self._earlier.get(key, lambda: self._made(policies))

    def _made(self, policies: Mapping[str, KeptPolicy]) -> PolicyEngine:
        """An engine made from texts, with the industries, levels and places of today."""
        odd = [id_ for id_ in policies if not POLICY_ID.fullmatch(id_)]
        if odd:
            raise ValueError(f"没有政策“{odd[0][:60]}”")
        with TemporaryDirectory(prefix="grading-policies-") as name:
            folder = Path(name)
            for beside in self.root.iterdir():
                if beside.name != FOLDER:
                    (folder / beside.name).symlink_to(beside.absolute())
            for id_, policy in policies.items():
                file = folder / FOLDER / f"{id_}.yaml"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(policy.text, encoding="utf-8")
            library = PolicyLibrary(folder)
            made = PolicyEngine(library)
            changed = [id_ for id_, policy in policies.items() if library.digest(id_) != policy.digest]
        if changed:
            raise ValueError(f"所存的政策 {'、'.join(changed)} 与其校验值不符")
        return made

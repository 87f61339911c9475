"""The citations of a ruleset, each once, under a short code that the other sheets name."""

from collections import Counter

from grading.model.base import Cite


class Citations:
    """Gives each citation a code, in the order of its first use."""

    def __init__(self) -> None:
        self.codes: dict[Cite, str] = {}
        self.uses: Counter[str] = Counter()

    def code(self, cite: Cite | None) -> str | None:
        """The code of a citation."""
        if cite is None:
            return None
        code = self.codes.setdefault(cite, f"C{len(self.codes) + 1}")
        self.uses[code] += 1
        return code

"""The sources that a unit's report leans on, numbered in the order in which they are first named."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from grading.model.base import Cite, Provenance
from grading.vocabulary import BASIS, CONFIDENCE
from reports.context.words import cite_text


@dataclass(frozen=True)
class Source:
    """A source as the appendix lists it; `used_for` are the titles of what was taken from it."""

    number: int
    document: str
    address: str | None
    notes: tuple[str, ...]
    basis: str
    confidence: str
    is_weak: bool
    used_for: tuple[str, ...]


@dataclass
class _Found:
    number: int
    provenance: Provenance
    uses: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)


@dataclass
class Sources:
    """Gives each source its number, once: a place in a document, known in one way."""

    _found: dict[tuple[str, ...], "_Found"] = field(default_factory=dict)

    def number(self, provenance: Provenance, used_for: str) -> int:
        """The number of a source, which is noted to be used for something."""
        key = (provenance.basis, provenance.confidence, *_parts(provenance.cite))
        found = self._found.setdefault(key, _Found(len(self._found) + 1, provenance))
        found.uses[used_for] = None
        if provenance.cite.note:
            found.notes[provenance.cite.note] = None
        return found.number

    def listed(self) -> tuple[Source, ...]:
        """All sources, by number."""
        return tuple(
            Source(
                number=found.number,
                document=cite_text(found.provenance.cite),
                address=found.provenance.cite.url,
                notes=_clauses(found.notes, BASIS[found.provenance.basis]),
                basis=BASIS[found.provenance.basis],
                confidence=CONFIDENCE[found.provenance.confidence],
                is_weak=found.provenance.confidence == "low",
                used_for=tuple(found.uses),
            )
            for found in self._found.values()
        )


def _clauses(notes: Iterable[str], basis: str) -> tuple[str, ...]:
    """The clauses of several notes, each once, without the basis, which is told beside them."""
    clauses = (
        clause.removeprefix(f"{basis}，").removesuffix(f"，{basis}") for note in notes for clause in note.split("；")
    )
    return tuple(dict.fromkeys(clause for clause in clauses if clause and clause != basis))


def _parts(cite: Cite) -> tuple[str, ...]:
    return (cite.document, cite.section or "", cite.clause or "", cite.page or "", cite.url or "")

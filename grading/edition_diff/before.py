"""The edition that a ruleset follows: what it says is compared with that one."""

from pathlib import PurePath

from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.ruleset import Ruleset
from grading.ruleset_id import industry_of


def edition_before(library: Library, ruleset: Ruleset) -> Ruleset | None:
    """The ruleset that an edition extends, else the latest earlier one of its industry and jurisdiction; None: the first."""
    ancestors = ["/".join(PurePath(file).with_suffix("").parts[-2:]) for file in ruleset.lineage]
    named = [id_ for id_ in ancestors if id_ in library.ids() and id_ != ruleset.id]
    if named:
        return library.ruleset(named[-1])
    earlier = [
        other
        for id_ in library.ids()
        if id_ != ruleset.id and industry_of(id_) == industry_of(ruleset.id) and (other := _usable(library, id_))
        if other.jurisdiction == ruleset.jurisdiction and other.edition.effective < ruleset.edition.effective
    ]
    return max(earlier, key=lambda other: other.edition.effective, default=None)


def _usable(library: Library, ruleset_id: str) -> Ruleset | None:
    try:
        return library.ruleset(ruleset_id)
    except LanguageError:
        return None

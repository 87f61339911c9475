"""A ruleset that is no file yet: its text, read beside the rulesets that are there, so that it may extend and include them."""

from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.language.source import parse_source
from grading.model.base import RulesetId
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode

SHOWN_AS = "draft.yaml"
_NAMELESS = "draft/draft"
_RULESET_ID = TypeAdapter(RulesetId)


class DraftLibrary(Library):
    """The rulesets of a directory, and in front of them a draft, under the id that it states."""

    def __init__(self, text: bytes, root: Path | None = None) -> None:
        """Raises LanguageError for a text that is no YAML, or that would take the place of a common part."""
        super().__init__(root)
        source = parse_source(text, SHOWN_AS)
        if source.data is None:
            raise LanguageError(source.problems)
        stated = source.data.get("id") if isinstance(source.data, dict) else None
        self.draft_id = _NAMELESS
        """The id that the draft has; of one that states none, one that nothing else has."""
        # Whoever loads a draft without an id is told so, with everything else that is wrong with it.
        with suppress(ValidationError):
            self.draft_id = _RULESET_ID.validate_python(stated)
        if self.draft_id.startswith("common/"):
            raise LanguageError([source.problem(("id",), reason_of(RulesetCode.DRAFT_ID_FORM))])
        self._sources[self.draft_id] = source

    def ids(self) -> tuple[str, ...]:
        """The ids of all rulesets there are, the draft's among them."""
        return tuple(sorted({*super().ids(), self.draft_id}))

"""Parts of an audit's document that have no meaning of their own: objects, texts, identifiers, days."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from grading import invisible, uscc
from grading.identifiers import normalise_id
from grading.intake.exact_json import NotANumber
from grading.intake.problems import InputProblem, Path, quoted, read_otherwise
from grading.invisible import SURROGATES, shown_invisible, without_invisible
from grading.language.problems import place_of
from grading.problems.codes import ProblemCode
from grading.problems.reason import Parameter, Reason, ReasonError, reason_of

MAX_TEXT = 4_000
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
UNWRITABLE = re.compile(f"[{invisible.UNWRITABLE}{SURROGATES}]")
"""Characters that no document can hold: controls other than tab and line ends, halves of surrogate pairs, non-characters."""


class PartReader:
    """Reads parts of a document and notes what is wrong with them."""

    def __init__(self, verbatim: bool = False) -> None:
        self.verbatim = verbatim
        self.problems: list[InputProblem] = []
        self.notices: list[InputProblem] = []
        """The mended texts, and the way in which each was mended."""

    def wrong(self, path: Path, code: ProblemCode, /, **parameters: Parameter) -> None:
        self.wrong_for(path, reason_of(code, **parameters))

    def wrong_for(self, path: Path, reason: Reason) -> None:
        place = place_of(step if isinstance(step, int) else shown_invisible(step) for step in path)
        self.problems.append(InputProblem(place, reason))

    def mapping(
        self, raw: Any, path: Path, required: tuple[str, ...] = (), optional: tuple[str, ...] | None = ()
    ) -> dict[str, Any]:
        """The mapping at a place; says what is missing and what is too much (`optional=None`: any key)."""
        if not isinstance(raw, dict):
            if required:
                self.wrong(path, ProblemCode.OBJECT_WITH_EXPECTED, keys=required)
            else:
                self.wrong(path, ProblemCode.OBJECT_EXPECTED)
            return {}
        for key in getattr(raw, "repeated", ()):
            self.wrong((*path, key), ProblemCode.KEY_TWICE)
        for key in required:
            if raw.get(key) is None:
                self.wrong((*path, key), ProblemCode.KEY_MISSING)
        if optional is not None:
            for key in raw:
                if key not in required and key not in optional:
                    self.wrong((*path, key), ProblemCode.KEY_UNKNOWN, keys=(*required, *optional))
        return {key: value for key, value in raw.items() if value is not None}

    def text(self, raw: Any, path: Path) -> str | None:
        if not isinstance(raw, str) or isinstance(raw, NotANumber) or not raw.strip():
            self.wrong(path, ProblemCode.TEXT_EXPECTED)
            return None
        if len(raw) > MAX_TEXT:
            self.wrong(path, ProblemCode.TEXT_TOO_LONG, most=MAX_TEXT)
            return None
        if UNWRITABLE.search(raw):
            self.wrong(path, ProblemCode.TEXT_UNWRITABLE)
            return None
        return raw if self.verbatim else self.visible(raw, path)

    def texts(self, raw: Any, path: Path) -> tuple[str, ...]:
        """A list of texts, or one text."""
        listed = [raw] if isinstance(raw, str) else raw
        if not isinstance(listed, list):
            self.wrong(path, ProblemCode.TEXTS_EXPECTED)
            return ()
        texts = [self.text(item, (*path, i)) for i, item in enumerate(listed)]
        return tuple(text for text in texts if text is not None)

    def visible(self, raw: str, path: Path) -> str | None:
        """The text without characters that nobody sees."""
        plain = without_invisible(raw)
        if plain == raw:
            return raw
        if not plain.strip():
            self.wrong(path, ProblemCode.TEXT_INVISIBLE)
            return None
        self.notice(path, ProblemCode.INVISIBLE_REMOVED, plain, raw)
        return plain

    def identifier(self, raw: Any, path: Path) -> str | None:
        """A text that names a unit or a row, in its one spelling."""
        text = raw if isinstance(raw, str) and not isinstance(raw, NotANumber) else None
        if self.verbatim or text is None or not text.strip() or UNWRITABLE.search(text):
            return self.text(raw, path)
        try:
            plain, changed = normalise_id(text)
        except ReasonError as error:
            self.wrong_for(path, error.reason)
            return None
        if changed:
            self.notice(path, ProblemCode.ID_NORMALISED, plain, text)
        return plain

    def notice(self, path: Path, code: ProblemCode, read: str, given: str) -> None:
        self.notices.append(InputProblem(place_of(path), read_otherwise(code, read, given)))

    def day(self, raw: Any, path: Path) -> date | None:
        if not isinstance(raw, str) or not DAY.fullmatch(raw):
            self.wrong(path, ProblemCode.DAY_EXPECTED)
            return None
        try:
            return date.fromisoformat(raw)
        except ValueError:
            self.wrong(path, ProblemCode.DAY_NOT_THERE, given=raw)
            return None

    def credit_code(self, raw: Any, path: Path) -> str | None:
        if isinstance(raw, Decimal | int | NotANumber) and not isinstance(raw, bool):
            self.wrong(path, ProblemCode.USCC_NUMBER, given=shown_invisible(str(raw)))
            return None
        text = self.text(raw, path)
        if text is None:
            return None
        try:
            code = uscc.normalised(text)
        except ReasonError as error:
            self.wrong_for(path, error.reason)
            return None
        if code != text:
            self.notice(path, ProblemCode.USCC_NORMALISED, code, text)
        return code

    def flag(self, raw: Any, path: Path) -> bool:
        if not isinstance(raw, bool):
            self.wrong(path, ProblemCode.BOOLEAN_EXPECTED, given=quoted(raw))
        return raw is True

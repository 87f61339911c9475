"""Answers that a form sends, with the draft as it is and as the page showed it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.pages.form.outcome import Answered
from api.pages.form.questionnaire import Questionnaire
from api.pages.form_data import Posted
from api.services.workflow.draft import Draft, GoneError
from api.services.workflow.places import Place, parse
from grading.forms.wording import COVERS, TAKEN, VALID_UNTIL

SAME = "same"
"""The field that names what is confirmed to be as last time."""
VALUE, EVIDENCE, SEVERAL, KEY = "v.", "e.", "p.", "k."
"""Prefixes of the names of fields; the rest is a place. `p.`: the page showed a question with several options."""
TEXT_PARTS: Mapping[str, tuple[str, str]] = {
    "n.": ("note", "备注"),
    "t.": ("taken", TAKEN),
    "u.": ("valid_until", VALID_UNTIL),
    "c.": ("covers", COVERS),
}
"""Prefixes of fields of one line, with the part of the draft and its name."""


@dataclass(frozen=True)
class Submission:
    """The answers, and their outcome so far."""

    draft: Draft
    base: Draft
    """The draft as the page showed it."""
    asked: Questionnaire
    sent: Posted
    outcome: Answered = field(default_factory=Answered)

    def locate(self, text: str) -> tuple[Place, Place] | None:
        """A place as the page shows it and its present place; None for no place, and for one that is gone, which is refused."""
        shown = parse(text)
        if shown is None:
            return None
        try:
            return shown, self.draft.translated(shown, self.base)
        except GoneError as error:
            for prefix in (VALUE, SEVERAL, EVIDENCE, *TEXT_PARTS, KEY):
                if f"{prefix}{text}" in self.sent.fields:
                    self.outcome.refused[f"{prefix}{text}"] = str(error)
            return None

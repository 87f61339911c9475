"""Answers confirmed to be as last time: one, a row's open cells, or the rows of a table."""

from dataclasses import replace

from api.pages.form.submission import SAME, Submission
from api.services.workflow.draft import GoneError
from api.services.workflow.places import parse
from grading.audit_json import evidence_json, known_json
from grading.last_time import Recheck
from grading.model.audit import Known


class Confirmations:
    """Takes over answers of last time."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission

    def apply(self) -> None:
        """Take over every answer that the page confirmed."""
        for text in self.submission.sent.texts(SAME):
            shown = parse(text)
            if shown is None:
                continue
            try:
                now = self.submission.draft.translated(shown, self.submission.base)
            except GoneError as error:
                self.submission.outcome.refused[SAME] = str(error)
                continue
            place = str(now)
            self.submission.outcome.places.append(place)
            self.submission.outcome.renewed.add(place if now.group is None else str(now.table))
            if now.group is not None and now.row is None:
                table = self.submission.asked.tables.get(place)
                self.submission.draft.take_rows(now, table.last_rows if table is not None else ())
                continue
            cells = [
                item for at, item in self.submission.asked.items.items() if at == place or at.startswith(f"{place}.")
            ]
            for item in cells:
                # An answer that was given meanwhile stays.
                if item.last is not None and item.recheck is Recheck.PENDING:
                    self._take_over(item.place, item.last)

    def _take_over(self, place: str, last: Known) -> None:
        before = self.submission.draft.at(place)
        value = known_json(Known(value=last.value))
        evidence = (*before.evidence, *(one for one in last.evidence if one not in before.evidence))
        about = {name: getattr(before, name) or text for name, text in evidence_json(last).items()}
        self.submission.draft.put(place, replace(before, value=value, evidence=evidence, as_last_time=True, **about))
        self.submission.outcome.confirmed[place] = last.evidence

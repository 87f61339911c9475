"""Tables of a form that a page changed: rows added, named, removed, tables stated to be empty."""

from dataclasses import replace

from api.pages.form.answers import WrongAnswerError
from api.pages.form.items import TableView
from api.pages.form.outcome import Clash
from api.pages.form.row_names import row_name
from api.pages.form.submission import KEY, Submission
from api.services.workflow.draft import GoneError
from api.services.workflow.places import Place, parse


class TableEdits:
    """Changes the tables of a draft as the page sent them."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission

    def apply(self) -> None:
        """Change the tables, then the names of rows."""
        self._change_tables()
        for text, name in self.submission.sent.starting(KEY).items():
            self._name_row(text, name)

    def _change_tables(self) -> None:
        for name in ("add", "remove", "empty", "unseen"):
            value = self.submission.sent.text(name)
            if not value:
                continue
            shown = _row_of(value) if name == "remove" else parse(value)
            if shown is None or shown.group is None:
                continue
            self._change_table(name, shown)

    def _change_table(self, name: str, shown: Place) -> None:
        try:
            now = self.submission.draft.translated(shown.table, self.submission.base)
        except GoneError as error:
            self.submission.outcome.refused[name] = str(error)
            return
        place = str(now)
        table = self.submission.asked.tables.get(place)
        if table is None:
            return
        self.submission.outcome.places.append(place)
        self.submission.outcome.renewed.add(place)
        if name == "add":
            self.submission.draft.add_row(place, table.plan.key)
        elif name == "remove":
            self._remove(table, shown)
        elif self.submission.draft.rows(now):
            self.submission.outcome.refused[name] = f"他人已在“{table.plan.label}”中填了行，未改动；请先核对这些行。"
        else:
            self.submission.draft.set_empty(place, looked=name == "empty")

    def _remove(self, table: TableView, shown: Place) -> None:
        """Remove a row; one that is gone is left, one that was changed since is a conflict."""
        try:
            now = self.submission.draft.translated(shown, self.submission.base)
        except GoneError:
            return
        row, old = self.submission.draft.row(now), self.submission.base.row(shown)
        if row == old or old is None:
            self.submission.draft.remove_row(now)
            return
        fields = (("remove", str(now)),)
        label = f"{table.plan.label} {now.row}"
        self.submission.outcome.clashes.append(
            Clash(
                str(now.table),
                label,
                "删除这一行",
                "又填写了这一行",
                part=lambda draft: draft.row(now),
                take_mine=lambda draft: draft.remove_row(now),
                fields=fields,
            )
        )

    def _name_row(self, text: str, typed: str) -> None:
        found = self.submission.locate(text)
        if found is None or found[1].row is None:
            return
        shown, now = found
        table = self.submission.asked.tables.get(str(now.table))
        rows, row = self.submission.draft.rows(now.table) or [], self.submission.draft.row(now)
        if table is None or row is None:
            return
        self.submission.outcome.places.append(str(now))
        key = table.plan.key
        old = self.submission.base.row(shown)
        if typed.strip() in (str(one.get(key) or "") for one in (row, old) if one is not None):
            return
        try:
            name = row_name(typed, now, table, {str(other.get(key)) for other in rows if other is not row})
        except WrongAnswerError as error:
            self.submission.outcome.problems[str(now)] = (typed, str(error))
            return
        row[key] = name
        self.submission.outcome.renamed[str(now)] = str(replace(now, row=name))
        self.submission.outcome.renewed.add(str(now.table))


def _row_of(text: str) -> Place | None:
    """A row that is to be removed: its place, or its table and number (`units[0].groups.outlets|2`)."""
    table, bar, number = text.partition("|")
    place = parse(text) if not bar else parse(f"{table}[{number}]")
    return place if place is not None and place.row is not None else None

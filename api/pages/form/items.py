"""Questions, tables and sheets of an audit form as a page shows them."""

from dataclasses import dataclass

from api.pages.form.slug import slug
from api.services.workflow.draft import Stated
from grading.forms.layout import Line, Table
from grading.forms.wording import expectation, option_labels
from grading.last_time import Recheck
from grading.model.audit import Known
from grading.model.ruleset import Fact


@dataclass(frozen=True)
class Mark:
    """Conclusions from an answer so far: the levels that it prevents (by label), the gates that it triggers.

    `hanging` counts the gates and the indicators that wait for a question without an answer.
    """

    failing: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    satisfies: bool = False
    hanging: tuple[int, int] = (0, 0)

    @property
    def fails(self) -> bool:
        """True of an answer that costs a level, or triggers a gate."""
        return bool(self.failing or self.gates)


NO_MARK = Mark()


@dataclass(frozen=True)
class Item:
    """A question on the page. `inherited` is the plant's value, which serves while the unit states none."""

    line: Line
    place: str
    stated: Stated
    applies: bool
    needed: bool = True
    """True when some conclusion depends on the value now: it counts as missing only then."""
    inherited: Stated | None = None
    problem: str | None = None
    typed: str | None = None
    """Text that was typed and could not be stored."""
    mark: Mark = NO_MARK
    row: str = ""
    """The key of the table's row that it stands in."""
    last: Known | None = None
    """Last time's answer, where the audit was begun from the last one."""
    last_text: str = ""

    @property
    def recheck(self) -> Recheck | None:
        """The origin of the answer, in an audit that was begun from the last one."""
        if self.last is None:
            return None
        if self.stated.value is not None:
            return Recheck.CONFIRMED if self.stated.as_last_time else Recheck.ANEW
        return None if self.answered else Recheck.PENDING

    @property
    def id(self) -> str:
        """The element's id."""
        return slug(self.place)

    @property
    def fact(self) -> Fact:
        """The fact that is asked."""
        return self.line.question.fact

    @property
    def options(self) -> dict[str, str]:
        """The options' labels by code."""
        return option_labels(self.fact)

    @property
    def wanted(self) -> str:
        """The kind of value that may be filled in."""
        return expectation(self.fact)

    @property
    def answered(self) -> bool:
        """True when there is a value, its own or the plant's."""
        return self.stated.value is not None or (self.inherited is not None and self.inherited.value is not None)


@dataclass(frozen=True)
class TableRow:
    """A row of a table on the page."""

    index: int
    place: str
    key: str
    cells: tuple[Item, ...]
    problem: str | None = None
    typed: str | None = None
    """Text that was typed for the row's key and could not be stored."""

    @property
    def id(self) -> str:
        """The element's id."""
        return slug(self.place)


@dataclass(frozen=True)
class TableView:
    """A table on the page; `rows` is None while the draft does not state it."""

    plan: Table
    rows: tuple[TableRow, ...] | None
    applies: bool
    needed: bool = True
    last_rows: tuple[str, ...] = ()
    """The keys of last time's rows."""

    @property
    def id(self) -> str:
        """The element's id."""
        return slug(self.plan.place)

    @property
    def open(self) -> int:
        """The number of missing values."""
        if self.rows is None:
            return 1 if self.applies and self.needed else 0
        return sum(1 for row in self.rows for cell in row.cells if cell.needed and not cell.answered)


@dataclass(frozen=True)
class Part:
    """A titled run of questions."""

    id: str
    title: str
    items: tuple[Item, ...]

    @property
    def shown(self) -> tuple[Item, ...]:
        """The questions that apply."""
        return tuple(item for item in self.items if item.applies)

    @property
    def missing(self) -> tuple[Item, ...]:
        """Questions that have no answer though something depends on it."""
        return tuple(item for item in self.shown if item.needed and not item.answered)

    @property
    def done(self) -> int:
        """The number of applicable questions that are answered."""
        return sum(1 for item in self.shown if item.answered)


@dataclass(frozen=True)
class SheetView:
    """The plant or one unit: its parts and tables."""

    id: str
    title: str
    note: str
    parts: tuple[Part, ...]
    tables: tuple[TableView, ...] = ()

    @property
    def missing(self) -> tuple[Item, ...]:
        """Questions that have no answer though something depends on it."""
        return tuple(item for part in self.parts for item in part.missing)

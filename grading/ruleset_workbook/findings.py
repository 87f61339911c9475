"""Findings of the reading of a workbook: problems with their cells, and notices."""

from collections.abc import Callable
from dataclasses import dataclass, field

from grading.forms.findings import FormError, FormProblem, Spot
from grading.problems.reason import CodedError, Parameter, Reason, reason_of
from grading.problems.workbook_codes import RulesetWorkbookCode

Path = tuple[str | int, ...]


class RulesetWorkbookError(FormError):
    """A workbook can't be read as a ruleset; `problems` says everything that is wrong."""


@dataclass
class Findings:
    """Collects problems and notices; `spots` are the cells of places in the ruleset, or what finds them.

    `other_texts` are the cells of texts that are told to say another number, at the number's cell.
    """

    problems: list[FormProblem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    spots: dict[Path, Spot | Callable[[], Spot]] = field(default_factory=dict)
    other_texts: set[Spot] = field(default_factory=set)

    def wrong(self, spot: Spot | None, given: str, code: RulesetWorkbookCode, /, **parameters: Parameter) -> None:
        """Note what is wrong at a cell, a sheet or the whole workbook."""
        self.refused(spot, given, reason_of(code, **parameters))

    def refused(self, spot: Spot | None, given: str, reason: Reason | str) -> None:
        """Note why something is refused."""
        message = reason if isinstance(reason, str) else reason.message
        code = None if isinstance(reason, str) else reason.code
        self.problems.append(FormProblem("", spot, given, message, code))

    def unreadable(self, spot: Spot, given: str, error: ValueError) -> None:
        """Note why a cell can't be read."""
        self.refused(spot, given, error.reason if isinstance(error, CodedError) else str(error))

    def notice(self, spot: Spot | None, code: RulesetWorkbookCode, /, **parameters: Parameter) -> None:
        """Note what was read otherwise than somebody may expect."""
        where = "" if spot is None else f"{spot.sheet}!{spot.cell} {spot.label}：" if spot.cell else f"{spot.sheet}："
        self.notices.append(f"{where}{reason_of(code, **parameters).message}")

    def spot_of(self, place: Path) -> Spot | None:
        """The cell of a place, or of the nearest place around it."""
        while place:
            if place in self.spots:
                spot = self.spots[place]
                return spot if isinstance(spot, Spot) else spot()
            place = place[:-1]
        return None

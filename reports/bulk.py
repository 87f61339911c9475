"""Gap reports of many audits: made in parallel, put into one archive with an index, each by itself so that it can be resumed.

`make_one` makes one report and never fails: what can't be made is told in its entry. `make_many` hands out entries in the
order of the items, from as many processes as are asked for. `Archive` writes them as they come. A caller that is interrupted
keeps the parts it has (`Part.as_json`, and the bytes) and goes on with the items it has none of; the archive is the same.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from grading.engine.durable_rules import EngineError
from grading.engine.grade import Engine
from grading.engine.rules import NetworkError
from grading.forecast.words import validity_of
from grading.gaps import enterprise_plan
from grading.gaps.causes import unit_decisions
from grading.gaps.unit import NoSuchLevelError
from grading.intake import AuditError, read_audit
from grading.language.decision_text import causes_text, level_label, outcome_text
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.decision import Decision
from grading.model.gap import UnitGaps
from grading.model.result import Grading
from grading.model.ruleset import Ruleset
from reports.gap_report import gap_report_html, gap_report_pdf
from reports.orders import Item, Order
from reports.targets import gaps_to
from reports.typeface import TypefaceError

log = logging.getLogger(__name__)
AHEAD = 4
"""Items a process that are under way or wait to be written: so much is in memory at once, however many there are."""


@dataclass(frozen=True)
class UnitLine:
    """A unit as the index lists it; what is decided in words, with the causes of an undecided grade."""

    unit: str
    ruleset: str
    grade: str
    causes: str
    target: str


@dataclass(frozen=True)
class Part:
    """One item with its report, or with what is wrong with it (`problems` as place and message)."""

    name: str
    enterprise: str
    uscc: str | None
    units: tuple[UnitLine, ...]
    digest: str | None
    trial: bool
    problems: tuple[tuple[str, str], ...]
    content: bytes | None

    def as_json(self) -> dict[str, Any]:
        """Everything but the report itself, for a caller that keeps that elsewhere; `Part.of` reads it back."""
        return {name: value for name, value in asdict(self).items() if name != "content"}

    @classmethod
    def of(cls, raw: dict[str, Any], content: bytes | None) -> "Part":
        """A part that was kept."""
        units = tuple(UnitLine(**_line(unit)) for unit in raw["units"])
        problems = tuple((place, message) for place, message in raw["problems"])
        return cls(**{**raw, "units": units, "problems": problems}, content=content)


def make_one(engine: Engine, item: Item, order: Order) -> Part:
    """The report of one audit; whatever is wrong with the audit, its ruleset or the target is told in the part.

    Raises TypefaceError: without typefaces no report can be made at all.
    """
    if item.problems:
        return not_made(item.name, item.problems)
    try:
        return _made(engine, item, order)
    except AuditError as error:
        return not_made(item.name, tuple((p.place, p.message) for p in error.problems))
    except NoSuchLevelError as error:
        levels = "、".join(error.levels)
        return not_made(item.name, (("", f"没有可作为目标的等级“{order.target}”；可用 {levels}"),))
    except (LanguageError, NetworkError, EngineError) as error:
        return not_made(item.name, (("units", str(error)),))
    except TypefaceError:
        raise
    except Exception as error:  # one that nobody foresaw must not cost the others their reports
        log.exception("no report of %s", item.name)
        return not_made(item.name, (("", f"报告未能生成：{type(error).__name__}：{error}"),))


def _made(engine: Engine, item: Item, order: Order) -> Part:
    audit = read_audit(item.audit, engine.library)
    grading = engine.grade(audit, order.mode)
    gaps = gaps_to(engine, audit, grading, order.target)
    return part_of(item.name, engine, audit, grading, gaps, order.html, target=order.target)


def part_of(
    name: str,
    engine: Engine,
    audit: Audit,
    grading: Grading,
    gaps: Sequence[UnitGaps],
    html: bool = False,
    note: str | None = None,
    source: str | None = None,
    target: str | None = None,
    address: str | None = None,
) -> Part:
    """The report of an audit that is graded, as an item of an archive; `source`, `address` as for a PDF.

    Raises TypefaceError.
    """
    joint = enterprise_plan(engine, audit, grading, target)
    rulesets = {unit.ruleset: engine.library.ruleset(unit.ruleset) for unit in audit.units}
    validity = validity_of(engine, audit, grading)
    if html:
        content = gap_report_html(audit, grading, rulesets, gaps, note, joint, address, validity).encode()
    else:
        content = gap_report_pdf(audit, grading, rulesets, gaps, note, source, joint, address, validity)
    decisions = unit_decisions(rulesets, audit, grading)
    return Part(
        name=name,
        enterprise=audit.enterprise.name,
        uscc=audit.enterprise.uscc,
        units=tuple(
            _unit(rulesets[known.ruleset], known, decision) for known, decision in zip(gaps, decisions, strict=True)
        ),
        digest=grading.audit_digest,
        trial=grading.mode is Mode.TRIAL,
        problems=(),
        content=content,
    )


def _unit(ruleset: Ruleset, gaps: UnitGaps, decision: Decision) -> UnitLine:
    scale = ruleset.scale
    causes = causes_text(decision.causes) if decision.causes is not None else ""
    return UnitLine(gaps.unit, gaps.ruleset, outcome_text(scale, gaps.outcome), causes, level_label(scale, gaps.target))


def _line(raw: dict[str, Any]) -> dict[str, Any]:
    """A unit's line as it was kept, also by a release that kept the attainable level in place of the causes."""
    line = {name: value for name, value in raw.items() if name != "attainable"}
    return {"causes": "", **line}


def not_made(name: str, problems: tuple[tuple[str, str], ...]) -> Part:
    """An item of which there is no report; `problems` as place and message."""
    return Part(name, "", None, (), None, False, problems, None)


_engine: Engine | None = None


def _prepare(rulesets: Path | None) -> None:
    """Give a process its engine."""
    global _engine
    _engine = Engine(Library(rulesets))


def _work(item: Item, order: Order) -> Part:
    assert _engine is not None
    return make_one(_engine, item, order)


def make_many(
    items: Iterable[Item], order: Order, jobs: int = 1, progress: Callable[[int], None] | None = None
) -> Iterator[Part]:
    """The parts in the order of the items, from `jobs` processes (1: this one), a few ahead of what has been taken.

    `progress` is called with the number of parts made. Raises TypefaceError, and BrokenProcessPool when a process is killed.
    """
    parts = _in_turn(items, order) if jobs <= 1 else _side_by_side(items, order, jobs)
    for count, part in enumerate(parts, 1):
        if progress is not None:
            progress(count)
        yield part


def _in_turn(items: Iterable[Item], order: Order) -> Iterator[Part]:
    engine = Engine(Library(order.rulesets))
    for item in items:
        yield make_one(engine, item, order)


def _side_by_side(items: Iterable[Item], order: Order, jobs: int) -> Iterator[Part]:
    # Spawned, not forked: neither Pango nor the rule library is made for being split in two.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_prepare, initargs=(order.rulesets,))
    waiting: list[Future[Part]] = []
    coming = iter(items)
    try:
        waiting.extend(pool.submit(_work, item, order) for item in islice(coming, AHEAD * jobs))
        while waiting:
            part = waiting.pop(0).result()
            waiting.extend(pool.submit(_work, item, order) for item in islice(coming, 1))
            yield part
    finally:
        pool.shutdown(wait=True, cancel_futures=True)

"""An audit as the record that experts and plant sign: every answer with its evidence, what is not met, places for opinions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from grading.digest import audit_digest
from grading.forms.questions import Question, questions, sections
from grading.language.prose import day_text
from grading.language.short_boards import short_boards
from grading.language.values import known_text
from grading.last_time import Recheck, recheck_of
from grading.model.audit import Audit, Known, UnitAudit
from grading.model.base import Status
from grading.model.result import Grading, UnitGrading
from grading.model.ruleset import Ruleset
from reports.context.last_time import Rechecked, rechecked
from reports.context.words import region_text, remarks

EXPERTS = ("专家一", "专家二")


@dataclass(frozen=True)
class Surroundings:
    """The statements of a record that an audit does not hold; one that is not given is a line to write on."""

    address: str | None = None
    capacity: str | None = None
    products: str | None = None
    experts: tuple[str | None, ...] = (None, None)
    opinions: tuple[str | None, ...] = (None, None)


@dataclass(frozen=True)
class Answer:
    """A question that was answered, with its evidence."""

    label: str
    value: str
    remarks: str
    of_plant: bool


@dataclass(frozen=True)
class Section:
    """The answered questions of a dimension, and the labels of those that were not."""

    title: str
    answers: tuple[Answer, ...]
    open: tuple[str, ...]


@dataclass(frozen=True)
class TableRow:
    """A row of a table: what was seen of it, item by item."""

    key: str
    items: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table; `rows` None: nobody has looked."""

    label: str
    rows: tuple[TableRow, ...] | None
    last_rows: tuple[str, ...] = ()
    """The keys of last time's rows."""


@dataclass(frozen=True)
class UnitRecord:
    """The observations on one unit, and the criteria that it does not meet."""

    id: str
    title: str
    document: str
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """Everything the template needs."""

    name: str
    head: tuple[tuple[str, str], ...]
    units: tuple[UnitRecord, ...]
    experts: tuple[tuple[str, str, str], ...]
    """Title, name and opinion."""
    is_graded: bool
    rechecked: Rechecked | None
    digest: str
    assessed_on: date


def record(
    audit: Audit, rulesets: Mapping[str, Ruleset], grading: Grading | None, surroundings: Surroundings
) -> Record:
    """The record of an audit; without a grading what is not met is left to be written by hand."""
    enterprise = audit.enterprise
    head = (
        ("企业名称", enterprise.name),
        ("统一社会信用代码", enterprise.uscc or ""),
        ("排污许可证编号", enterprise.permit or ""),
        ("所在地", region_text(enterprise.county) if enterprise.county else ""),
        ("生产地址", surroundings.address or ""),
        ("主要产品", surroundings.products or ""),
        ("生产能力", surroundings.capacity or ""),
        ("核查日期", day_text(audit.assessed_on)),
    )
    return Record(
        name=enterprise.name,
        head=head,
        units=tuple(
            _unit(audit, unit, rulesets[unit.ruleset], grading.units[index] if grading else None)
            for index, unit in enumerate(audit.units)
        ),
        experts=tuple(
            (title, name or "", opinion or "")
            for title, name, opinion in zip(EXPERTS, surroundings.experts, surroundings.opinions, strict=True)
        ),
        is_graded=grading is not None,
        rechecked=rechecked(audit, rulesets),
        digest=audit_digest(audit),
        assessed_on=audit.assessed_on,
    )


def _unit(audit: Audit, unit: UnitAudit, ruleset: Ruleset, graded: UnitGrading | None) -> UnitRecord:
    listed = questions(ruleset)
    edition = ruleset.edition
    return UnitRecord(
        id=unit.id,
        title=ruleset.title,
        document=" ".join(part for part in (edition.document, edition.section) if part),
        sections=tuple(_sections(audit, unit, ruleset, listed)),
        tables=tuple(_tables(audit, unit, ruleset)),
        findings=tuple(_findings(ruleset, graded)) if graded is not None else (),
    )


def _sections(audit: Audit, unit: UnitAudit, ruleset: Ruleset, questions: Iterable[Question]) -> Iterator[Section]:
    for section in sections(ruleset, (question for question in questions if question.fact.group is None)):
        answers, open_ = [], []
        for question in section.questions:
            fact = question.fact
            known = audit.known(unit, fact.id)
            before = None if audit.last is None else audit.last.of_unit(unit.id, fact.id)
            if (known is None or known.value is None) and before is None:
                open_.append(fact.label)
            if known is not None or before is not None:
                value = "未查明" if known is None or known.value is None else known_text(ruleset, fact.id, known.value)
                of_plant = known is not None and known is not unit.facts.get(fact.id)
                remarks = "；".join(
                    filter(None, (_remarks(known), _beside_last(audit, ruleset, fact.id, known, before)))
                )
                answers.append(Answer(fact.label, value, remarks, of_plant))
        yield Section(section.title, tuple(answers), tuple(open_))


def _beside_last(audit: Audit, ruleset: Ruleset, fact: str, known: Known | None, before: Known | None) -> str:
    """The standing of an answer beside last time's: confirmed to be the same, stated anew, or not confirmed."""
    if audit.last is None or before is None:
        return ""
    day, then = day_text(audit.last.assessed_on), known_text(ruleset, fact, before.value)
    recheck = recheck_of(known, before)
    if recheck is Recheck.CONFIRMED:
        return f"与上次（{day}）相同，经本次确认"
    return f"上次（{day}）为 {then}，" + ("本次重新核查" if recheck is Recheck.ANEW else "本次未确认")


def _tables(audit: Audit, unit: UnitAudit, ruleset: Ruleset) -> Iterator[Table]:
    for group_id, group in ruleset.groups.items():
        rows = unit.groups.get(group_id)
        if rows is None:
            last = audit.last.rows(unit.id, group_id) if audit.last is not None else ()
            yield Table(group.name, None, tuple(row.key for row in last))
            continue
        made = []
        for row in rows:
            items = tuple(
                f"{fact.label} {known_text(ruleset, fact.id, row.facts[fact.id].value)}"
                for fact in ruleset.facts.values()
                if fact.id in row.facts and row.facts[fact.id].value is not None
            )
            remarks = [
                f"{ruleset.facts[id_].label}：{remark}"
                for id_, known in row.facts.items()
                if (remark := _remarks(known))
            ]
            for fact in ruleset.facts.values():
                before = _in_row(audit, unit, group_id, row.key, fact.id) if fact.group == group_id else None
                if remark := _beside_last(audit, ruleset, fact.id, row.facts.get(fact.id), before):
                    remarks.append(f"{fact.label}：{remark}")
            made.append(TableRow(row.key, items, tuple(remarks)))
        yield Table(group.name, tuple(made))


def _in_row(audit: Audit, unit: UnitAudit, group: str, row: str, fact: str) -> Known | None:
    return None if audit.last is None else audit.last.of_row(unit.id, group, row, fact)


def _findings(ruleset: Ruleset, graded: UnitGrading) -> Iterator[str]:
    """The criteria not met on the way to the next better level, and gates that are met; an undecided one is no finding."""
    met = {gate.id for gate in graded.gates if gate.status is Status.MET}
    for gate in ruleset.gates:
        if gate.id in met:
            yield f"{gate.title or gate.id}：{gate.text}"
    boards = short_boards(ruleset, graded)
    yield from boards.unmet if boards is not None else ()


def _remarks(known: Known | None) -> str:
    return "" if known is None else "；".join(remarks(known))

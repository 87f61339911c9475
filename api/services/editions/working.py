"""Working editions: begun on top of another edition, filled in field by field by several people at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import func, select

from api.access import Rule, in_area, require, unscoped
from api.context import Context
from api.grader import keep_ruleset
from api.problems import ErrorAt, Problem, not_found
from api.services.attachments import take_in
from api.services.draft_rulesets import in_charge
from api.services.editions.states import record
from api.services.users import names_of
from api.store import EditionProposal, ProposalState, SourceScan, WorkingEdition, WorkingField
from grading.engine.grade import ruleset_digest
from grading.figure_edits.fields import TEXT, FieldError, fields_of, texts_of, with_fields
from grading.figure_edits.figures import figures, owners
from grading.language.problems import LanguageError
from grading.model.ruleset import Edition, Review, Ruleset
from grading.ruleset_id import industry_of

MOST_SCANS = 200
MOST_FIELDS = 5_000


@dataclass(frozen=True)
class FieldChange:
    """A field as somebody fills it in; `shown` is what the page had in it before (None: whatever is there)."""

    place: str
    field: str
    value: str
    shown: str | None = None


@dataclass(frozen=True)
class Conflict:
    """A field that somebody else has changed meanwhile, with what either says."""

    place: str
    field: str
    yours: str
    theirs: str
    by: str
    at: datetime


def start(
    context: Context, base_id: str, edition: str, document: str, effective: date, jurisdiction: str | None = None
) -> WorkingEdition:
    """Begin an edition on top of another; its id is the edition's name and the industry.

    Raises Problem (403, 404, 409 when an edition of the id is there, 422).
    """
    actor = require(context.db, Rule.EDIT_RULESETS)
    library, area = context.service.grader.library, actor.area or ""
    try:
        base = library.ruleset(base_id)
    except (KeyError, LanguageError):
        raise not_found() from None
    where = jurisdiction or area
    if not in_charge(area, where) or not in_area(where, base.jurisdiction):
        message = f"{where} 不在您的辖区（{area}），或不在底本的适用地区（{base.jurisdiction}）之内。"
        raise Problem("not_in_charge", message, status=403, errors=[ErrorAt("jurisdiction", message)])
    ruleset_id = f"{edition}/{industry_of(base_id)}"
    require_free(context, ruleset_id)
    require_not_before(base, effective)
    digest = ruleset_digest(base)
    keep_ruleset(context.db, base, digest)
    made = WorkingEdition(
        area=area,
        ruleset_id=ruleset_id,
        base_id=base_id,
        base_digest=digest,
        parent_id=file_behind(context, base_id),
        jurisdiction=where,
        document=document.strip(),
        effective=effective,
        made_by=actor.id,
    )
    context.db.add(made)
    record(context, "begun", f"edition:{made.id}", ruleset=ruleset_id, base=base_id)
    return made


def require_free(context: Context, ruleset_id: str) -> None:
    """Raises Problem (409) for an id that is another edition's: what was graded by an id must stay what it was."""
    known = context.db.scalar(select(EditionProposal.id).where(EditionProposal.signed_id == ruleset_id))
    if known is not None or ruleset_id in context.service.grader.library.ids():
        message = f"已有编号为 {ruleset_id} 的规则集，请换一个版本代号。"
        raise Problem("ruleset_id_taken", message, errors=[ErrorAt("edition", message)])


def require_not_before(former: Ruleset, effective: date) -> None:
    """Raises Problem (422) for a day before the former edition's: a year that was mistyped would rule what it never did."""
    begun = former.edition.effective
    if effective < begun:
        message = f"施行日 {effective} 早于底本 {former.id} 的施行日 {begun}；请核对年份。"
        raise Problem("invalid_date", message, status=422, errors=[ErrorAt("effective", message)])


def base_of(context: Context, working: WorkingEdition) -> Ruleset:
    """The former edition, as it was when the work began."""
    return context.service.grader.ruleset(context.db, working.base_digest)


def file_behind(context: Context, ruleset_id: str) -> str:
    """The ruleset of the directory that an edition goes back to, by the former edition of each signed one."""
    found: str | None = ruleset_id
    with unscoped(context.db) as db:
        # A signed edition is everybody's, whoever has proposed it.
        while found is not None and not context.service.grader.library.is_file(found):
            found = db.scalar(select(EditionProposal.former_id).where(EditionProposal.signed_id == found))
    if found is None:
        raise ValueError(f"{ruleset_id} is neither a file nor signed")
    return found


def parent_of(context: Context, working: WorkingEdition) -> Ruleset:
    """The ruleset of the directory that the edition's file extends where it can."""
    return context.service.grader.library.ruleset(working.parent_id)


def saved(context: Context, working: WorkingEdition) -> Mapping[tuple[str, str], WorkingField]:
    """The texts filled in, by place and field."""
    rows = select(WorkingField).where(WorkingField.working_id == working.id).order_by(WorkingField.place)
    return {(row.place, row.field): row for row in context.db.scalars(rows)}


def edition_of(context: Context, working: WorkingEdition) -> Ruleset:
    """The edition as it is filled in now, as a draft."""
    return _edition(working, base_of(context, working), _edits(saved(context, working).values()))


def save(context: Context, working_id: UUID, changes: Sequence[FieldChange]) -> list[Conflict]:
    """Merge fields: what nobody else has changed since it was shown is written; all or nothing.

    Returns the fields that somebody else has changed meanwhile, then nothing is written. Raises Problem (403, 404, 409 while
    it is proposed or once it is signed, 422 with every field that can't be read).
    """
    require(context.db, Rule.EDIT_RULESETS)
    working = writable(context, working_id)
    base, rows = base_of(context, working), saved(context, working)
    before = current_fields(_edition(working, base, _edits(rows.values())))
    conflicts = [
        (change, before.get((change.place, change.field), ""))
        for change in changes
        if change.shown is not None
        and before.get((change.place, change.field), "") not in (change.shown, change.value.strip())
    ]
    if conflicts:
        return _with_authors(context, conflicts, rows)
    merged = {key: row.value for key, row in rows.items()}
    new = {(c.place, c.field): c.value.strip() for c in changes if before.get((c.place, c.field)) != c.value.strip()}
    merged |= new
    if len(merged) > MOST_FIELDS:
        raise Problem("too_many_fields", f"一份修订稿最多改 {MOST_FIELDS} 处。")
    try:
        _edition(working, base, _by_place(merged))
    except FieldError as error:
        errors = [ErrorAt(f"{p.place}:{p.field}", f"{p.reason.message}。", p.reason.code) for p in error.problems]
        raise Problem("invalid_figures", f"有 {len(errors)} 处填写有误。", status=422, errors=errors) from None
    for (place, name), value in new.items():
        row = rows.get((place, name))
        if row is None:
            row = WorkingField(
                working_id=working.id,
                place=place,
                field=name,
                value=value,
                changed_by=context.actor.id,
                changed_at=context.at,
            )
            context.db.add(row)
        row.value, row.changed_by, row.changed_at = value, context.actor.id, context.at
    if new:
        record(context, "filled_in", f"edition:{working.id}", fields=[f"{place}:{name}" for place, name in new])
    return []


def add_scan(context: Context, working_id: UUID, place: str, content: BinaryIO, name: str) -> SourceScan:
    """Keep a scan of the page that figures of an indicator or gate were read from; the same once.

    Raises Problem (403, 404, 409, 413, 415, 422).
    """
    require(context.db, Rule.EDIT_RULESETS)
    working = writable(context, working_id)
    if place not in owners(base_of(context, working)):
        message = "没有这项指标。"
        raise Problem("unknown_indicator", message, status=422, errors=[ErrorAt("place", message)])
    mine = SourceScan.working_id == working.id
    if (context.db.scalar(select(func.count(SourceScan.id)).where(mine)) or 0) >= MOST_SCANS:
        raise Problem("too_many_files", f"一份修订稿最多 {MOST_SCANS} 个扫描件。")
    stored = take_in(context, content, name)
    if not (stored.media_type.startswith("image/") or stored.media_type == "application/pdf"):
        raise Problem("file_type", "扫描件应为图片或 PDF。", status=415)
    same = select(SourceScan).where(mine, SourceScan.sha256 == stored.sha256, SourceScan.place == place)
    known = context.db.scalar(same)
    if known is not None:
        return known
    made = SourceScan(
        working_id=working.id,
        place=place,
        sha256=stored.sha256,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        by=context.actor.id,
        at=context.at,
    )
    context.db.add(made)
    record(context, "scan_added", f"edition:{working.id}", place=place, sha256=stored.sha256)
    return made


def scans_of(context: Context, working_id: UUID) -> dict[str, list[SourceScan]]:
    """Scans by indicator or gate, oldest first."""
    found: dict[str, list[SourceScan]] = {}
    rows = select(SourceScan).where(SourceScan.working_id == working_id).order_by(SourceScan.id)
    for row in context.db.scalars(rows):
        found.setdefault(row.place, []).append(row)
    return found


def latest_proposal(context: Context, working_id: UUID) -> EditionProposal | None:
    """The last proposal of a working edition; None while it was never proposed."""
    rows = select(EditionProposal).where(EditionProposal.working_id == working_id)
    return context.db.scalars(rows.order_by(EditionProposal.id.desc()).limit(1)).one_or_none()


def is_writable(proposal: EditionProposal | None) -> bool:
    """True for a draft: never proposed, or returned."""
    return proposal is None or proposal.state is ProposalState.RETURNED


def writable(context: Context, working_id: UUID) -> WorkingEdition:
    """The working edition, locked: nobody proposes it meanwhile. Raises Problem (404, 409)."""
    found = context.db.scalar(select(WorkingEdition).where(WorkingEdition.id == working_id).with_for_update())
    if found is None:
        raise not_found()
    proposal = latest_proposal(context, working_id)
    if not is_writable(proposal):
        assert proposal is not None
        message = "已报审，退回之前不能修改。"
        if proposal.state is not ProposalState.PROPOSED:
            message = "这一版已签署，不能再改；请以它为底本另起修订稿。"
        raise Problem("wrong_state", message, more={"state": proposal.state.value})
    return found


def current_fields(edition: Ruleset) -> dict[tuple[str, str], str]:
    """Every field as it is, by place and field."""
    found = {(f.place, name): value for f in figures(edition) for name, value in fields_of(f).items()}
    return found | {(place, TEXT): text for place, text in texts_of(edition).items()}


def authors_of(rows: Iterable[WorkingField]) -> dict[str, set[UUID]]:
    """By place: who has filled in something there."""
    found: dict[str, set[UUID]] = {}
    for row in rows:
        found.setdefault(row.place, set()).add(row.changed_by)
    return found


def _edition(working: WorkingEdition, base: Ruleset, edits: Mapping[str, Mapping[str, str]]) -> Ruleset:
    # Not the former one's section: another document has its own.
    section = base.edition.section if working.document == base.edition.document else None
    edition = Edition(document=working.document, section=section, effective=working.effective)
    head = {
        "id": working.ruleset_id,
        "edition": edition,
        "jurisdiction": working.jurisdiction,
        "review": Review(status="draft"),
    }
    return with_fields(base, edits).model_copy(update=head)


def _edits(rows: Iterable[WorkingField]) -> dict[str, dict[str, str]]:
    return _by_place({(row.place, row.field): row.value for row in rows})


def _by_place(fields: Mapping[tuple[str, str], str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for (place, name), value in fields.items():
        found.setdefault(place, {})[name] = value
    return found


def _with_authors(
    context: Context,
    conflicts: Sequence[tuple[FieldChange, str]],
    rows: Mapping[tuple[str, str], WorkingField],
) -> list[Conflict]:
    authors = {key: rows.get(key) for change, _ in conflicts for key in [(change.place, change.field)]}
    people = names_of(context.db, [row.changed_by for row in authors.values() if row is not None])
    placed = []
    for change, theirs in conflicts:
        row = authors[change.place, change.field]
        by, at = ("", context.at) if row is None else (people.get(row.changed_by, ""), row.changed_at)
        placed.append(Conflict(change.place, change.field, change.value, theirs, by, at))
    return placed

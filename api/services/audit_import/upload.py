"""Audits of a file, checked against the register and stored as drafts."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import PurePath
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from api import audit_log
from api.access import Rule, require
from api.context import Context
from api.files.evidence import safe_name
from api.problems import ErrorAt, Problem
from api.services import attachments, workflow
from api.services.audit_import.places import Places
from api.services.audit_import.standing import Standing, audits_standing
from api.store import (
    Assignment,
    Audit,
    AuditImport,
    AuditKind,
    AuditState,
    Enterprise,
    ImportedAudit,
    Role,
    Team,
)
from grading import calendar
from grading.audit_json import dump_audit
from grading.batch.evidence_table import COLUMNS
from grading.batch.layout import EVIDENCE_TITLES, HEADS, LayoutError, Reject
from grading.batch.submitted_audits import export_first, is_submissions
from grading.batch.whole_audits import WholeAudit, WholeAudits
from grading.forms.findings import FormError
from grading.language.problems import LanguageError, steps_of
from grading.model.ruleset import Ruleset
from grading.workbook.open_workbook import MAX_FILE

MOST_AUDITS = 1_000
"""Audits of one file: their drafts are made in one transaction."""
MOST_FILES, MOST_LISTED = 40, 20
INVALID = "invalid_audit_file"
LABELS: Mapping[str, str] = {
    **HEADS,
    **{f"evidence.{column}": heads[1] for column, heads in COLUMNS.items()},
    "enterprise": "",
}
"""Labels of places; others are shown as in an audit."""


@dataclass(frozen=True)
class Imported:
    """The result of an import: drafts that were made, and audits that an earlier file had brought already."""

    made: int
    repeated: int
    notices: tuple[str, ...] = ()
    row: AuditImport | None = None


@dataclass(frozen=True)
class _Draft:
    """A draft that is to be made."""

    whole: WholeAudit
    audit: Audit
    content: str
    digest: str


def upload(
    context: Context, files: Sequence[tuple[str, bytes]], *, team_id: UUID | None = None, ruleset: str | None = None
) -> Imported:
    """Make a draft of every audit of a file, for assessors of a team that its plants are assigned to today.

    Of several files the first name that begins the others is the units' table, the others are its groups' and evidence;
    beside submissions of ODK or Kobo they are photos and archives of photos, which become evidence.
    Audits that an earlier file brought unchanged are counted, not made again. Raises Problem (403, 404, 413; 422
    `invalid_audit_file` with everything that is wrong at its line, when nothing at all has been written).
    """
    actor = require(context.db, Rule.IMPORT_AUDITS)
    team = _team(context, team_id if actor.role is not Role.ASSESSOR else actor.team_id)
    ordered = _ordered(files)
    if ruleset is not None:
        ruleset_of(context, ruleset)
    try:
        read = context.service.workbooks.read_audits(ordered, ruleset, context.service.grader.library)
    except LayoutError as error:
        raise _refusal([ErrorAt(ordered[0][0], problem) for problem in error.problems]) from None
    except FormError as error:
        raise _refusal([ErrorAt(ordered[0][0], problem.message) for problem in error.problems]) from None
    drafts, repeated, rejects = _drafts(context, team, read)
    rejects += [reject for draft in drafts for reject in _wrong_files(context, draft.whole)]
    if rejects:
        in_order = sorted(rejects, key=lambda found: (found.file, found.line))
        raise _refusal([_error(reject, read.counted) for reject in in_order])
    notices = tuple(f"{_where(notice, read.counted)}{notice.reason}" for notice in read.notices)
    return _make(context, team, ordered, drafts, repeated, notices)


def imports(context: Context) -> list[AuditImport]:
    """The last files that the actor or the actor's team took in."""
    return list(context.db.scalars(select(AuditImport).order_by(AuditImport.id.desc()).limit(MOST_LISTED)))


def ruleset_of(context: Context, ruleset: str) -> Ruleset:
    """A ruleset that tables may be filled in for; raises Problem (422)."""
    try:
        return context.service.grader.library.ruleset(ruleset)
    except (KeyError, LanguageError):
        message = f"没有规则集 {ruleset[:120]}，或它不能使用。"
        raise Problem("invalid_request", message, status=422, errors=[ErrorAt("ruleset", message)]) from None


def _team(context: Context, team_id: UUID | None) -> Team:
    if team_id is None:
        message = "请选择评审组。"
        raise Problem("invalid_request", message, status=422, errors=[ErrorAt("team_id", message)])
    return context.find(Team, team_id)


def _ordered(files: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """The files under names that are safe in a folder, the units' first."""
    named = [(safe_name(name), data) for name, data in files]
    if not named or len(named) > MOST_FILES or len({name.casefold() for name, _ in named}) < len(named):
        message = f"请选择 1 至 {MOST_FILES} 个文件，文件名不得相同。"
        raise Problem("invalid_request", message, status=422, errors=[ErrorAt("file", message)])
    if is_submissions(named):
        return export_first(named)
    if sum(len(data) for _, data in named) > MAX_FILE:
        raise Problem("file_too_large", f"文件合计超过 {MAX_FILE // 1_000_000} MB 的上限。", status=413)
    units = min(named, key=lambda file: (len(PurePath(file[0]).stem), file[0]))
    begins = f"{PurePath(units[0]).stem}."
    strange = [name for name, _ in named if name != units[0] and not name.startswith(begins)]
    if strange:
        raise _refusal(
            [
                ErrorAt(
                    name, f"{name}：不知道这是哪张表；各表的文件名应以“{begins}”开头，如 {begins}{EVIDENCE_TITLES[0]}"
                )
                for name in strange
            ]
        )
    return [units, *(file for file in named if file is not units)]


def _drafts(context: Context, team: Team, read: WholeAudits) -> tuple[list[_Draft], int, list[Reject]]:
    """The drafts to make, the number of audits that exist already, and all problems."""
    rejects = list(read.rejects)
    if len(read.audits) > MOST_AUDITS:
        message = f"有 {len(read.audits)} 份审核，一次最多 {MOST_AUDITS} 份；请分成几个文件"
        return [], 0, [*rejects, Reject(read.audits[0].file, 0, None, "", message)]
    if not read.audits and not rejects:
        return [], 0, [Reject("", 0, None, "", "文件里没有审核")]
    places = Places(context, read.audits)
    assigned = _assigned(context, team)
    first: dict[tuple[UUID, UUID | None, date], WholeAudit] = {}
    drafts: list[_Draft] = []
    for whole in read.audits:
        enterprise, site_id, reason = places.of(whole)
        if enterprise is None:
            rejects.append(whole.reject("enterprise", reason))
            continue
        if enterprise.id not in assigned:
            message = f"{enterprise.name} 今天没有指派给{team.name}；请先指派"
            rejects.append(whole.reject("enterprise", message))
        if not enterprise.active:
            rejects.append(whole.reject("enterprise", f"{enterprise.name} 已登记为关闭，不再核查"))
        same = first.setdefault((enterprise.id, site_id, whole.audit.assessed_on), whole)
        if same is not whole:
            message = f"与第 {same.line} {read.counted}是同一企业（厂区）同一评定日的审核；请并为一份"
            rejects.append(whole.reject("", message))
        audit = Audit(enterprise_id=enterprise.id, kind=AuditKind.EXPERT, author_id=context.actor.id, site_id=site_id)
        content = _content(context, whole, enterprise, workflow.county_of(context, audit))
        found = workflow.problems_of(context, audit, content)
        rejects += [whole.reject(e.place, e.message, _unit_at(e.place)) for e in found]
        digest = f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"
        drafts.append(_Draft(whole, audit, content, digest))
    known = audits_standing(context, {draft.audit.enterprise_id for draft in drafts})
    new = []
    for draft in drafts:
        there = known.get((draft.audit.enterprise_id, draft.audit.site_id), ())
        if any(one.digest == draft.digest for one in there):
            continue
        new.append(draft)
        if taken := _taken(draft, there):
            rejects.append(draft.whole.reject("", taken))
    return new, len(drafts) - len(new), rejects


def _unit_at(place: str) -> int | None:
    """The position of the unit that a place is in."""
    match steps_of(place):
        case ("units", int(position), *_):
            return position
    return None


def _content(context: Context, whole: WholeAudit, enterprise: Enterprise, county: str) -> str:
    """The content of a draft: the enterprise as registered, all else as filed."""
    filed = whole.audit.enterprise
    head = filed.model_copy(
        update={
            "name": enterprise.name,
            "uscc": enterprise.uscc,
            "county": filed.county or county,
            "permit": filed.permit or enterprise.permit,
        }
    )
    return dump_audit(whole.audit.model_copy(update={"enterprise": head}), context.service.grader.library)


def _assigned(context: Context, team: Team) -> set[UUID]:
    """The enterprises in scope that a team assesses today."""
    today = calendar.day_of(context.at)
    rows = select(Assignment.enterprise_id).where(
        Assignment.team_id == team.id,
        Assignment.since <= today,
        or_(Assignment.until.is_(None), Assignment.until >= today),
    )
    return set(context.db.scalars(rows))


def _taken(draft: _Draft, there: Sequence[Standing]) -> str:
    """The reason why an audit can't be made beside those at its place; empty when it can."""
    day = draft.whole.audit.assessed_on.isoformat()
    same = [one for one in there if one.day == day and one.state is not AuditState.SUPERSEDED]
    if not same:
        return ""
    states = "、".join(dict.fromkeys(f"“{workflow.STATE_NAMES[one.state]}”" for one in same))
    return f"这家企业（厂区）{day} 已有{states}的审核；请在那份审核里修改"


def _make(
    context: Context,
    team: Team,
    files: Sequence[tuple[str, bytes]],
    drafts: Sequence[_Draft],
    repeated: int,
    notices: tuple[str, ...],
) -> Imported:
    if not drafts:
        return Imported(0, repeated, notices)
    content = hashlib.sha256()
    for _, data in files:
        content.update(len(data).to_bytes(8, "big") + data)
    row = AuditImport(
        team_id=team.id,
        made_by=context.actor.id,
        name=files[0][0],
        digest=f"sha256:{content.hexdigest()}",
        audits=len(drafts),
        repeated=repeated,
    )
    context.db.add(row)
    context.db.flush()
    details: dict[str, Any] = {
        "team": str(team.id),
        "digest": row.digest,
        "audits": row.audits,
        "repeated": row.repeated,
    }
    audit_log.append(context.db, "audits.imported", context.actor, subject=f"audit_import:{row.id}", details=details)
    for draft in drafts:
        workflow.add_draft(context, draft.audit, draft.content, imported=str(row.id))
        made = ImportedAudit(audit_id=draft.audit.id, import_id=row.id, line=draft.whole.line, digest=draft.digest)
        context.db.add(made)
        for file in draft.whole.files:
            attachments.add(context, draft.audit, BytesIO(file.content), file.name, file.place)
    return Imported(len(drafts), repeated, notices, row)


def _wrong_files(context: Context, whole: WholeAudit) -> Iterator[Reject]:
    """Faults of the files of an audit, before any of them is taken in."""
    if len(whole.files) > attachments.MAX_FILES:
        yield whole.reject("", f"有 {len(whole.files)} 个照片和文件，一份审核最多 {attachments.MAX_FILES} 个")
    for file in whole.files:
        reason = context.service.evidence.refusal(file.content, file.name)
        if len(file.place) > attachments.MAX_PLACE:
            reason = f"这一行的编号太长，位置超过 {attachments.MAX_PLACE} 个字符。"
        if reason is not None:
            yield whole.reject(file.place, f"“{file.name}”：{reason}", _unit_at(file.place))


def _where(reject: Reject, counted: str) -> str:
    parts = [reject.file] if reject.file else []
    parts += [f"第 {reject.line} {counted}"] if reject.line else []
    parts += [f"单元 {reject.unit}"] if reject.unit else []
    return f"{' '.join(parts)}：" if parts else ""


def _error(reject: Reject, counted: str) -> ErrorAt:
    place = ".".join(part for part in (f"line[{reject.line}]" if reject.line else "", reject.place) if part)
    named = LABELS.get(reject.place, reject.place) if reject.shown is None else reject.shown
    return ErrorAt(place, f"{_where(reject, counted)}{f'{named}：' if named else ''}{reject.reason}", INVALID)


def _refusal(errors: Sequence[ErrorAt]) -> Problem:
    return Problem(INVALID, f"文件有 {len(errors)} 处问题，没有写入任何内容。", status=422, errors=list(errors))

"""Audits: looked for, begun, read, written."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.problems import Problem, error_json
from api.queries import audits as queries
from api.queries import comparisons
from api.routes.bodies import JsonText, json_body, text_of
from api.routes.idempotency import OnceOnly
from api.routes.responses import (
    CREATED_VERSIONED,
    UNCHANGED,
    VERSIONED,
    Cursor,
    IfMatch,
    IfNoneMatch,
    Limit,
    Responses,
    answer,
    refusals,
    required_version,
    resource,
)
from api.schemas.audits import (
    AUDIT_EXAMPLE,
    DRAFT_SCHEMA,
    AuditBrief,
    AuditIn,
    AuditOut,
    CheckOut,
    RevisionOut,
)
from api.schemas.base import Page
from api.schemas.gradings import AuditComparisonOut
from api.services import workflow
from api.services.comparison import compare_audits
from api.services.local_edition import more_local
from api.services.workflow.content import edition_notices, read
from api.services.workflow.jurisdiction import county_of
from api.store import Audit, AuditKind, AuditState
from grading.model.base import Day

router = resource("audits")
Reader = Annotated[Context, needs(Rule.READ)]
Writer = Annotated[Context, needs(Rule.DRAFT_AUDITS)]
DRAFT: Responses = {
    200: VERSIONED[200] | {"content": {"application/json": {"schema": DRAFT_SCHEMA, "example": AUDIT_EXAMPLE}}}
}


@router.get("/audits", summary="Audits in scope, the newest first")
def list_audits(
    context: Reader,
    enterprise_id: Annotated[UUID | None, Query(description="Of this enterprise.")] = None,
    kind: Annotated[AuditKind | None, Query(description="Experts' audits or self-assessments only.")] = None,
    state: Annotated[list[AuditState] | None, Query(description="In one of these states.")] = None,
    assessed_from: Annotated[Day | None, Query(description="Assessed on this day or later.")] = None,
    assessed_to: Annotated[Day | None, Query(description="Assessed on this day or earlier.")] = None,
    mine: Annotated[bool | None, Query(description="Only those that you began.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AuditBrief]:
    """Assessors see experts' audits always, a bureau once submitted, the enterprise once published."""
    filters = queries.Filter(enterprise_id, kind, state or (), assessed_from, assessed_to, mine)
    items, after = queries.audits(context, filters, cursor, limit)
    return Page(items=items, next=None if after is None else str(after))


@router.post(
    "/audits",
    status_code=201,
    summary="Begin an audit",
    response_model=AuditOut,
    responses=CREATED_VERSIONED | refusals(404, 409),
)
def create_audit(body: AuditIn, once: OnceOnly, context: Writer) -> Response:
    """An expert's audit when an assessor begins it, a self-assessment when the enterprise does.

    It begins with the registered units, or with the content of the audit that it corrects; the content is then put.
    """

    def act() -> Response:
        made = workflow.create_audit(
            context,
            body.enterprise_id,
            site_id=body.site_id,
            corrects_id=body.corrects_id,
            from_last=body.from_last,
        )
        return audit_response(context, made, status=201, location=f"/v1/audits/{made.id}")

    return once.answer(context, body, act)


@router.get("/audits/{audit_id}", summary="An audit", response_model=AuditOut, responses=VERSIONED)
def get_audit(audit_id: UUID, context: Reader) -> Response:
    """An audit's state, its last grade, and the steps that you may take with it."""
    return audit_response(context, context.find(Audit, audit_id))


@router.get(
    "/audits/{audit_id}/content",
    summary="The content of an audit",
    response_class=Response,
    responses=DRAFT | UNCHANGED,
)
def get_audit_content(audit_id: UUID, context: Reader, known: IfNoneMatch = None) -> Response:
    """As it was saved, to the letter. The ETag is the one to put it back with."""
    audit = context.find(Audit, audit_id)
    return answer(workflow.revision_of(context, audit).content, tag=audit.version, known=known)


@router.put(
    "/audits/{audit_id}/content",
    summary="Save a draft",
    response_model=AuditOut,
    responses=VERSIONED | refusals(409, 412, 415, 422, 428),
    openapi_extra=json_body(DRAFT_SCHEMA, AUDIT_EXAMPLE),
)
def save_audit_content(audit_id: UUID, body: JsonText, context: Writer, if_match: IfMatch = None) -> Response:
    """Needs `If-Match` with the ETag of what was read.

    When somebody saved in between, the answer is 412 `edited_meanwhile`, and what was sent is kept as `kept_revision`.
    `conflicts` names each field that both have changed (units numbered as sent), with what was `seen`, `sent` and is there
    `now`. When it is empty, `PATCH` would merge; it is null when the service no longer knows what was read.
    """
    version = required_version(if_match)
    return audit_response(context, workflow.save_draft(context, audit_id, text_of(body), version))


@router.patch(
    "/audits/{audit_id}/content",
    summary="Merge changes into a draft",
    response_model=AuditOut,
    responses=VERSIONED | refusals(409, 412, 415, 422),
    openapi_extra=json_body(DRAFT_SCHEMA, AUDIT_EXAMPLE),
)
def merge_audit_content(
    audit_id: UUID,
    body: JsonText,
    context: Writer,
    seen: Annotated[int, Query(ge=1, le=999_999_999, description="The version (ETag) that it was made from.")],
) -> Response:
    """The whole content as you want it: what it changes of `seen` is put in field by field, what others saved since stays.

    Value, evidence and note of an answer are fields of their own; units go by their ids, rows by their keys, both in the order
    of the draft. Where a field was changed otherwise meanwhile, nothing is saved: 412 `edited_meanwhile`, as of `PUT`.
    Read the content again afterwards: it may hold more than what was sent.
    """
    return audit_response(context, workflow.merge_draft(context, audit_id, text_of(body), seen))


@router.get(
    "/audits/{audit_id}/check",
    summary="What would keep a draft from being submitted",
    response_model_exclude_defaults=True,
)
def check_audit(audit_id: UUID, context: Reader) -> CheckOut:
    """Every error that submission would find, with its place."""
    audit = context.find(Audit, audit_id)
    try:
        found = read(context, audit, workflow.revision_of(context, audit).content)
    except Problem as problem:
        return CheckOut(ready=False, errors=[error_json(error, problem.code) for error in problem.errors])
    rulesets = workflow.rulesets_of(context, found)
    outside = workflow.outside(context, audit, rulesets)
    local = more_local(context.service, found, county_of(context, audit))
    notices = [*edition_notices(rulesets, found.assessed_on), *outside, *local]
    return CheckOut(ready=True, errors=[], notices=[error_json(notice, "notice") for notice in notices])


@router.get("/audits/{audit_id}/revisions", summary="The revisions of an audit")
def list_revisions(audit_id: UUID, context: Reader) -> list[RevisionOut]:
    """The newest first, also those that were saved too late."""
    return queries.revisions(context, audit_id)


@router.get(
    "/audits/{audit_id}/revisions/{number}/content",
    summary="The content of a revision",
    response_class=Response,
    responses=DRAFT,
)
def get_revision_content(audit_id: UUID, number: Annotated[int, Path(ge=1, le=1_000_000)], context: Reader) -> Response:
    """As it was saved, to the letter."""
    revision = workflow.revision_of(context, context.find(Audit, audit_id), number)
    return answer(revision.content, tag=f"{revision.id}-{revision.changed_at.timestamp():.6f}")


@router.get(
    "/audits/{audit_id}/comparison",
    summary="An audit beside another one of its enterprise",
    responses=refusals(409),
)
def compare_with_another(
    audit_id: UUID,
    context: Annotated[Context, needs(Rule.TRY_OUT, costly=True)],
    other: Annotated[
        UUID | None,
        Query(
            description="The other audit. By default an enterprise's own assessment is laid beside the experts' audit, "
            "and that beside the assessment; where there is none, beside the audit of its kind before it."
        ),
    ] = None,
) -> AuditComparisonOut:
    """The grades, every value that differs with the evidence of both, and the indicators that were not concluded alike."""
    return comparisons.to_schema(compare_audits(context, context.find(Audit, audit_id), other))


def audit_response(context: Context, audit: Audit, status: int = 200, location: str | None = None) -> Response:
    """An audit as the answer to whatever was done with it."""
    return answer(queries.audit(context, audit), status=status, tag=audit.version, location=location)

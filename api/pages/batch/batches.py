"""Batches: a dry run over what is in force, what it would change and why, its publication by a second person, and back."""

import json
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.http.downloads import attachment
from api.media_types import XLSX
from api.pages.batch.batch_view import (
    NEW_PAGE,
    matrix_views,
    options,
    parts_of,
    region_name,
    unit_rows,
    unread_audits,
    workbook,
)
from api.pages.form_data import Sent
from api.pages.labels import industry_titles, level_labels, ruleset_titles
from api.pages.render import page
from api.problems import Problem, not_found
from api.queries import batches as queries
from api.queries.batch_impact import Filter, changed, impact_of
from api.services import draft_rulesets, ruleset_workbooks
from api.services.regrading import holding, lifecycle, publication
from api.services.regrading.progress import counts_of, progress_of
from api.services.regrading.states import IMPACT_KNOWN, STATE_NAMES, WORKING, actions
from api.services.users import names_of
from api.store import Batch, DraftRuleset
from grading.impact.cause_details import Pair
from grading.model.base import Mode
from grading.model.impact import WAYS
from grading.ruleset_id import industry_of

router = APIRouter()
ZIP_START = b"PK"
"""Workbooks are ZIP files."""
Reader = Annotated[Context, needs(Rule.READ_BATCHES)]
Maker = Annotated[Context, needs(Rule.MAKE_BATCHES)]
Publisher = Annotated[Context, needs(Rule.PUBLISH_BATCHES)]
Short = Annotated[str, Query(max_length=64)]
CAUSES = 30


@router.get("/batches")
def list_batches(request: Request, context: Reader) -> Response:
    """The batches of the area, and the editions that were uploaded as drafts."""
    found, _ = queries.batches(context, None, None, 100)
    people = names_of(context.db, [batch.made_by for batch in found])
    values: dict[str, Any] = {
        "batches": found,
        "states": STATE_NAMES,
        "people": people,
        "drafts": queries.drafts(context),
    }
    return page(request, context, "batches.html.j2", **values)


@router.get("/batches/new")
def new_batch(request: Request, context: Maker, draft: Short = "") -> Response:
    """The form of a new one; `draft` is chosen already."""
    nothing: dict[str, Any] = {"findings": (), "refused": (), "marked": None, "text": ""}
    return page(request, context, NEW_PAGE, **options(context), chosen=draft, **nothing)


@router.post("/batches/drafts")
def upload_draft(request: Request, context: Maker, sent: Sent) -> Response:
    """Upload an edition, as YAML or as a workbook; what is wrong with it is told line by line, or cell by cell."""
    file = sent.file()
    is_workbook = file.file.read(len(ZIP_START)) == ZIP_START
    file.file.seek(0)
    try:
        if is_workbook:
            made = ruleset_workbooks.upload(context, file.file, file.filename or "")
        else:
            made = draft_rulesets.upload(context, file.file.read())
    except Problem as problem:
        if problem.status != 422:
            raise
        context.undo(problem)
        problem_values = problem.as_json()
        return page(
            request,
            context,
            NEW_PAGE,
            422,
            **options(context),
            chosen="",
            findings=problem_values.get("findings", ()),
            refused=problem_values.get("errors", ()) if is_workbook else (),
            marked=problem_values.get("marked_workbook"),
            text=problem.detail,
        )
    return RedirectResponse(f"/batches/new?draft={made.id}", status_code=303)


@router.post("/batches/order")
def order(context: Maker, sent: Sent) -> Response:
    """Order a dry run."""
    kind, _, named = sent.text("against").partition(":")
    selection = lifecycle.Selection(
        within=sent.text("within") or None,
        industry=sent.text("industry") or None,
        edition=sent.text("edition") or None,
        since=sent.day("since"),
        until=sent.day("until"),
    )
    made = lifecycle.order(
        context,
        sent.text("name"),
        selection,
        against=named if kind == "edition" else None,
        draft_id=_draft(named) if kind == "draft" else None,
        mode=Mode.TRIAL if sent.text("mode") == Mode.TRIAL.value else Mode.OFFICIAL,
    )
    return RedirectResponse(f"/batches/{made.id}", status_code=303)


def _draft(named: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        raise not_found() from None


@router.get("/batches/{batch_id}")
def show_batch(
    batch_id: UUID,
    request: Request,
    context: Reader,
    way: Short = "",
    county: Short = "",
    industry: Short = "",
    before: Short = "",
    after: Short = "",
    cause: Short = "",
    at: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Show a batch's progress; once the first pass has seen everything, its impact and the units that change."""
    batch = context.find(Batch, batch_id)
    filters = Filter(way if way in WAYS else "", county, industry, before, after, cause)
    values = _head(context, batch) | {"wanted": filters, "impact": None}
    if batch.state in IMPACT_KNOWN:
        found = impact_of(context.db, batch)
        listed = changed(found, filters)
        query = {name: value for name, value in vars(filters).items() if value}
        causes = [
            (about, found.title(c), c)
            for about, some in (("等级", found.impact.causes), ("最好可能等级", found.impact.attainable_causes))
            for c in some[:CAUSES]
        ]
        values |= {
            "impact": found.impact,
            "matrices": matrix_views(found.impact.matrices, "等级", batch.id),
            "attainable": matrix_views(found.impact.attainable, "最好可能等级", None),
            "by_county": parts_of(found.impact.by_county, region_name),
            "by_industry": parts_of(found.impact.by_industry, lambda name: _industry(found.pairs, name)),
            "causes": causes,
            "most": max((c.units for _, _, c in causes), default=1),
            "rows": unit_rows(context, batch, listed, at),
            "listed": listed.height,
            "total": found.units.height,
            "at": at,
            "not_read": unread_audits(context, batch),
            "cause_title": next((title for _, title, c in causes if filters.cause in (c.after_id, c.before_id)), ""),
            "query": lambda **more: urlencode(query | more),
        }
    return page(request, context, "batch.html.j2", **values)


def _industry(pairs: dict[str, Pair], name: str | None) -> str:
    return next((p.after.title for p in pairs.values() if industry_of(p.after.id) == name), name or "—")


def _head(context: Context, batch: Batch) -> dict[str, Any]:
    problem = _problem(batch)
    draft = context.find(DraftRuleset, batch.draft_id) if batch.draft_id is not None else None
    return {
        "batch": batch,
        "state": STATE_NAMES[batch.state],
        "working": batch.state in WORKING,
        "progress": progress_of(context.db, batch),
        "counts": counts_of(context.db, batch),
        "can": [action.value for action in actions(context, batch)],
        "people": names_of(context.db, [batch.made_by, batch.published_by, batch.taken_back_by]),
        "problem": problem,
        "draft": draft,
        "labels": level_labels(context),
        "titles": ruleset_titles(context),
        "industry": industry_titles(context).get(batch.industry or "", batch.industry),
    }


def _problem(batch: Batch) -> Any:
    """The problem of a `stopped` or `failed` batch."""
    return json.loads(batch.problem) if batch.problem else None


@router.get("/batches/{batch_id}/progress")
def show_progress(batch_id: UUID, request: Request, context: Reader, state: Short = "", paused: Short = "") -> Response:
    """Show the progress to the page that asks every second; when the batch is elsewhere, the page is made anew."""
    batch = context.find(Batch, batch_id)
    made = page(request, context, "batch_progress.html.j2", **_head(context, batch))
    if state != batch.state.value or paused != str(batch.paused).lower():
        made.headers["HX-Refresh"] = "true"
    return made


@router.get("/batches/{batch_id}/export")
def export(batch_id: UUID, context: Annotated[Context, needs(Rule.READ_BATCHES, costly=True)]) -> Response:
    """The impact as a workbook, with every reason down to the value."""
    batch = context.find(Batch, batch_id)
    if batch.state not in IMPACT_KNOWN:
        raise Problem("no_impact_yet", "影响还没有算完，请稍后再下载。")
    book = workbook(context, batch, impact_of(context.db, batch))
    return attachment(book, XLSX, f"影响分析-{batch.name}.xlsx")


@router.post("/batches/{batch_id}/hold")
def hold(batch_id: UUID, context: Maker, sent: Sent) -> Response:
    """Pause."""
    return _step(context, lifecycle.hold, batch_id, sent.version)


@router.post("/batches/{batch_id}/going-on")
def go_on(batch_id: UUID, context: Maker, sent: Sent) -> Response:
    """Go on."""
    return _step(context, lifecycle.go_on, batch_id, sent.version)


@router.post("/batches/{batch_id}/cancellation")
def cancel(batch_id: UUID, context: Maker, sent: Sent) -> Response:
    """Give up."""
    return _step(context, lifecycle.cancel, batch_id, sent.version)


@router.post("/batches/{batch_id}/renewal")
def renew(batch_id: UUID, context: Maker, sent: Sent) -> Response:
    """Begin anew."""
    return _step(context, lifecycle.renew, batch_id, sent.version)


@router.post("/batches/{batch_id}/publication")
def publish(batch_id: UUID, context: Publisher, sent: Sent) -> Response:
    """Put the new gradings in force."""
    return _step(context, publication.publish, batch_id, sent.version)


@router.post("/batches/{batch_id}/audits/{audit_id}/release")
def release(batch_id: UUID, audit_id: UUID, context: Publisher, sent: Sent) -> Response:
    """Have an audit published though its new grade is not decided."""
    holding.release(context, batch_id, audit_id, sent.text("reasons"), sent.version)
    return RedirectResponse(f"/batches/{batch_id}?way=undecided#units", status_code=303)


@router.post("/batches/{batch_id}/taking-back")
def take_back(batch_id: UUID, context: Publisher, sent: Sent) -> Response:
    """Put the old ones in force again."""
    publication.take_back(context, batch_id, sent.text("reasons"), sent.version)
    return RedirectResponse(f"/batches/{batch_id}", status_code=303)


def _step(
    context: Context, step: Callable[[Context, UUID, int | None], Batch], batch_id: UUID, version: int
) -> Response:
    step(context, batch_id, version)
    return RedirectResponse(f"/batches/{batch_id}", status_code=303)

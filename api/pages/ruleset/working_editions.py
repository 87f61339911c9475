"""Working editions: listed, begun, an indicator a page with its levels side by side, saved field by field, proposed."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from api.access import MAY, Rule
from api.context import Context, needs
from api.http.downloads import attachment
from api.pages.form_data import Posted, Sent
from api.pages.labels import level_labels
from api.pages.render import page
from api.pages.ruleset.figure_fields import WAY_NAMES, owner_fields
from api.problems import ErrorAt, Problem, not_found
from api.queries import editions as queries
from api.services.editions import proposals, working
from api.services.editions.plants import MOST_AUDITS, impact_of, plants_of
from api.services.editions.states import state_text
from api.services.editions.working import FieldChange
from api.services.users import names_of
from api.store import EditionProposal, SourceScan, Verdict, WorkingEdition
from grading import calendar
from grading.figure_edits.fields import SEPARATOR
from grading.figure_edits.figures import figures, owner_of, owners
from grading.figure_edits.settled import figures_to_review
from grading.language.written import ruleset_yaml
from grading.model.ruleset import Indicator

router = APIRouter()
Reader = Annotated[Context, needs(Rule.READ_BATCHES)]
Editor = Annotated[Context, needs(Rule.EDIT_RULESETS)]
Costly = Annotated[Context, needs(Rule.EDIT_RULESETS, costly=True)]
TYPED, SHOWN = "f:", "s:"


@router.get("/working-editions")
def list_working_editions(request: Request, context: Reader) -> Response:
    """The editions of the area: in work, proposed, signed."""
    listed, today = queries.working_editions(context), calendar.today()
    offered = queries.proposals(context)
    people = names_of(context.db, [one.made_by for one, _ in listed] + [one.proposed_by for one in offered])
    return page(
        request,
        context,
        "working_editions.html.j2",
        listed=[(one, state_text(proposal, today)) for one, proposal in listed],
        proposals=[(one, state_text(one, today)) for one in offered],
        people=people,
    )


@router.post("/working-editions")
def start(context: Editor, sent: Sent) -> Response:
    """Begin one."""
    effective = sent.day("effective")
    errors = []
    if not sent.text("edition").strip():
        errors.append(ErrorAt("edition", "请填写版本代号。"))
    if not sent.text("document_name").strip():
        errors.append(ErrorAt("document_name", "请填写指标表的文件名或文号。"))
    if effective is None or errors:
        errors += [ErrorAt("effective", "请填写拟施行日。")] if effective is None else []
        raise Problem("invalid_request", "修订稿的信息不完整。", status=422, errors=errors)
    made = working.start(
        context, sent.text("base"), sent.text("edition").strip(), sent.text("document_name")[:200], effective
    )
    return RedirectResponse(f"/working-editions/{made.id}", status_code=303)


@router.get("/working-editions/{working_id}")
def show_working_edition(working_id: UUID, request: Request, context: Reader) -> Response:
    """The work list: what is open, by indicator."""
    return _overview(request, context, working_id)


@router.get("/working-editions/{working_id}/indicators/{indicator}")
def show_indicator(working_id: UUID, indicator: str, request: Request, context: Reader) -> Response:
    """An indicator, or a gate (`gate.` and its id), with its levels side by side."""
    row = context.find(WorkingEdition, working_id)
    base, edition = working.base_of(context, row), working.edition_of(context, row)
    known = owners(edition)
    if indicator not in known:
        raise not_found()
    waiting = frozenset(figure.place for figure in figures_to_review(base, edition))
    proposal = working.latest_proposal(context, working_id)
    names = list(known)
    at = names.index(indicator)
    return page(
        request,
        context,
        "working_indicator.html.j2",
        row=row,
        edition=edition,
        owner=indicator,
        criterion=known[indicator],
        is_gate=not isinstance(known[indicator], Indicator),
        levels=owner_fields(edition, indicator, waiting),
        scans=working.scans_of(context, working_id).get(indicator, []),
        refused=_refused(context, proposal),
        may_write=_may_write(context, proposal),
        before=names[at - 1] if at else None,
        after=names[at + 1] if at + 1 < len(names) else None,
        separator=SEPARATOR,
    )


@router.post("/working-editions/{working_id}/fields")
def save_fields(working_id: UUID, request: Request, context: Editor, sent: Sent) -> Response:
    """Save what was typed; a script is told what stands in the fields now, another browser goes back to the page."""
    changes = _changes(sent)
    conflicts = working.save(context, working_id, changes)
    if request.headers.get("HX-Request") is None:
        if conflicts:
            conflict_errors = [ErrorAt(c.place, f"{c.by} 已改为“{c.theirs}”，您填的是“{c.yours}”。") for c in conflicts]
            raise Problem("conflict", "有几栏已被他人修改，没有保存。", status=412, errors=conflict_errors)
        return RedirectResponse(_back(working_id, sent), status_code=303)
    if conflicts:
        listed = [
            {"place": c.place, "field": c.field, "theirs": c.theirs, "by": c.by, "at": calendar.clock_text(c.at)}
            for c in conflicts
        ]
        return JSONResponse({"conflicts": listed})
    context.db.flush()
    edition = working.edition_of(context, context.find(WorkingEdition, working_id))
    near = {owner_of(change.place) for change in changes}
    now = working.current_fields(edition)
    fields = [[place, field, value] for (place, field), value in now.items() if owner_of(place) in near]
    return JSONResponse({"fields": fields})


@router.get("/working-editions/{working_id}/impact")
def show_impact(working_id: UUID, request: Request, context: Costly, indicator: str = "") -> Response:
    """The effects of the edition on the area's plants, as it is filled in now: a part of a page."""
    row = context.find(WorkingEdition, working_id)
    base = working.base_of(context, row)
    impacts = impact_of(context, base, row.base_digest, working.edition_of(context, row))
    plants = plants_of(context, base, row.base_digest)
    return page(
        request,
        context,
        "working_impact.html.j2",
        impacts=impacts,
        plants=plants,
        most=MOST_AUDITS,
        owner=indicator,
        way_names=WAY_NAMES,
        labels=level_labels(context),
    )


@router.post("/working-editions/{working_id}/scans")
def add_scan(working_id: UUID, context: Costly, sent: Sent) -> Response:
    """Add a scan of the page that figures were read from."""
    file = sent.file()
    working.add_scan(context, working_id, sent.text("place"), file.file, file.filename or "")
    return RedirectResponse(f"{_back(working_id, sent)}#scans", status_code=303)


@router.get("/source-scans/{scan_id}")
def show_scan(scan_id: UUID, context: Reader) -> Response:
    """A scan, as a download."""
    row = context.find(SourceScan, scan_id)
    path = context.service.evidence.path(row.sha256)
    if not path.is_file():
        raise not_found()
    return FileResponse(path, media_type=row.media_type, filename=row.name)


@router.get("/working-editions/{working_id}/source")
def show_source(working_id: UUID, context: Reader) -> Response:
    """The edition as a ruleset file, for who asks for it."""
    row = context.find(WorkingEdition, working_id)
    text = ruleset_yaml(working.edition_of(context, row), working.parent_of(context, row))
    return attachment(text.encode(), "application/yaml", f"{row.ruleset_id.replace('/', '-')}.yaml")


@router.post("/working-editions/{working_id}/proposal")
def propose(working_id: UUID, request: Request, context: Costly, sent: Sent) -> Response:
    """Propose it; what is wrong with it is told on its page."""
    try:
        made = proposals.propose(context, working_id, sent.text("note"))
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        context.undo(problem)
        return _overview(request, context, working_id, problem)
    return RedirectResponse(f"/edition-proposals/{made.id}", status_code=303)


def _overview(request: Request, context: Context, working_id: UUID, refused: Problem | None = None) -> Response:
    row = context.find(WorkingEdition, working_id)
    base, edition = working.base_of(context, row), working.edition_of(context, row)
    waiting = {figure.place for figure in figures_to_review(base, edition)}
    open_: dict[str, int] = {}
    to_review: dict[str, int] = {}
    for figure in figures(edition):
        if figure.is_open:
            open_[figure.owner] = open_.get(figure.owner, 0) + 1
        if figure.place in waiting:
            to_review[figure.owner] = to_review.get(figure.owner, 0) + 1
    filled = {owner_of(place) for place, _ in working.saved(context, row)}
    listed = [
        (owner, one, open_.get(owner, 0), to_review.get(owner, 0), owner in filled)
        for owner, one in owners(edition).items()
    ]
    # What is open comes first, the indicator with the most of it at the top; else as in the guideline's table.
    listed.sort(key=lambda entry: -entry[2])
    proposal = working.latest_proposal(context, working_id)
    return page(
        request,
        context,
        "working_edition.html.j2",
        status=200 if refused is None else refused.status,
        row=row,
        edition=edition,
        listed=listed,
        open=sum(open_.values()),
        waiting=len(waiting),
        proposal=proposal,
        state=state_text(proposal, calendar.today()),
        returned=_refused(context, proposal),
        may_write=_may_write(context, proposal),
        refused=refused,
        people=names_of(context.db, [row.made_by, *([proposal.decided_by] if proposal is not None else [])]),
    )


def _may_write(context: Context, proposal: EditionProposal | None) -> bool:
    return working.is_writable(proposal) and context.actor.role in MAY[Rule.EDIT_RULESETS]


def _refused(context: Context, proposal: EditionProposal | None) -> dict[str, str]:
    """Why figures were refused when the edition was returned, by place."""
    if proposal is None:
        return {}
    rows = proposals.reviews_of_figures(context, proposal).values()
    return {row.place: row.reasons or "" for row in rows if row.verdict is Verdict.REFUSED}


def _changes(sent: Posted) -> list[FieldChange]:
    changes = []
    for name in dict.fromkeys(sent.fields.keys()):
        if not name.startswith(TYPED):
            continue
        place, _, field = name.removeprefix(TYPED).rpartition(":")
        value = SEPARATOR.join(text for text in sent.texts(name) if text)
        shown = sent.fields.get(f"{SHOWN}{place}:{field}")
        changes.append(FieldChange(place, field, value, shown if isinstance(shown, str) else None))
    if not changes:
        raise Problem("bad_request", "页面不完整，请刷新后重试。", status=422)
    return changes


def _back(working_id: UUID, sent: Posted) -> str:
    place = sent.text("place")
    return f"/working-editions/{working_id}" + (f"/indicators/{quote(place)}" if place else "")

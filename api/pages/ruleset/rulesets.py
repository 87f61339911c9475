"""The rulesets in prose: what is asked at which level, how it is known, who reviewed it, what changed between editions."""

from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import MAY, Rule
from api.context import Context, needs
from api.grader import stored_ruleset
from api.http.downloads import attachment, inline
from api.media_types import XLSX
from api.pages.form_data import Sent
from api.pages.render import page
from api.pages.ruleset.ruleset_diff import differences
from api.pages.ruleset.ruleset_view import gate_views, indicator_views, open_figures
from api.queries import rulesets as known
from api.queries.editions import proposal_signed_as
from api.services import ruleset_workbooks, workflow
from api.services.analysis import MEDIA_TYPES, ReportFormat
from api.services.editions.proposals import signers
from api.services.editions.states import state_text
from api.services.local_edition import local_edition
from api.store import Role, StoredRuleset
from grading import calendar
from grading.language.edition_text import why_text
from grading.language.local_editions import choice_of
from grading.model.ruleset import ALERTS, Ruleset
from grading.ruleset_id import industry_of

router = APIRouter()
Reader = Annotated[Context, needs(Rule.READ)]
CostlyReader = Annotated[Context, needs(Rule.READ, costly=True)]


@router.get("/rulesets")
def list_rulesets(request: Request, context: Reader, industry: str = "", county: str = "", day: str = "") -> Response:
    """All of today's rulesets; and the one that applies to an industry's plant in a county on a day."""
    query = {"industry": industry.strip()[:120], "county": county.strip()[:6], "day": day.strip()[:10]}
    return page(
        request,
        context,
        "rulesets.html.j2",
        briefs=known.briefs(context),
        may_edit=context.actor.role in MAY[Rule.READ_BATCHES],
        asked=query,
        told=_edition_for(context, query),
    )


def _edition_for(context: Context, query: dict[str, str]) -> tuple[str | None, str] | None:
    """The edition that applies and why, or why there is none; None where nothing was asked."""
    if not query["industry"]:
        return None
    try:
        day = date.fromisoformat(query["day"]) if query["day"] else calendar.today()
    except ValueError:
        return None, "日期应为 2026-01-31 的格式"
    local = local_edition(context.service, query["industry"], query["county"] or None, day)
    if local.ruleset is None:
        return None, local.refusal.message if local.refusal is not None else ""
    return local.ruleset.id, why_text(choice_of(local, query["industry"]), local.ruleset.id)


@router.get("/rulesets/{edition}/{industry}")
def show_ruleset(edition: str, industry: str, request: Request, context: Reader, compare: str = "") -> Response:
    """One ruleset; `compare` is another one's id, or the digest of an edition that is kept."""
    ruleset = known.ruleset(context, f"{edition}/{industry}")
    briefs = known.briefs(context)
    brief = next(b for b in briefs if b.id == ruleset.id)
    signed = proposal_signed_as(context, ruleset.id)
    other = _other(context, compare) if compare else None
    return page(
        request,
        context,
        "ruleset.html.j2",
        ruleset=ruleset,
        brief=brief,
        indicators=indicator_views(ruleset),
        gates=gate_views(ruleset),
        unresolved=open_figures(ruleset),
        alerts=ALERTS,
        siblings=[b for b in briefs if b.id != ruleset.id and industry_of(b.id) == industry],
        kept=[k for k in known.stored_rulesets(context.db, ruleset.id) if k.digest != brief.digest],
        compare=compare,
        other=other,
        differences=differences(other, ruleset) if other is not None else (),
        signed=signed,
        state=None if signed is None else state_text(signed, calendar.today()),
        signers=signers(context, signed),
        may_edit=context.actor.role in MAY[Rule.EDIT_RULESETS],
        today=calendar.today(),
        may_sign=context.actor.role is Role.BUREAU and context.actor.may_review and brief.review.status != "reviewed",
    )


@router.get("/rulesets/{edition}/{industry}/book.pdf")
def download_book_pdf(edition: str, industry: str, context: CostlyReader) -> Response:
    """The rule book as PDF."""
    made = known.rulebook(context, f"{edition}/{industry}", ReportFormat.PDF)
    return inline(made, MEDIA_TYPES[ReportFormat.PDF], f"规则书-{edition}-{industry}.pdf")


@router.get("/rulesets/{edition}/{industry}/workbook.xlsx")
def download_workbook(edition: str, industry: str, context: CostlyReader) -> Response:
    """The ruleset as a workbook, to be completed from a printed table and uploaded as a draft."""
    made = ruleset_workbooks.workbook_of(context, f"{edition}/{industry}")
    return attachment(made, XLSX, f"{edition}-{industry}.xlsx")


@router.get("/rulesets/{edition}/{industry}/book.html")
def download_book_html(edition: str, industry: str, context: CostlyReader) -> Response:
    """The rule book as one HTML file."""
    made = known.rulebook(context, f"{edition}/{industry}", ReportFormat.HTML)
    return attachment(made, MEDIA_TYPES[ReportFormat.HTML], f"规则书-{edition}-{industry}.html")


@router.post("/rulesets/{edition}/{industry}/review")
def sign_off(
    edition: str, industry: str, context: Annotated[Context, needs(Rule.SIGN_OFF_RULESETS)], sent: Sent
) -> Response:
    """Mark the edition that the reviewer saw as reviewed."""
    workflow.sign_off(
        context, f"{edition}/{industry}", digest=sent.text("digest"), statement=sent.text("statement") or None
    )
    return RedirectResponse(f"/rulesets/{quote(edition)}/{quote(industry)}", status_code=303)


def _other(context: Context, named: str) -> Ruleset:
    """Another ruleset by id, or a kept one by digest; raises Problem (404)."""
    if named.startswith("sha256:"):
        return stored_ruleset(context.db, context.find(StoredRuleset, named).digest)
    return known.ruleset(context, named)

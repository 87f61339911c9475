"""Registering a unit of an enterprise: what it makes, in words or as a class, finds the ruleset that grades it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.pages.form_data import Posted, Sent
from api.pages.labels import ruleset_titles
from api.pages.render import page
from api.problems import ErrorAt, Problem
from api.queries import enterprises as registered
from api.queries.rulesets import industries_meant
from api.schemas.enterprises import SiteIn, UnitIn
from api.services import enterprises
from api.store import Enterprise
from grading import calendar
from grading.language.industries import Industry
from grading.language.problems import LanguageError
from grading.ruleset_id import industry_of

router = APIRouter()
Keeper = Annotated[Context, needs(Rule.KEEP_ENTERPRISES)]
ASKED = {
    "code": "单元编号应为一行文字，不超过 200 字。",
    "name": "名称应为一行文字，不超过 200 字。",
    "products": "主要产品应为一行文字，不超过 200 字。",
    "capacity": "生产能力应为一行文字，不超过 200 字。",
    "site_name": "厂区名称应为一行文字，不超过 200 字。",
    "site_id": "请选择厂区。",
    "ruleset_id": "请选择行业（规则集）；先在上面查找。",
}


@dataclass(frozen=True)
class Offer:
    """A ruleset that may grade the unit, and the industry that it is of."""

    ruleset: str
    title: str
    industry: Industry
    includes: str | None
    is_in_force: bool


@router.get("/enterprises/{enterprise_id}/units/new")
def new_unit(enterprise_id: UUID, request: Request, context: Keeper, industry: str = "") -> Response:
    """The form; `industry` is what was typed to find the ruleset."""
    return _show(request, context, enterprise_id, industry)


@router.post("/enterprises/{enterprise_id}/units")
def create_unit(enterprise_id: UUID, request: Request, context: Keeper, sent: Sent) -> Response:
    """Register the unit, and the first site with it where there is none."""
    enterprise = context.find(Enterprise, enterprise_id)
    try:
        _add(context, enterprise, sent)
    except Problem as problem:
        context.undo(problem)
        return _show(request, context, enterprise_id, sent.text("industry"), problem.status, problem, sent)
    return RedirectResponse(f"/enterprises/{enterprise_id}", status_code=303)


def _add(context: Context, enterprise: Enterprise, sent: Posted) -> None:
    sites = registered.sites(context.db, enterprise.id)
    wrong: dict[str, None] = {}
    site_id = sent.key("site_id") if sites else None
    site = None
    if sites and site_id is None:
        wrong["site_id"] = None
    if not sites:
        try:
            site = SiteIn(name=sent.text("site_name").strip(), county=enterprise.county)
        except ValidationError:
            wrong["site_name"] = None
    values = {
        # Of a site that is yet to be registered any id will do to look at the rest.
        "site_id": site_id or enterprise.id,
        "code": sent.text("code").strip(),
        "name": sent.text("name").strip() or None,
        "ruleset_id": sent.text("ruleset_id"),
        "products": sent.text("products").strip() or None,
        "capacity": sent.text("capacity").strip() or None,
    }
    try:
        unit = UnitIn.model_validate(values)
    except ValidationError as error:
        wrong |= dict.fromkeys(str(one["loc"][0]) for one in error.errors())
    if wrong:
        errors = [ErrorAt(place, ASKED[place]) for place in wrong]
        raise Problem("invalid_request", f"有 {len(errors)} 处还要填写或改正。", status=422, errors=errors)
    if site is not None:
        site_id = enterprises.add_site(context, enterprise.id, **site.model_dump()).id
    enterprises.add_unit(context, enterprise.id, **unit.model_dump() | {"site_id": site_id})


def _show(
    request: Request,
    context: Context,
    enterprise_id: UUID,
    query: str,
    status: int = 200,
    refused: Problem | None = None,
    sent: Posted | None = None,
) -> Response:
    return page(
        request,
        context,
        "unit_new.html.j2",
        status,
        enterprise=context.find(Enterprise, enterprise_id),
        sites=registered.sites(context.db, enterprise_id),
        units=registered.units(context.db, enterprise_id),
        titles=ruleset_titles(context),
        wanted=query.strip(),
        offers=sorted(_offers(context, query), key=lambda offer: not offer.is_in_force),
        refused=refused,
        sent=sent,
        errors={error.place: error.message for error in refused.errors} if refused else {},
    )


def _offers(context: Context, query: str) -> Iterator[Offer]:
    library, today = context.service.grader.library, calendar.day_of(context.at)
    for name, industry in industries_meant(context, query).items():
        for ruleset_id in library.ids():
            if industry_of(ruleset_id) != name:
                continue
            try:
                ruleset = library.ruleset(ruleset_id)
            except LanguageError:
                # It can grade nothing; its own page says why.
                continue
            in_force = ruleset.edition.standing_on(today) == "edition_in_force"
            yield Offer(ruleset_id, ruleset.title, industry, ruleset.industry.includes, in_force)

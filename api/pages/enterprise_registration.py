"""Registering an enterprise with its first site and unit: everything that is wrong is told at once, beside its field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import RedirectResponse, Response

from api.access import Rule, in_area
from api.context import Context, needs
from api.pages.form_data import Posted, Sent
from api.pages.labels import ruleset_titles
from api.pages.render import page
from api.problems import ErrorAt, Problem
from api.queries.rulesets import industries_meant
from api.schemas.enterprises import EnterpriseIn, SiteIn, UnitIn
from api.services import enterprises
from api.services.local_edition import local_edition
from api.store import Enterprise
from grading import calendar
from grading.language.industries import Industry
from grading.language.regions import counties_named, regions
from grading.ruleset_id import industry_of
from reports.context.words import jurisdiction_text, region_text

router = APIRouter()
Keeper = Annotated[Context, needs(Rule.KEEP_ENTERPRISES)]
ASKED = {
    "name": "请填写企业名称：一行文字，不超过 200 字。",
    "uscc": "请填写统一社会信用代码：18 位数字和大写字母。",
    "county": "请填写所在县（区）的名称，或六位行政区划代码。",
    "permit": "排污许可证编号应为一行文字，不超过 40 字。",
    "contact": "联系人及电话应为一行文字，不超过 200 字。",
    "site_name": "请填写厂区名称：一行文字，不超过 200 字。",
    "address": "地址应为一行文字，不超过 400 字。",
    "unit_code": "请填写单元编号：一行文字，不超过 200 字。",
    "unit_name": "单元名称应为一行文字，不超过 200 字。",
}
FIELDS: tuple[tuple[type[BaseModel], Mapping[str, str]], ...] = (
    (EnterpriseIn, {"name": "name", "uscc": "uscc", "permit": "permit", "contact": "contact"}),
    (SiteIn, {"name": "site_name", "address": "address"}),
    (UnitIn, {"code": "unit_code", "name": "unit_name"}),
)
"""The fields of the page by those of what is registered."""
ANY_COUNTY = "110101"
MOST_SHOWN = 6


@dataclass(frozen=True)
class Offer:
    """Rulesets of an industry that may grade the unit: their name, and the edition that applies where the plant lies."""

    name: str
    title: str
    industry: Industry
    edition: str | None


@router.get("/enterprises/new")
def new_enterprise(request: Request, context: Keeper) -> Response:
    """The empty form."""
    return _show(request, context)


@router.post("/enterprises")
def create_enterprise(request: Request, context: Keeper, sent: Sent) -> Response:
    """Register what was typed, or show it again with everything that is wrong; `step=find` only looks the industry up."""
    if sent.text("step") == "find":
        return _show(request, context, sent)
    try:
        made = _add(context, sent)
    except Problem as problem:
        context.undo(problem)
        return _show(request, context, sent, problem)
    return RedirectResponse(f"/enterprises/{made.id}", status_code=303)


def _add(context: Context, sent: Posted) -> Enterprise:
    errors = dict(_errors(context, sent))
    if errors:
        listed = [ErrorAt(place, message) for place, message in errors.items()]
        raise Problem("invalid_request", f"有 {len(listed)} 处还要填写或改正。", status=422, errors=listed)
    (county,) = _counties(context, sent.text("county"))
    made = enterprises.add_enterprise(context, **_typed(sent, EnterpriseIn), county=county)
    site = enterprises.add_site(context, made.id, **_typed(sent, SiteIn), county=county)
    if sent.text("industry").strip():
        unit = _typed(sent, UnitIn)
        enterprises.add_unit(context, made.id, **unit, site_id=site.id, industry=sent.text("ruleset"))
    return made


def _typed(sent: Posted, model: type[BaseModel]) -> dict[str, Any]:
    """The values typed for a registration, by the names of its fields."""
    fields = next(fields for known, fields in FIELDS if known is model)
    return {name: sent.text(field).strip() or None for name, field in fields.items()}


def _errors(context: Context, sent: Posted) -> Iterator[tuple[str, str]]:
    """Everything that is wrong with what was typed, by field."""
    has_unit = bool(sent.text("industry").strip())
    # Of what only the register gives any id will do to look at the rest.
    rest: dict[type[BaseModel], dict[str, Any]] = {
        EnterpriseIn: {"county": ANY_COUNTY},
        SiteIn: {"county": ANY_COUNTY},
        UnitIn: {"site_id": "00000000-0000-0000-0000-000000000000"},
    }
    for model, fields in FIELDS:
        if model is UnitIn and not has_unit:
            continue
        try:
            model.model_validate(_typed(sent, model) | rest[model])
        except ValidationError as error:
            for place in dict.fromkeys(str(one["loc"][0]) for one in error.errors()):
                yield fields[place], ASKED[fields[place]]
    if sent.text("uscc").strip():
        try:
            enterprises.free_code(context, sent.text("uscc").strip())
        except Problem as problem:
            yield "uscc", problem.errors[0].message
    yield from _county_errors(context, sent)
    if has_unit:
        yield from _industry_errors(context, sent)


def _county_errors(context: Context, sent: Posted) -> Iterator[tuple[str, str]]:
    typed = sent.text("county").strip()
    found = _counties(context, typed)
    if not typed:
        yield "county", ASKED["county"]
    elif len(found) > 1:
        named = "、".join(map(region_text, found[:MOST_SHOWN]))
        yield "county", f"“{typed}”不止一处：{named}；请连同市名填写，或填代码。"
    elif not found:
        yield "county", f"不知道“{typed[:40]}”在哪里；请填县（区）的全名（如 咸阳市渭城区），或六位行政区划代码。"
    else:
        try:
            enterprises.refuse_elsewhere(context, found[0])
        except Problem:
            area = jurisdiction_text(context.actor.area or "")
            yield "county", f"{region_text(found[0])}不在您的辖区（{area}）。"


def _industry_errors(context: Context, sent: Posted) -> Iterator[tuple[str, str]]:
    words, chosen = sent.text("industry").strip(), sent.text("ruleset")
    industries = industries_meant(context, words)
    if not industries:
        yield "industry", f"没有重点行业与“{words[:40]}”相符；可换一种说法（写产品或工艺），或填行业代码。"
    elif chosen not in industries:
        yield "industry", "请在下面找到的行业中选定一个。"
    elif len(found := _counties(context, sent.text("county"))) == 1:
        local = local_edition(context.service, chosen, found[0], calendar.day_of(context.at))
        if local.refusal is not None:
            yield "industry", f"{local.refusal.message}。"


def _counties(context: Context, typed: str) -> tuple[str, ...]:
    """The codes of the counties that a name means; of several those in the actor's area, if there are any."""
    found = counties_named(typed, regions(context.service.grader.library.root))
    here = tuple(code for code in found if context.actor.area and in_area(code, context.actor.area))
    return here or found


def _offers(context: Context, sent: Posted | None) -> Iterator[Offer]:
    if sent is None:
        return
    library, titles = context.service.grader.library, ruleset_titles(context)
    counties = _counties(context, sent.text("county"))
    day = calendar.day_of(context.at)
    for name, industry in industries_meant(context, sent.text("industry")).items():
        title = next((titles[id_] for id_ in library.ids() if industry_of(id_) == name and id_ in titles), name)
        local = local_edition(context.service, name, counties[0], day) if len(counties) == 1 else None
        edition = None if local is None or local.ruleset is None else f"{local.ruleset.title}（{local.ruleset.id}）"
        yield Offer(name, title, industry, edition)


def _show(request: Request, context: Context, sent: Posted | None = None, refused: Problem | None = None) -> Response:
    area, names = context.actor.area, regions(context.service.grader.library.root)
    counties = [code for code in names if not code.endswith("00") and (not area or in_area(code, area))]
    looked_up = sent is not None and bool(sent.text("industry").strip())
    return page(
        request,
        context,
        "enterprise_new.html.j2",
        refused.status if refused is not None else 200,
        counties=[region_text(code).partition("（")[0] for code in counties],
        offers=list(_offers(context, sent)),
        looked_up=looked_up,
        refused=refused,
        sent=sent,
        errors={error.place: error.message for error in refused.errors} if refused else {},
    )

"""Rulesets: listed, read, in prose, checked, signed off; the forms that ask for their facts."""

from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.problems import not_found
from api.queries import rulesets as queries
from api.queries.ruleset_check import checked
from api.routes.idempotency import OnceOnly
from api.routes.responses import (
    UNCHANGED,
    VERSIONED,
    IfNoneMatch,
    answer,
    refusals,
    resource,
)
from api.schemas.base import RulesetKey
from api.schemas.rulesets import (
    CheckedOut,
    EditionChoiceOut,
    IndicatorOut,
    ProseOut,
    RulesetBrief,
    RulesetOut,
    SignOffIn,
    SignOffOut,
    StoredContentOut,
    StoredRulesetOut,
)
from api.services import workflow
from api.services.analysis import json_of
from api.services.local_edition import local_edition
from grading.language.edition_text import why_text
from grading.language.local_editions import choice_of
from grading.language.schema import FileKind, schema
from grading.model.base import Day
from grading.ruleset_id import edition_of, industry_of

router = resource("rulesets")
Reader = Annotated[Context, needs(Rule.READ)]
Edition = Annotated[str, Path(max_length=120, pattern=r"^[a-z0-9][a-z0-9_-]*$", examples=["national-2020"])]
Industry = Annotated[str, Path(max_length=120, pattern=r"^[a-z0-9][a-z0-9_-]*$", examples=["rubber"])]
UNUSABLE = refusals(404, 409)


@router.get("/rulesets/choice", summary="The edition for a plant on a day")
def choose_ruleset(
    context: Reader,
    industry: Annotated[str, Query(max_length=120, description="As in `/rulesets`.", examples=["rubber"])],
    day: Annotated[Day, Query(description="Of the assessment.", examples=["2023-09-10"])],
    county: Annotated[str | None, Query(pattern=r"^[0-9]{6}$", description="GB/T 2260.", examples=["610404"])] = None,
) -> EditionChoiceOut:
    """The most local one of the industry that is in force: county, city, province, nation. Ties and gaps are told."""
    local = local_edition(context.service, industry, county, day)
    choice = choice_of(local, industry)
    if local.ruleset is None:
        refusal = local.refusal
        code, why = (None, "") if refusal is None else (refusal.code.value, refusal.message)
        return EditionChoiceOut(ruleset=None, scope=None, jurisdiction=None, others=[], code=code, why=why)
    return EditionChoiceOut(
        ruleset=local.ruleset.id,
        scope=choice.scope,
        jurisdiction=choice.jurisdiction,
        others=list(choice.others),
        code=None,
        why=why_text(choice, local.ruleset.id),
    )


@router.get("/rulesets", summary="The rulesets of today")
def list_rulesets(
    context: Reader,
    edition: Annotated[
        str | None, Query(max_length=120, description="Of this edition.", examples=["national-2020"])
    ] = None,
    industry: Annotated[
        str | None,
        Query(
            max_length=120,
            description="Of this industry: its id, a GB/T 4754 class, its name, or Chinese words for what the plant makes.",
            examples=["rubber", "C3033", "做防水卷材的"],
        ),
    ] = None,
    review: Annotated[
        str | None, Query(pattern="^(draft|reviewed)$", description="Drafts or reviewed ones only.")
    ] = None,
) -> list[RulesetBrief]:
    """Those that can be used, by id; each with who signed it off and how much of it is not known."""
    names = None if industry is None else {industry, *queries.rulesets_meant(context, industry)}
    return [
        found
        for found in queries.briefs(context)
        if edition in (None, edition_of(found.id))
        and (names is None or industry_of(found.id) in names)
        and review in (None, found.review.status)
    ]


@router.get(
    "/rulesets/{edition}/{industry}",
    summary="A ruleset",
    response_model=RulesetOut,
    responses=VERSIONED | UNCHANGED | UNUSABLE,
)
def get_ruleset(edition: Edition, industry: Industry, context: Reader, known: IfNoneMatch = None) -> Response:
    """With everything that it says."""
    ruleset_id = f"{edition}/{industry}"
    body, tag = queries.whole(context, ruleset_id)
    return answer(body, tag=tag, known=known)


@router.get("/rulesets/{edition}/{industry}/prose", summary="A ruleset in Chinese prose", responses=UNUSABLE)
def get_prose(edition: Edition, industry: Industry, context: Reader) -> ProseOut:
    """Every indicator with its levels side by side, basis, confidence and citation; gates and measures."""
    return queries.prose(queries.ruleset(context, f"{edition}/{industry}"))


@router.get(
    "/rulesets/{edition}/{industry}/indicators/{indicator}",
    summary="An indicator in Chinese prose",
    responses=UNUSABLE,
)
def get_indicator(
    edition: Edition,
    industry: Industry,
    indicator: Annotated[str, Path(max_length=64, pattern="^[A-Za-z][A-Za-z0-9_]*$")],
    context: Reader,
) -> IndicatorOut:
    """Its levels side by side."""
    ruleset = queries.ruleset(context, f"{edition}/{industry}")
    for one in ruleset.indicators:
        if one.id == indicator:
            return queries.indicator(ruleset, one)
    raise not_found()


@router.get("/rulesets/{edition}/{industry}/check", summary="What is wrong with a ruleset", responses=refusals(404))
def check_ruleset(
    edition: Edition, industry: Industry, context: Annotated[Context, needs(Rule.TRY_OUT, costly=True)]
) -> CheckedOut:
    """Its findings and how its test cases went, as `grading ruleset check` and `test` tell them."""
    return checked(context.service.grader, f"{edition}/{industry}")


@router.post(
    "/rulesets/{edition}/{industry}/sign-off",
    status_code=201,
    summary="Sign an edition off",
    response_model=SignOffOut,
    responses=refusals(404, 409),
)
def sign_off_ruleset(
    edition: Edition,
    industry: Industry,
    body: SignOffIn,
    once: OnceOnly,
    context: Annotated[Context, needs(Rule.SIGN_OFF_RULESETS)],
) -> Response:
    """By a bureau's reviewer. Results say by whom from then on; a later change of the ruleset is a draft again."""

    def act() -> Response:
        made = workflow.sign_off(context, f"{edition}/{industry}", digest=body.digest, statement=body.statement)
        return answer(SignOffOut.model_validate(made), status=201)

    return once.answer(context, body, act)


@router.get("/stored-rulesets", summary="The rulesets that have graded something")
def list_stored_rulesets(
    context: Reader, ruleset: Annotated[RulesetKey | None, Query(description="Editions of this ruleset.")] = None
) -> list[StoredRulesetOut]:
    """The newest first. They are kept whole, so that every grading can be made again."""
    return queries.stored_rulesets(context.db, ruleset)


@router.get("/stored-rulesets/{ruleset_digest}", summary="A ruleset as it was when it graded something")
def get_stored_ruleset(ruleset_digest: str, context: Reader) -> StoredContentOut:
    """With everything that it says."""
    return queries.stored_content(context, ruleset_digest)


@router.get("/ruleset-schema", summary="The JSON Schema of ruleset files", response_model=dict[str, object])
def get_ruleset_schema(
    _: Reader, kind: Annotated[FileKind, Query(description="The kind of file.")] = FileKind.ANY
) -> Response:
    """For editors: completion, hover texts, unknown keys underlined."""
    return answer(json_of(schema(kind)))

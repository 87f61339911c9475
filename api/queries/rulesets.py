"""Rulesets of today and those that are kept, with who signed them off."""

from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from api.context import Context
from api.grader import stored_ruleset
from api.problems import Problem, not_found
from api.schemas.rulesets import (
    GateOut,
    IndicatorOut,
    LevelOut,
    MeasureOut,
    ProseOut,
    RequirementOut,
    ReviewOut,
    RulesetBrief,
    RulesetOut,
    StoredContentOut,
    StoredRulesetOut,
)
from api.services.analysis import ReportFormat
from api.services.replay import Review, reviews_of
from api.store import StoredRuleset
from grading import calendar
from grading.edition_diff.before import edition_before
from grading.engine.grade import ruleset_digest
from grading.language.counts import count
from grading.language.industries import Industry, industries_or_none
from grading.language.industry_search import find
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.language.prose import day_text, sentence, stated_text
from grading.model.ruleset import ALERTS, Cap, Indicator, Measure, ProvisionalPercent, Ruleset
from reports.rulebook.document import rulebook_html, rulebook_pdf


def ruleset(context: Context, ruleset_id: str) -> Ruleset:
    """One of today's rulesets; raises Problem (404, 409 when its files are wrong)."""
    try:
        return context.service.grader.library.ruleset(ruleset_id)
    except KeyError:
        raise not_found() from None
    except LanguageError as error:
        raise Problem("ruleset_unusable", f"规则集 {ruleset_id} 不能使用：{error.problems[0]}") from None


def briefs(context: Context) -> list[RulesetBrief]:
    """Today's rulesets that can be used, by id."""
    found = usable(context.service.grader.library)
    reviews = reviews_of(context.db, [plain.digest for plain in found])
    return [_reviewed(plain, reviews.get(plain.digest)) for plain in found]


def usable(library: Library) -> list[RulesetBrief]:
    """The rulesets of a library that can be used, as their files say; read and worked out the first time that it is asked."""
    return [plain for ruleset_id in library.ids() if (plain := brief(library, ruleset_id)) is not None]


def rulesets_meant(context: Context, industry: str) -> set[str]:
    """The names of rulesets that a class, an industry's name or words for what a plant makes may mean."""
    return set(industries_meant(context, industry))


def industries_meant(context: Context, words: str) -> dict[str, Industry]:
    """The same, with the industry of each, in the order of the register."""
    register = industries_or_none(context.service.grader.library)
    return {} if register is None else {found.ruleset: found.industry for found in find(register, words)}


def whole(context: Context, ruleset_id: str) -> tuple[bytes, str]:
    """A ruleset with everything that it says, as JSON (`RulesetOut`), and a tag that differs whenever it does.

    Raises Problem (404, 409).
    """
    ruleset(context, ruleset_id)
    library = context.service.grader.library
    plain = brief(library, ruleset_id)
    assert plain is not None
    review = reviews_of(context.db, [plain.digest]).get(plain.digest)
    tag = plain.digest if review is None else f"{plain.digest}-{review.at.isoformat()}"
    return _whole(library, ruleset_id, review), tag


@lru_cache(maxsize=128)
def _whole(library: Library, ruleset_id: str, review: Review | None) -> bytes:
    found, plain = library.ruleset(ruleset_id), brief(library, ruleset_id)
    assert plain is not None
    out = RulesetOut(
        **dict(_reviewed(plain, review)),
        includes=found.industry.includes,
        excludes=found.industry.excludes,
        notes=list(found.notes),
        content=content(found),
    )
    return out.model_dump_json().encode()


def content(found: Ruleset) -> dict[str, Any]:
    """The merged ruleset as JSON values."""
    document: dict[str, Any] = found.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return document


def rulebook(context: Context, ruleset_id: str, report_format: ReportFormat) -> bytes:
    """The rule book of one of today's rulesets, with who signed it off; raises Problem (404, 409)."""
    found, library = ruleset(context, ruleset_id), context.service.grader.library
    plain = brief(library, ruleset_id)
    assert plain is not None
    review = reviews_of(context.db, [plain.digest]).get(plain.digest)
    signed = None if review is None else f"{review.reviewer}，{day_text(calendar.day_of(review.at))}"
    before = edition_before(library, found)
    key = (plain.digest, None if before is None else ruleset_digest(before), signed, report_format)
    if report_format is ReportFormat.HTML:
        return context.service.rulebooks.get(key, lambda: rulebook_html(found, before, signed).encode())
    return context.service.rulebooks.get(key, lambda: rulebook_pdf(found, before, signed))


def stored_rulesets(db: Session, ruleset_id: str | None) -> list[StoredRulesetOut]:
    """The rulesets that have graded something, the newest first."""
    rows = select(StoredRuleset).options(defer(StoredRuleset.document)).order_by(StoredRuleset.created_at.desc())
    if ruleset_id is not None:
        rows = rows.where(StoredRuleset.ruleset_id == ruleset_id)
    found = list(db.scalars(rows))
    reviews = reviews_of(db, [row.digest for row in found])
    return [_to_schema(row, reviews.get(row.digest)) for row in found]


def stored_content(context: Context, digest: str) -> StoredContentOut:
    """A kept ruleset with everything that it says; raises Problem (404)."""
    row = context.find(StoredRuleset, digest)
    review = reviews_of(context.db, [digest]).get(digest)
    return StoredContentOut(**dict(_to_schema(row, review)), content=content(stored_ruleset(context.db, digest)))


def prose(found: Ruleset) -> ProseOut:
    """A ruleset in Chinese, as terminal, forms and reports say it."""
    return ProseOut(
        id=found.id,
        title=found.title,
        indicators=[indicator(found, one) for one in found.indicators],
        gates=[
            GateOut(
                id=gate.id,
                title=gate.title or gate.text,
                text=gate.text,
                decided=sentence(found, gate.when),
                cap=gate.effect.cap if isinstance(gate.effect, Cap) else None,
                provenance=found.provenance(gate, None, gate.when).model_dump(mode="json"),
            )
            for gate in found.gates
        ],
        measures=[
            MeasureOut(alert=alert, level=level, kind=measure.kind, text=measure.text, percent=_percent(measure))
            for alert in ALERTS
            for level in found.scale.ids
            for measure in found.measures.at(alert, level)
        ],
        notes=list(found.notes),
    )


def indicator(found: Ruleset, one: Indicator) -> IndicatorOut:
    """An indicator in Chinese, its levels side by side."""
    return IndicatorOut(
        id=one.id,
        dimension=one.dimension,
        dimension_label=found.dimensions[one.dimension].label,
        title=one.title,
        decided_by=one.decided_by,
        applies_when=None if one.applies_when is None else sentence(found, one.applies_when),
        requirements=[
            RequirementOut(
                levels=list(levels),
                text=stated_text(found, requirement),
                decided=sentence(found, requirement.require),
                provenance=found.provenance(one, requirement, requirement.require).model_dump(mode="json"),
                remedy=None if requirement.remedy is None else requirement.remedy.model_dump(mode="json"),
            )
            for levels, requirement in one.requirements.items()
        ],
        note=one.note,
    )


@lru_cache(maxsize=512)
def brief(library: Library, ruleset_id: str) -> RulesetBrief | None:
    """A summary of a ruleset's files; a library is a snapshot, so this is worked out once. None: the ruleset can't be used."""
    try:
        found = library.ruleset(ruleset_id)
    except LanguageError:
        return None
    return RulesetBrief(
        id=found.id,
        title=found.title,
        digest=ruleset_digest(found),
        scale=found.scale_id,
        levels=[LevelOut.model_validate(level) for level in found.scale.levels],
        document=found.edition.document,
        section=found.edition.section,
        effective=found.edition.effective,
        superseded=found.edition.superseded,
        jurisdiction=found.jurisdiction,
        industries=list(found.industry.gbt4754),
        review=ReviewOut.model_validate(found.review),
        counts=count(found).as_json(),
    )


def _reviewed(plain: RulesetBrief, review: Review | None) -> RulesetBrief:
    return plain if review is None else plain.model_copy(update={"review": _review(review)})


def _review(review: Review) -> ReviewOut:
    return ReviewOut(
        status="reviewed", reviewer=review.reviewer, on=calendar.day_of(review.at), statement=review.statement
    )


def _to_schema(row: StoredRuleset, review: Review | None) -> StoredRulesetOut:
    return StoredRulesetOut(
        digest=row.digest,
        ruleset_id=row.ruleset_id,
        title=row.title,
        jurisdiction=row.jurisdiction,
        effective=row.effective,
        created_at=row.created_at,
        review=ReviewOut(status="draft") if review is None else _review(review),
    )


def _percent(measure: Measure) -> str | None:
    if measure.percent is None:
        return None
    if isinstance(measure.percent, ProvisionalPercent):
        return f"provisional: {measure.percent.provisional}"
    return str(measure.percent)

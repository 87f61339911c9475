"""Batches ordered, paused, resumed, cancelled, restarted. Workers (`api/jobs`) do the computing."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete

from api.access import Rule, in_area, require, unscoped
from api.context import Context
from api.grader import keep_ruleset
from api.problems import ErrorAt, Problem
from api.services.regrading.states import BatchAction, record, take
from api.store import (
    Batch,
    BatchAudit,
    BatchChunk,
    BatchFrame,
    BatchRuleset,
    BatchState,
    BatchUnit,
    DraftRuleset,
)
from grading.columns.layout import ColumnsError, check_ruleset
from grading.language.problems import LanguageError
from grading.model.base import Mode
from grading.ruleset_id import edition_of, industry_of


@dataclass(frozen=True)
class Selection:
    """The selection of a batch: units of published experts' audits in an area, of an industry, an edition, a time.

    `within` is a GB/T 2260 code (None: the whole area of the bureau); `since` and `until` are days of assessment, inclusive.
    """

    within: str | None = None
    industry: str | None = None
    edition: str | None = None
    since: date | None = None
    until: date | None = None


def order(
    context: Context,
    name: str,
    selection: Selection,
    *,
    against: str | None = None,
    draft_id: UUID | None = None,
    mode: Mode = Mode.OFFICIAL,
) -> Batch:
    """A new batch: a dry run, that a worker begins once this is committed.

    It grades by an edition (`national-2024`: every industry that it has), by one ruleset (`national-2024/coking`), or by a
    draft. Raises Problem (403, 404, 422 with everything that is wrong).
    """
    actor = require(context.db, Rule.MAKE_BATCHES)
    area = actor.area or ""
    errors: list[ErrorAt] = []
    if not name.strip():
        errors.append(ErrorAt("name", "请填写批次名称。"))
    within = selection.within or area
    if not in_area(within, area):
        errors.append(ErrorAt("within", f"{within} 不在您的辖区（{area}）。"))
    if selection.since and selection.until and selection.since > selection.until:
        errors.append(ErrorAt("until", "结束日期早于开始日期。"))
    rulesets, called = _against(context, against, draft_id, selection.industry, errors)
    if errors:
        raise Problem("invalid_batch", f"批次有 {len(errors)} 处问题。", status=422, errors=errors)
    batch = Batch(
        name=name.strip()[:200],
        area=area,
        made_by=actor.id,
        within=within,
        industry=selection.industry,
        edition=selection.edition,
        since=selection.since,
        until=selection.until,
        against=called,
        draft_id=draft_id,
        mode=mode,
    )
    context.db.add(batch)
    context.db.flush()
    for ruleset_id, digest in rulesets.items():
        industry = industry_of(ruleset_id)
        context.db.add(BatchRuleset(batch_id=batch.id, industry=industry, ruleset_id=ruleset_id, digest=digest))
    record(context, batch, "ordered", within=within, rulesets=rulesets, mode=mode.value)
    return batch


def hold(context: Context, batch_id: UUID, version: int | None = None) -> Batch:
    """Pause: what is being done is finished, nothing new is begun. Raises Problem (403, 404, 409, 412)."""
    batch = take(context, batch_id, BatchAction.HOLD, version)
    if not batch.paused:
        batch.paused = True
        record(context, batch, "held")
    return batch


def go_on(context: Context, batch_id: UUID, version: int | None = None) -> Batch:
    """Go on with a batch that is paused. Raises Problem (403, 404, 409, 412)."""
    batch = take(context, batch_id, BatchAction.GO_ON, version)
    if batch.paused:
        batch.paused = False
        batch.run += 1
        record(context, batch, "gone_on")
    return batch


def cancel(context: Context, batch_id: UUID, version: int | None = None) -> Batch:
    """Give a batch up; what was computed is forgotten. Raises Problem (403, 404, 409, 412)."""
    batch = take(context, batch_id, BatchAction.CANCEL, version)
    batch.state, batch.paused = BatchState.CANCELLED, False
    forget(context, batch)
    record(context, batch, "cancelled")
    return batch


def renew(context: Context, batch_id: UUID, version: int | None = None) -> Batch:
    """Begin anew with the selection, as the audits are now. Raises Problem (403, 404, 409, 412)."""
    batch = take(context, batch_id, BatchAction.RENEW, version)
    forget(context, batch)
    batch.state, batch.paused, batch.problem = BatchState.WAITING, False, None
    batch.selected_at = batch.impact_at = batch.assessed_at = None
    batch.run += 1
    record(context, batch, "renewed")
    return batch


def forget(context: Context, batch: Batch) -> None:
    """Remove everything that was computed."""
    with unscoped(context.db):
        for model in (BatchFrame, BatchUnit, BatchAudit, BatchChunk):
            context.db.execute(delete(model).where(model.batch_id == batch.id))


def _against(
    context: Context, against: str | None, draft_id: UUID | None, industry: str | None, errors: list[ErrorAt]
) -> tuple[dict[str, str], str]:
    """The digests of what grades, by ruleset id, and what it is called; adds to the errors what is wrong with it."""
    if (against is None) == (draft_id is None):
        errors.append(ErrorAt("against", "请选择一个版本、一部规则集或一份草案，三者取一。"))
        return {}, ""
    if draft_id is not None:
        draft = context.find(DraftRuleset, draft_id)
        if industry not in (None, industry_of(draft.ruleset_id)):
            errors.append(ErrorAt("industry", f"草案 {draft.ruleset_id} 不适用于行业 {industry}。"))
        return {draft.ruleset_id: draft.digest}, draft.ruleset_id
    called = against or ""
    grader = context.service.grader
    ids = [
        ruleset_id
        for ruleset_id in grader.library.ids()
        if called in (ruleset_id, edition_of(ruleset_id)) and industry in (None, industry_of(ruleset_id))
    ]
    if not ids:
        errors.append(ErrorAt("against", f"没有版本或规则集“{called}”，或它不含所选行业。"))
    found: dict[str, str] = {}
    for ruleset_id in ids:
        try:
            ruleset = grader.library.ruleset(ruleset_id)
            check_ruleset(ruleset)
        except (LanguageError, ColumnsError) as error:
            errors.append(ErrorAt("against", f"规则集 {ruleset_id} 无法使用：{error}"))
            continue
        found[ruleset_id] = grader.digest(ruleset_id)
        keep_ruleset(context.db, ruleset, found[ruleset_id])
    return found, called

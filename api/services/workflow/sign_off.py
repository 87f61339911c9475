"""A bureau's reviewer signs an edition of a ruleset off: this digest, and no later change of it."""

from sqlalchemy import select

from api import audit_log
from api.access import Rule, require
from api.context import Context
from api.grader import keep_ruleset
from api.problems import ErrorAt, Problem, not_found
from api.services.draft_rulesets import in_charge
from api.services.workflow.states import MAX_REASONS
from api.store import SignOff
from grading.engine.grade import ruleset_digest
from grading.language.problems import LanguageError


def sign_off(context: Context, ruleset_id: str, *, digest: str | None = None, statement: str | None = None) -> SignOff:
    """Mark today's edition of a ruleset reviewed; `digest` is what the reviewer saw. Results say by whom from then on.

    Raises Problem: 403 who is no reviewer or not in charge, 404, 409 when it is reviewed already or was changed meanwhile, 422.
    """
    actor = require(context.db, Rule.SIGN_OFF_RULESETS)
    if not actor.may_review:
        raise Problem("not_reviewer", "您没有规则集审定权限，请联系管理员。", status=403)
    try:
        ruleset = context.service.grader.library.ruleset(ruleset_id)
    except (KeyError, LanguageError):
        raise not_found() from None
    if not in_charge(actor.area or "", ruleset.jurisdiction):
        detail = f"这部规则集适用于 {ruleset.jurisdiction}，不在您的辖区（{actor.area}）。"
        raise Problem("not_in_charge", detail, status=403)
    words = (statement or "").strip() or None
    if words is not None and len(words) > MAX_REASONS:
        message = f"审定意见不超过 {MAX_REASONS} 字。"
        raise Problem("invalid_request", message, status=422, errors=[ErrorAt("statement", message)])
    present = ruleset_digest(ruleset)
    if digest is not None and digest != present:
        raise Problem("ruleset_changed", "规则集在您审阅期间有改动，请重新审阅后再审定。", more={"digest": present})
    if context.db.scalar(select(SignOff.id).where(SignOff.ruleset_digest == present)) is not None:
        raise Problem("already_reviewed", "这一版规则集已经审定。")
    keep_ruleset(context.db, ruleset, present)
    made = SignOff(ruleset_digest=present, reviewer_id=actor.id, reviewer_name=actor.name, statement=words)
    context.db.add(made)
    context.db.flush()
    details = {"ruleset": ruleset_id, "statement": words or ""}
    audit_log.append(context.db, "ruleset.signed_off", actor, subject=f"ruleset:{present}", details=details)
    return made

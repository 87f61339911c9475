"""Opinions of admission: tried out, given for good, made again from what was kept; and when the projects were completed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import audit_log
from api.access import Rule, in_area, require
from api.context import Context
from api.grader import Grader, keep_ruleset
from api.policies import KeptPolicy
from api.problems import ErrorAt, Problem, errors_of
from api.services.enterprises import enterprise_of, no_enterprise
from api.store import AdmissionOpinion, AdmissionOutcome, Audit, Enterprise, ProjectCompletion
from grading import calendar
from grading.digest import digest
from grading.engine.durable_rules import EngineError
from grading.engine.grade import Engine
from grading.engine.revision import ENGINE
from grading.engine.rules import NetworkError
from grading.intake import AuditError
from grading.language.problems import LanguageError, why_unusable
from grading.model.audit import Audit as Design
from grading.policy.admission import Opinion, admission
from grading.policy.apply import PolicyEngine
from grading.policy.project import Project, read_project
from grading.problems.codes import ProblemCode
from grading.problems.reason import reason_of


@dataclass(frozen=True)
class Made:
    """An opinion with what it was made from."""

    opinion: Opinion
    audit: Design | None
    policies: PolicyEngine
    stored_policies: dict[str, KeptPolicy]

    @property
    def project(self) -> Project:
        """The project as it was read."""
        return self.opinion.project

    @property
    def document(self) -> str:
        """The opinion as JSON text."""
        return orjson.dumps(self.opinion.as_json()).decode()

    @property
    def digest(self) -> str:
        """Of project and design data as they were read."""
        return digest({"project": self.project, "audit": self.audit})

    @property
    def rulesets(self) -> dict[str, str]:
        """The digests of the rulesets that graded the design data, by id."""
        graded = self.opinion.grading
        return {} if graded is None else {unit.ruleset: unit.ruleset_digest for unit in graded.units}


class Regrading(StrEnum):
    """The state of a grade that has to be confirmed after its project was completed."""

    NOT_REQUIRED = "not_required"
    AWAITING_COMPLETION = "awaiting_completion"
    DUE = "due"
    DONE = "done"


@dataclass(frozen=True)
class Listed:
    """An opinion with what came after it."""

    opinion: AdmissionOpinion
    superseded_by: UUID | None
    completion: ProjectCompletion | None
    enterprise: Enterprise | None
    regrading: Regrading
    published: Audit | None
    """The published audit that confirmed the grade after the completion."""


@dataclass(frozen=True)
class Replayed:
    """A stored opinion made again; `same` says whether it is the stored one to the letter."""

    stored: AdmissionOpinion
    made: Made
    same: bool


def preview(context: Context, text: str) -> Made:
    """The opinion about a project, as JSON text; nothing is kept. Raises Problem (422) with everything that is wrong."""
    grader = context.service.grader
    try:
        policies = grader.policies.today
        policies_in_force = grader.policies.about_projects()
        return _made(text, grader.engine, policies.only(policies_in_force.keys()), policies_in_force)
    except AuditError as error:
        raise invalid_project(errors_of(error)) from None
    except (LanguageError, NetworkError, EngineError) as error:
        reason = reason_of(ProblemCode.RULESETS_UNUSABLE, why=why_unusable(error))
        errors = [ErrorAt("", reason.message, reason.code)]
        raise Problem("policies_unusable", "准入政策或规则集无法使用。", status=422, errors=errors) from error


def give(context: Context, text: str, supersedes: UUID | None = None) -> AdmissionOpinion:
    """Give an opinion for good; `supersedes` is the one whose place it takes.

    Raises Problem: 422 with everything that is wrong, or for a county outside of the area; 404; 409 for an opinion that
    another one has replaced already, or whose project is completed.
    """
    actor = require(context.db, Rule.GIVE_ADMISSION)
    earlier = None if supersedes is None else _replaceable(context, supersedes)
    made = preview(context, text)
    project = made.project
    if not in_area(project.county, actor.area or ""):
        raise invalid_project([ErrorAt("project.county", f"不在您的辖区（{actor.area}）内", "not_in_charge")])
    if earlier is not None and project.county != earlier.county:
        # Who sees the earlier one has to see that it was replaced.
        message = f"取代的意见须为同一区县（{earlier.county}）的项目；区县有误时请另行出具意见"
        raise invalid_project([ErrorAt("project.county", message, "other_county")])
    library = context.service.grader.engine.library
    for ruleset_id, ruleset_digest in sorted(made.rulesets.items()):
        keep_ruleset(context.db, library.ruleset(ruleset_id), ruleset_digest)
    required = made.opinion.required
    row = AdmissionOpinion(
        name=project.name,
        county=project.county,
        industry=project.industry,
        accepted_on=project.accepted_on,
        outcome=AdmissionOutcome(made.opinion.outcome),
        required_level=None if required is None else required.level,
        content=text,
        digest=made.digest,
        rulesets=_json(made.rulesets),
        policies=_json(
            {id_: {"digest": policy.digest, "text": policy.text} for id_, policy in made.stored_policies.items()}
        ),
        engine=ENGINE,
        document=made.document,
        supersedes_id=None if earlier is None else earlier.id,
        made_by=actor.id,
    )
    context.db.add(row)
    context.db.flush()
    details = {"outcome": row.outcome.value, "project": row.digest, "policies": made_digests(row)}
    if earlier is not None:
        details["supersedes"] = str(earlier.id)
    audit_log.append(context.db, "admission.given", actor, subject=_subject(row.id), details=details)
    return row


def complete(
    context: Context, opinion_id: UUID, completed_on: date, reasons: str, uscc: str | None = None
) -> ProjectCompletion:
    """Say when a project was accepted as completed, and which enterprise runs it; a later word corrects an earlier one.

    Raises Problem: 404; 409 unless the opinion admits the project and stands; 422 with everything that is wrong.
    """
    actor = require(context.db, Rule.GIVE_ADMISSION)
    opinion = context.find(AdmissionOpinion, opinion_id)
    if opinion.outcome is not AdmissionOutcome.ADMITTED:
        raise Problem("not_admitted", "只有准入的项目登记竣工验收。")
    _refuse_replaced(context, opinion)
    errors = []
    if completed_on > calendar.day_of(context.at):
        errors.append(ErrorAt("completed_on", "竣工验收日期不得晚于今天。"))
    if completed_on < opinion.accepted_on:
        errors.append(ErrorAt("completed_on", f"竣工验收日期不得早于受理日期（{opinion.accepted_on}）。"))
    if not reasons.strip():
        errors.append(ErrorAt("reasons", "请填写依据，如验收文件的名称和文号。"))
    enterprise = None
    if uscc:
        enterprise = enterprise_of(context.db, uscc)
        if enterprise is None:
            errors.append(ErrorAt("uscc", no_enterprise(uscc)))
    if errors:
        raise Problem("invalid_completion", f"竣工验收有 {len(errors)} 处问题。", status=422, errors=errors)
    row = ProjectCompletion(
        opinion_id=opinion.id,
        completed_on=completed_on,
        enterprise_id=None if enterprise is None else enterprise.id,
        reasons=reasons.strip(),
        recorded_by=actor.id,
    )
    context.db.add(row)
    context.db.flush()
    details = {"completed_on": completed_on.isoformat()}
    audit_log.append(
        context.db,
        "admission.completed",
        actor,
        enterprise_id=row.enterprise_id,
        subject=_subject(opinion.id),
        details=details,
    )
    return row


def replay(db: Session, grader: Grader, stored: AdmissionOpinion) -> Replayed:
    """Make a stored opinion again from the project, rulesets and policies that were kept.

    Raises LookupError, ValueError, LanguageError or AuditError when they are not there whole.
    """
    policies_then = {
        id_: KeptPolicy(policy["digest"], policy["text"]) for id_, policy in json.loads(stored.policies).items()
    }
    engine = grader.of_digests(db, json.loads(stored.rulesets))
    made = _made(stored.content, engine, grader.policies.of(policies_then), policies_then)
    same = made.digest == stored.digest and json.loads(made.document) == json.loads(stored.document)
    return Replayed(stored, made, same)


def replayed(context: Context, stored: AdmissionOpinion) -> Made:
    """The same for pages and reports; raises Problem (409) where today's engine can't make it, or makes another."""
    try:
        again = replay(context.db, context.service.grader, stored)
    except (LookupError, ValueError, LanguageError, AuditError, NetworkError, EngineError) as error:
        raise Problem("not_replayable", "这份准入意见的依据未完整保存，不能重现。") from error
    if not again.same:
        detail = (
            f"这份准入意见由引擎的其他修订（{stored.engine}）作出，以所存的为准；现行引擎（{ENGINE}）得出不同的内容。"
        )
        raise Problem("other_revision", detail)
    return again.made


def report_name(row: AdmissionOpinion) -> str:
    """The name of an opinion's PDF."""
    return f"{row.name[:80]}-准入意见.pdf"


def made_digests(row: AdmissionOpinion) -> dict[str, str]:
    """The digests of the policies that there were, by id."""
    return {id_: policy["digest"] for id_, policy in json.loads(row.policies).items()}


def invalid_project(errors: Sequence[ErrorAt]) -> Problem:
    """A project that can't be read, with the place of everything that is wrong."""
    return Problem("invalid_project", f"项目信息有 {len(errors)} 处问题。", status=422, errors=errors)


def _made(text: str, engine: Engine, policies: PolicyEngine, policies_used: dict[str, KeptPolicy]) -> Made:
    project, audit = read_project(text.encode(), engine.library, policies.library)
    return Made(admission(policies, engine, project, audit), audit, policies, policies_used)


def _replaceable(context: Context, opinion_id: UUID) -> AdmissionOpinion:
    """The opinion, locked until the transaction ends, if another may take its place."""
    rows = select(AdmissionOpinion).where(AdmissionOpinion.id == opinion_id).with_for_update()
    found = context.db.scalar(rows) or context.find(AdmissionOpinion, opinion_id)
    _refuse_replaced(context, found)
    completed = select(ProjectCompletion.id).where(ProjectCompletion.opinion_id == opinion_id).limit(1)
    if context.db.scalar(completed) is not None:
        raise Problem("project_completed", "项目已竣工验收，意见不再更改；请按实际情况评级。")
    return found


def _refuse_replaced(context: Context, opinion: AdmissionOpinion) -> None:
    later = select(AdmissionOpinion.id).where(AdmissionOpinion.supersedes_id == opinion.id)
    if context.db.scalar(later) is not None:
        raise Problem("opinion_superseded", "这份准入意见已被新的意见取代，请打开新的意见。")


def _subject(opinion_id: UUID) -> str:
    return f"admission:{opinion_id}"


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

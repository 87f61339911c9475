"""The audit form as a page, and the pieces of it that are different after something was saved."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from starlette.responses import Response

from api.access import MAY, Rule
from api.context import Context
from api.pages.form.outcome import Answered, Clash
from api.pages.form.questionnaire import Questionnaire, with_problems
from api.pages.form.slug import slug
from api.pages.form.submitted import HEAD
from api.pages.render import page
from api.problems import ErrorAt, Problem
from api.services import workflow
from api.services.attachments import evidence_by_place
from api.services.workflow.content import edition_notices
from api.services.workflow.draft import Draft
from api.services.workflow.places import parse
from api.services.workflow.versions import Change
from api.store import Audit, Enterprise, EvidenceFile

PERMISSIONS = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"
"""Photos and the place where they are taken are for the form alone; the browser still asks the person."""


def draft_of(context: Context, audit: Audit) -> Draft:
    """The present content of an audit, to be edited."""
    return Draft(workflow.revision_of(context, audit).content, context.service.grader.library)


@dataclass(frozen=True)
class Refusal:
    """Values that could not be saved or submitted, as they were typed."""

    problems: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Text that was typed and can't be stored, with the reason, by place."""
    clashes: Sequence[tuple[Clash, Change]] = ()
    lost: Mapping[str, str] = field(default_factory=dict)
    late: Problem | None = None
    errors: Sequence[ErrorAt] = ()
    findings: Sequence[Mapping[str, Any]] = ()
    reasons: str = ""
    outside_reason: str = ""


def form_page(
    request: Request,
    context: Context,
    audit: Audit,
    draft: Draft,
    asked: Questionnaire,
    *,
    status: int = 200,
    everything: bool = False,
    refusal: Refusal = Refusal(),
    workbook: Mapping[str, Any] | None = None,
) -> Response:
    """The whole form; what could not be saved, read in or submitted is told above it, and shown as it was typed."""
    asked = with_problems(asked, refusal.problems)
    answer = page(
        request,
        context,
        "audit_form.html.j2",
        status,
        **_around(context, audit, asked),
        assessed_on=draft.at("assessed_on").value or "",
        wrong=_wrong(asked, refusal.problems),
        said=refusal,
        broken=draft.broken,
        everything=everything,
        workbook=workbook,
        refused=[(error, asked.at_number(error.place)) for error in refusal.errors],
        permissions=PERMISSIONS,
    )
    answer.headers["permissions-policy"] = PERMISSIONS
    return answer


def _wrong(asked: Questionnaire, problems: Mapping[str, tuple[str, str]]) -> list[tuple[str, str, str, str]]:
    """Place, label, what was typed and why it can't be kept."""
    return [(place, _label(asked, place), typed, message) for place, (typed, message) in problems.items()]


def _label(asked: Questionnaire, place: str) -> str:
    at, item = parse(place), asked.items.get(place)
    label = asked.words(place)
    if place in HEAD:
        label = HEAD[place].label
    elif item is not None:
        label = item.fact.label
    elif at is not None and str(at.table) in asked.tables:
        label = f"{asked.tables[str(at.table)].plan.label}编号"
    return f"{at.row}：{label}" if at is not None and at.row is not None else label


def changes(
    request: Request,
    context: Context,
    audit: Audit,
    before: Questionnaire,
    after: Questionnaire,
    done: Answered,
    clashes: Sequence[tuple[Clash, Change]],
    evidence: str | None = None,
) -> Response:
    """The pieces of the page that are different now, to be put in place by htmx."""
    was, now = before.items, after.items
    tables = [
        table
        for place, table in after.tables.items()
        if place in done.renewed or (place in before.tables and before.tables[place].applies is not table.applies)
    ]
    moved = [
        item
        for place, item in now.items()
        if (place in done.renewed or (place in was and was[place].applies is not item.applies))
        and place not in done.problems
        and "groups" not in place
    ]
    outcome = {
        "version": audit.version,
        "saved": [place for place in done.places if place not in done.problems],
        "wrong": {place: message for place, (_, message) in done.problems.items()},
        "refused": done.refused,
        "clashes": [name for clash, _ in clashes for name, _ in clash.fields],
    }
    return page(
        request,
        context,
        "form_changes.html.j2",
        **_around(context, audit, after),
        outcome=json.dumps(outcome, ensure_ascii=False),
        places=done.places,
        problems=done.problems,
        unsettled={clash.place for clash, _ in clashes},
        clashes=clashes,
        lost=done.refused,
        tables=tables,
        moved=moved,
        marked=[
            item
            for place, item in now.items()
            if place in was
            and (was[place].mark, was[place].answered, was[place].recheck) != (item.mark, item.answered, item.recheck)
        ],
        evidence=now.get(evidence) if evidence is not None else None,
        everything=False,
    )


def _around(context: Context, audit: Audit, asked: Questionnaire) -> dict[str, Any]:
    graded = asked.standing.grading
    return {
        "audit": audit,
        "enterprise": context.find(Enterprise, audit.enterprise_id),
        "asked": asked,
        "scales": [ruleset.scale for ruleset in asked.rulesets],
        "graded": graded,
        "outside": workflow.outside(context, audit, asked.rulesets),
        "may_go_outside": context.actor.role in MAY[Rule.GRADE_OUTSIDE],
        "editions": edition_notices(asked.rulesets, asked.standing.audit.assessed_on) if asked.standing.audit else [],
        "files": evidence_by_place(context, audit),
        "errors": [(place, message, asked.at_number(place)) for place, message in asked.standing.errors.items()],
        "stray": _stray(context, audit, asked),
        "slug": slug,
        "max_file": context.service.evidence.max_bytes,
        "at": context.at,
    }


def _stray(context: Context, audit: Audit, asked: Questionnaire) -> list[EvidenceFile]:
    """Files whose place the form does not show: of a row that was taken away, or told by its number in an earlier version."""
    placed = evidence_by_place(context, audit)
    return [file for place, files in placed.items() if place and place not in asked.items for file in files]

"""Attachments of a proposal: differences, proof, cases and impact, made by a worker."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from threading import Event
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from api import audit_log
from api.access import Via, actor_of, unscoped
from api.context import open_context
from api.grader import StoredLibrary
from api.service import Service
from api.services.editions.plants import EditionImpact, impact_of
from api.services.editions.proposals import editions_of
from api.services.editions.working import file_behind
from api.store import DraftRuleset, EditionProposal, ProposalState, User, WorkingEdition
from api.store.base import now
from grading.case_runner import CaseResult, run_case
from grading.digest import digest
from grading.edition_diff.changes import changes
from grading.engine.grade import Engine
from grading.intake import AuditError
from grading.language.cases import Case, read_cases
from grading.language.draft import DraftLibrary
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.ruleset import Ruleset
from grading.mutation.mutants import mutants
from grading.mutation.outcomes import CaseOutcomes
from grading.proof.prove import prove

log = structlog.get_logger("api.editions")
IDLE_SECONDS = 2.0
MOST_LISTED = 200


def prepare_until(service: Service, stop: Event) -> None:
    """Make what goes with proposals until told to stop."""
    while not stop.is_set():
        try:
            prepare_waiting(service, stop)
        except SQLAlchemyError as error:
            # The database may be away: a thread that ended would make nothing more and nobody would know.
            log.error("proposals not prepared", error=str(error))
        stop.wait(IDLE_SECONDS)


def prepare_waiting(service: Service, stop: Event | None = None) -> int:
    """Make what goes with every proposal that waits for it; how many were made."""
    waiting = select(EditionProposal.id).where(
        EditionProposal.state == ProposalState.PROPOSED, EditionProposal.prepared_at.is_(None)
    )
    with service.database.reading() as db:
        ids = db.scalars(waiting.order_by(EditionProposal.id)).all()
    made = 0
    for proposal_id in ids:
        if stop is not None and stop.is_set():
            break
        made += prepare(service, proposal_id)
    return made


def prepare(service: Service, proposal_id: UUID) -> bool:
    """Make what goes with a proposal; False when another worker has. Done twice it is done once."""
    with service.database.reading() as db, unscoped(db):
        proposer = db.get_one(User, db.get_one(EditionProposal, proposal_id).proposed_by)
        actor = actor_of(proposer, Via.COMMAND)
    with open_context(service, actor, writing=False) as context:
        proposal = context.find(EditionProposal, proposal_id)
        former, edition = editions_of(context, proposal)
        draft = context.find(DraftRuleset, proposal.draft_id)
        working = None if proposal.working_id is None else context.find(WorkingEdition, proposal.working_id)
        impacts = impact_of(context, former, proposal.former_digest, edition)
        text = draft.text
        parent = file_behind(context, proposal.former_id) if working is None else working.parent_id
    document = json.dumps(
        {
            "differences": [_plain(change) for change in changes(former, edition)],
            "proof": _proof(text, service.grader.library),
            "cases": _cases(service.grader.library, parent, edition),
            "impact": [impact_document(one) for one in impacts],
        },
        ensure_ascii=False,
    )
    with service.database.writing() as db, unscoped(db):
        row = db.get_one(EditionProposal, proposal_id, with_for_update=True)
        if row.prepared_at is not None:
            return False
        row.attachments, row.prepared_at = document, now()
        details = {"attachments": digest(document)}
        audit_log.append(db, "edition.prepared", None, subject=f"edition:{proposal_id}", details=details)
    return True


def impact_document(impact: EditionImpact) -> dict[str, Any]:
    """An impact as JSON."""
    return {
        "mode": impact.mode.value,
        "units": impact.units,
        "ways": dict(impact.ways),
        "causes": dict(impact.causes),
        "moved": [
            {
                "audit_id": str(one.plant.audit_id),
                "enterprise": one.plant.enterprise,
                "unit": one.plant.unit,
                "before": one.before,
                "before_attainable": one.before_attainable,
                "after": one.after,
                "after_attainable": one.after_attainable,
                "way": one.way,
            }
            for one in impact.moved
        ],
    }


def _plain(change: Any) -> dict[str, Any]:
    parts = [
        {
            "name": part.name,
            "level": part.level,
            "before": part.before,
            "after": part.after,
            "direction": part.direction,
        }
        for part in change.parts
    ]
    return {"kind": change.kind, "way": change.way, "id": change.after_id, "title": change.title, "parts": parts}


def _proof(text: str, library: Library) -> dict[str, Any]:
    drafts = DraftLibrary(text.encode(), library.root)
    found = prove(drafts, drafts.draft_id)
    return {
        "levels": [
            {
                "level": one.level,
                "mode": one.period.mode.value,
                "since": one.period.since.isoformat(),
                "outcome": one.outcome,
            }
            for one in found.levels
        ],
        "findings": [
            {"code": one.problem.code.value, "place": one.place, "message": one.problem.message}
            for one in found.findings
            if one.accepted is None
        ],
        "accepted": sum(one.accepted is not None for one in found.findings),
        "not_proven": [{"place": one.place, "message": one.message} for one in found.not_proven],
        "broken": [one.message for one in found.broken],
        "asked": found.questions,
    }


def _cases(library: Library, parent: str, edition: Ruleset) -> dict[str, Any]:
    """The cases of the ruleset that the edition extends, graded by the edition; and which mistakes they would notice."""
    try:
        cases = [replace(case, ruleset=edition.id) for case in read_cases(library, parent)]
    except (KeyError, LanguageError) as error:
        return {"cases": 0, "problem": str(error), "passed": 0, "failed": [], "mutants": 0, "killed": 0}
    own = StoredLibrary({edition.id: edition})
    engine = Engine(own)
    results = [run_case(engine, case) for case in cases]
    killed, whole = _killed(own, edition, [result.case for result in results if not result.problems])
    failed = list(_failed(results))
    return {
        "cases": len(cases),
        "passed": len(cases) - len(failed),
        "failed": failed[:MOST_LISTED],
        "mutants": whole,
        "killed": killed,
    }


def _failed(results: Iterable[CaseResult]) -> Iterator[dict[str, Any]]:
    for result in results:
        if not result.passed:
            differences = [{"what": d.what, "expected": d.expected, "actual": d.actual} for d in result.differences]
            yield {
                "name": result.case.name,
                "differences": differences,
                "problems": [problem.message for problem in result.problems],
            }


def _killed(library: Library, edition: Ruleset, cases: list[Case]) -> tuple[int, int]:
    try:
        outcomes = CaseOutcomes(library, edition, cases)
    except AuditError:
        return 0, 0
    found = outcomes.killed(tuple(mutants(edition)))
    return sum(found), len(found)

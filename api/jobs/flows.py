"""The jobs as durable workflows: orders of steps. A step is one transaction of ours, or something that may be done again.

A job has a workflow; its parts are workflows too, on one queue for all jobs, in turn: the first parts of each job first, so
that a short job does not wait for a long one.
"""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

import structlog
from dbos import DBOS, SetEnqueueOptions, SetWorkflowID, WorkflowHandle

from api.jobs.retry import retry_while_away
from api.service import Service
from api.services import exports
from api.services.regrading import steps
from api.services.regrading.disagreement import fail
from api.store import BatchPhase

T = TypeVar("T")
JOBS, PARTS = "jobs", "parts"
"""The queues."""
log = structlog.get_logger("api.jobs")


class Bench:
    """The service that the workflows of this process work for. They can't be given it: what they are given is stored."""

    def __init__(self) -> None:
        self._service: Service | None = None
        self.turn = Lock()
        """One part is computed at a time; the next one waits here instead of in the queue."""

    @property
    def service(self) -> Service:
        """The service; raises RuntimeError when no worker has put one here."""
        if self._service is None:
            raise RuntimeError("jobs run in workers; this process is none")
        return self._service

    @service.setter
    def service(self, service: Service) -> None:
        self._service = service


bench = Bench()


def batch_job_name(batch_id: UUID, run: int) -> str:
    """The name of a batch's job; it has another one after it was held or begun anew."""
    return f"batch/{batch_id}/{run}"


def export_job_name(export_id: UUID, run: int) -> str:
    """The name of an export's job."""
    return f"export/{export_id}/{run}"


@DBOS.workflow(max_recovery_attempts=None)
def batch_job(batch_id: str, run: int) -> None:
    """Everything that is to be computed of a batch, until it is held, over, or may be published."""
    try:
        _step("begin", steps.begin, batch_id)
        for phase in BatchPhase:
            numbers = _step(f"to do of {phase}", steps.to_do, batch_id, phase)
            calls = [
                (f"{batch_job_name(UUID(batch_id), run)}/{phase}/{n}", (batch_id, phase.value, n)) for n in numbers
            ]
            _in_parts(batch_part, calls)
            _step(f"close {phase}", steps.close, batch_id, phase)
    except Exception as error:
        log.exception("batch failed", batch=batch_id)
        _step("fail", fail, batch_id, "批次无法继续，请联系管理员。", f"{type(error).__name__}: {error}")


@DBOS.workflow(max_recovery_attempts=None)
def batch_part(batch_id: str, phase: str, number: int) -> bool:
    """A chunk of a batch."""
    return _step("do", steps.do, batch_id, BatchPhase(phase), number, computes=True)


@DBOS.workflow(max_recovery_attempts=None)
def export_job(export_id: str, run: int) -> None:
    """An archive of reports."""
    try:
        parameters = _step("begin", exports.begin, export_id)
        step = exports.REPORTS_AT_ONCE
        calls = [
            (f"{export_job_name(UUID(export_id), run)}/{first}", (export_id, first, min(first + step, parameters)))
            for first in range(0, parameters, step)
        ]
        _in_parts(export_part, calls)
        _step("finish", exports.finish, export_id)
    except Exception as error:
        log.exception("export failed", export=export_id)
        _step("fail", exports.fail, export_id, f"{type(error).__name__}: {error}")


@DBOS.workflow(max_recovery_attempts=None)
def export_part(export_id: str, first: int, end: int) -> None:
    """Some reports of an archive."""
    for position in range(first, end):
        _step(f"report {position}", exports.make_report, export_id, position, computes=True)


def _in_parts(flow: Callable[..., T], calls: Sequence[tuple[str, tuple[Any, ...]]]) -> None:
    """Have parts done by whoever has time, each under its name, and wait for all; raises what one of them raises."""
    handles: list[WorkflowHandle[T]] = []
    for place, (name, arguments) in enumerate(calls, start=1):
        with SetWorkflowID(name), SetEnqueueOptions(priority=place):
            handles.append(DBOS.enqueue_workflow(PARTS, flow, *arguments))
    for handle in handles:
        handle.get_result()


def _step(name: str, function: Callable[..., T], subject: str, *arguments: Any, computes: bool = False) -> T:
    """A step about a batch or an export, whose result is kept; one that computes waits for its turn in this process."""

    def done() -> T:
        if not computes:
            return retry_while_away(function, bench.service, UUID(subject), *arguments)
        with bench.turn:
            return retry_while_away(function, bench.service, UUID(subject), *arguments)

    return DBOS.run_step({"name": name}, done)

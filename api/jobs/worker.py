"""A worker: a process that says it is alive, begins the jobs that are wanted, and sees to what dead workers left."""

import os
import secrets
import socket
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from threading import Event, Thread
from typing import Any
from uuid import UUID

import structlog
from dbos import DBOS, SetWorkflowID
from sqlalchemy import delete, select, update

from api.jobs import runtime
from api.jobs.flows import JOBS, batch_job, batch_job_name, export_job, export_job_name
from api.jobs.retry import retry_while_away
from api.service import Service
from api.services import forecasts
from api.services.campaigns.snapshots import take_due
from api.services.campaigns.ways import work_out_until
from api.services.editions.preparation import prepare_until
from api.services.exports import AT_WORK
from api.services.notices import NoticeMaker
from api.services.notices.mail import mail_until
from api.services.regrading.states import WORKING
from api.services.webhooks.send import deliver_until
from api.store import Batch, Export, ExportKind, Worker
from api.store.base import now

BEAT_SECONDS = 1.0
GONE_AFTER = timedelta(seconds=15)
"""A worker that was not heard of for so long is taken for dead; if it isn't, what it does is done twice, to the same end."""
RETENTION = timedelta(days=1)
"""The time for which records of finished jobs stay."""
TIDY_BEATS = 3600
SNAPSHOT_BEATS = 60
NOTICE_BEATS = 30
OVER = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
NICENESS = 15
"""The niceness of a worker beside the processes that answer people."""
log = structlog.get_logger("api.jobs")


def run(service: Service, stop: Event) -> None:
    """Work until told to stop; then what is half done is left to others: the process must end at once."""
    host = socket.gethostname()
    me = Worker(id=f"{host[:60]}-{os.getpid()}-{secrets.token_hex(4)}", host=host, pid=os.getpid())
    retry_while_away(_enter, service, me)
    retry_while_away(runtime.launch, service, me.id)
    log.info("worker at work", worker=me.id)
    seen: set[str] = set()
    notices = NoticeMaker(service)
    if service.settings.smtp_host is not None:
        # A mail server that hangs must not make the worker look dead.
        Thread(target=mail_until, args=(service, stop), name="mail", daemon=True).start()
    # So may a system that is told of events.
    Thread(target=deliver_until, args=(service, stop), name="webhooks", daemon=True).start()
    # One plant takes seconds: the worker must go on saying that it is alive.
    Thread(target=work_out_until, args=(service, stop), name="ways", daemon=True).start()
    Thread(target=forecasts.work_out_until, args=(service, stop), name="forecasts", daemon=True).start()
    # A proof takes seconds, too.
    Thread(target=prepare_until, args=(service, stop), name="editions", daemon=True).start()
    for beat in count():
        retry_while_away(_beat, service, me)
        retry_while_away(take_over, service)
        retry_while_away(begin_what_is_wanted, service, seen)
        if beat % SNAPSHOT_BEATS == 0 and (taken := retry_while_away(take_due, service)):
            log.info("snapshots taken", number=taken)
        if beat % NOTICE_BEATS == 0 and (made := retry_while_away(notices.make_due)):
            log.info("notices made", number=made)
        if beat % TIDY_BEATS == 0:
            forget_records()
        if stop.wait(BEAT_SECONDS):
            break
    # DBOS would wait for what is being done; it is left as it is, as if this process had died.
    retry_while_away(_depart, service, me)
    log.info("worker gone", worker=me.id)


def begin_what_is_wanted(service: Service, seen: set[str]) -> None:
    """Begin a job for each batch and export that has none; `seen` are the names of those that this process knows of.

    A job that is over although its subject isn't (its records are older than the database, or newer) is begun again.
    """
    with service.database.reading() as db:
        batches = db.execute(select(Batch.id, Batch.run).where(Batch.state.in_(WORKING), ~Batch.paused)).all()
        at_work = Export.state.in_(AT_WORK), Export.kind == ExportKind.REPORTS
        archives = db.execute(select(Export.id, Export.run).where(*at_work)).all()
    for batch_id, number in batches:
        _begin(service, seen, Batch, batch_job_name(batch_id, number), batch_job, batch_id, number)
    for export_id, number in archives:
        _begin(service, seen, Export, export_job_name(export_id, number), export_job, export_id, number)


def take_over(service: Service) -> None:
    """Give what dead workers had begun back to the queues."""
    with service.database.reading() as db:
        dead = [worker.id for worker in db.scalars(select(Worker)) if _is_dead(worker)]
    for worker_id in dead:
        log.warning("taking over", worker=worker_id)
        # What DBOS's own recovery service calls; there is no other way to name an executor that will not come back.
        DBOS._recover_pending_workflows([worker_id])
        with service.database.writing() as db:
            db.execute(delete(Worker).where(Worker.id == worker_id))


def forget_records() -> None:
    """Remove the records of jobs that have been over for a day; what they were about stays."""
    before = (now() - RETENTION).isoformat()
    while old := DBOS.list_workflows(
        status=list(OVER), completed_before=before, limit=1000, load_input=False, load_output=False
    ):
        DBOS.delete_workflows([record.workflow_id for record in old])


def _begin(
    service: Service,
    seen: set[str],
    model: type[Batch] | type[Export],
    name: str,
    flow: Callable[[str, int], None],
    subject: UUID,
    number: int,
) -> None:
    status = DBOS.get_workflow_status(name) if name in seen else None
    if status is not None and status.status in OVER:
        with service.database.writing() as db:
            there: Any = model
            again: Any = db.scalar(select(model).where(there.id == subject, there.run == number).with_for_update())
            if again is not None:
                again.run = number + 1
        return
    if name not in seen:
        seen.add(name)
        with SetWorkflowID(name):
            DBOS.enqueue_workflow(JOBS, flow, str(subject), number)


def _is_dead(worker: Worker) -> bool:
    if now() - worker.seen_at > GONE_AFTER:
        return True
    return worker.host == socket.gethostname() and not _is_there(worker.pid)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _enter(service: Service, me: Worker) -> None:
    with service.database.writing() as db:
        db.add(Worker(id=me.id, host=me.host, pid=me.pid))


def _beat(service: Service, me: Worker) -> None:
    with service.database.writing() as db:
        alive = db.get(Worker, me.id)
        if alive is None:
            # Taken for dead by the others: it never was, or it slept.
            db.add(Worker(id=me.id, host=me.host, pid=me.pid))
        else:
            alive.seen_at = now()


def _depart(service: Service, me: Worker) -> None:
    """Say so: the others need not wait until they miss this one."""
    with service.database.writing() as db:
        db.execute(update(Worker).where(Worker.id == me.id).values(seen_at=now() - 2 * GONE_AFTER))

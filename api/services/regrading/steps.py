"""Steps of a batch, which may be done again at any time: the jobs do them in order, the tests too."""

from collections.abc import Iterator
from uuid import UUID

from api.service import Service
from api.services.regrading.columns_pass import assess
from api.services.regrading.engine_pass import close_conclusion, close_first_pass, conclude, open_chunks
from api.services.regrading.restart import restart
from api.services.regrading.selection import make_selection
from api.services.regrading.states import WORKING
from api.store import Batch, BatchPhase


def begin(service: Service, batch_id: UUID) -> None:
    """Select what the batch is about, unless that is done; go back to the first pass if another revision left it half done."""
    with service.database.writing() as db:
        batch = db.get_one(Batch, batch_id, with_for_update=True)
        if not batch.paused:
            restart(db, batch)
            make_selection(db, batch, service.settings.batch_chunk)


def to_do(service: Service, batch_id: UUID, phase: BatchPhase) -> list[int]:
    """The chunks of a phase that are left; none when the batch is held or over."""
    with service.database.reading() as db:
        batch = db.get_one(Batch, batch_id)
        return open_chunks(db, batch_id, phase) if batch.state in WORKING and not batch.paused else []


def do(service: Service, batch_id: UUID, phase: BatchPhase, number: int) -> bool:
    """Do a chunk; False when the batch is held or over."""
    return assess(service, batch_id, number) if phase is BatchPhase.COLUMNS else conclude(service, batch_id, number)


def close(service: Service, batch_id: UUID, phase: BatchPhase) -> None:
    """Go over to what comes after a phase, if everything of it is done."""
    with service.database.writing() as db:
        batch = db.get_one(Batch, batch_id, with_for_update=True)
        restart(db, batch)
        if phase is BatchPhase.COLUMNS:
            close_first_pass(db, batch, service.settings.engine_chunk)
        else:
            close_conclusion(db, batch)


def work_off(service: Service, batch_id: UUID) -> Iterator[tuple[BatchPhase, int]]:
    """Do everything here and now, one chunk after another; tells each before it is done."""
    begin(service, batch_id)
    for phase in BatchPhase:
        for number in to_do(service, batch_id, phase):
            yield phase, number
            do(service, batch_id, phase, number)
        close(service, batch_id, phase)

"""Makes the databases of earlier revisions that `test_earlier_revisions.py` upgrades.

Run it on the code of a revision before that revision is changed, and add the archive to the repository:

    python -m tests.api.earlier.furnish tests/api/earlier/r2.zip

For a revision that is already past, check it out beside and run this file with it:

    git worktree add /tmp/past COMMIT
    PYTHONPATH=/tmp/past python tests/api/earlier/furnish.py tests/api/earlier/NAME.zip

The archive holds `service.db` and the folder of evidence. It is never made again: what it holds can't be made any more.
"""

import json
import sqlite3
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from api.service import make_service
from api.services import workflow
from api.services.draft_rulesets import upload
from api.services.regrading.lifecycle import Selection, order
from api.services.regrading.publication import publish as publish_batch
from api.services.regrading.steps import work_off
from api.settings import Settings
from api.store import Batch
from api.store.migrate import migrate
from grading.model.base import Mode
from tests.api.plants import TIGHTER
from tests.api.world import FOUNDRY, TYRE, World, content, furnish, people_it

KEY = SecretStr("0123456789abcdef0123456789abcdef")


def main(archive: Path) -> None:
    """Furnish a world, let everything that makes gradings happen in it, and pack it."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "service.db"
        service = make_service(
            Settings(database_url=SecretStr(f"sqlite:///{database}"), data=folder, secret_key=KEY, engine_chunk=1)
        )
        migrate(service.database)
        world = people_it(service)
        furnish(world)
        _audits(world)
        _batches(world)
        service.close()
        connection = sqlite3.connect(database)
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("VACUUM")
        connection.close()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_LZMA) as packed:
            for file in [database, *sorted((folder / "evidence").rglob("*"))]:
                if file.is_file():
                    packed.write(file, file.relative_to(folder))


def _audits(world: World) -> None:
    """An audit in each state that a grading is made on the way to, and one graded in trial mode as well."""
    submitted = _submitted(world, assessed_on="2024-02-01")
    world.do("wang", workflow.regrade, submitted, Mode.TRIAL)
    world.do("li", workflow.confirm, _submitted(world, assessed_on="2024-03-01"))
    world.do("li", workflow.send_back, _submitted(world, assessed_on="2024-04-01"), "请补充照片。")


def _batches(world: World) -> None:
    """A batch that was published, one that may be, and one that is only half concluded, over audits of one and two units."""
    with world.at("city") as context:
        draft = upload(context, TIGHTER.encode())
    _published(world, assessed_on="2024-05-01")
    world.do("province", publish_batch, _batch(world, draft.id, "收紧人员要求：公布"))
    _published(world, assessed_on="2024-06-01")
    _batch(world, draft.id, "收紧人员要求：算完")
    _batch(world, draft.id, "收紧人员要求：算到一半", steps=1)


def _text(**changes: Any) -> str:
    """The tyre works with part-time staff, and a foundry beside the tyres."""
    said = json.loads(content(TYRE, **changes))
    said["enterprise"]["facts"]["env_staff"] = "part_time"
    said["units"].append(json.loads(content(FOUNDRY))["units"][0])
    return json.dumps(said, ensure_ascii=False)


def _submitted(world: World, **changes: Any) -> UUID:
    audit = world.do("wang", workflow.create_audit, world.tyre, _text(**changes))
    world.do("wang", workflow.submit, audit.id)
    return audit.id


def _published(world: World, **changes: Any) -> UUID:
    audit_id = _submitted(world, **changes)
    world.do("li", workflow.confirm, audit_id)
    world.do("city", workflow.publish, audit_id)
    return audit_id


def _batch(world: World, draft_id: UUID, name: str, steps: int | None = None) -> UUID:
    """A batch over what is in force, worked off or left after so many steps."""
    with world.at("city") as context:
        batch: Batch = order(context, name, Selection(), draft_id=draft_id)
    for number, _ in enumerate(work_off(world.service, batch.id)):
        if number == steps:
            break
    return batch.id


if __name__ == "__main__":
    main(Path(sys.argv[1]))

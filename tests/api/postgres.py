"""A PostgreSQL server of the tests' own: made in a temporary folder, reached by a socket in it, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "jit": "off",
}
"""Nothing of a database outlives the tests, and each is too small and too short-lived to be looked after. What is committed is
written at once, since tests kill the server: with `synchronous_commit` off it would lose what it has called done.
"""


def programs() -> Path:
    """The folder of PostgreSQL's programs; raises RuntimeError when it isn't installed."""
    for folder in sorted(DEBIAN.glob("*/bin"), key=lambda found: float(found.parent.name), reverse=True):
        if (folder / "initdb").is_file():
            return folder
    found = shutil.which("initdb")
    if found is None:
        raise RuntimeError("PostgreSQL is needed for these tests: apt-get install postgresql")
    return Path(found).resolve().parent


@dataclass(frozen=True)
class Server:
    """A running server; `url` is that of its databases, with `{name}` for the name."""

    folder: Path
    as_user: str | None

    @property
    def url(self) -> str:
        """The URL of a database."""
        return f"postgresql+psycopg://grading@/{{name}}?host={self.folder}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        options += f" -c listen_addresses='' -c unix_socket_directories='{self.folder}'"
        log = str(self.folder / "log")
        _run(self.as_user, "pg_ctl", "-D", str(self.folder / "data"), "-l", log, "-o", options, "-w", "-s", "start")

    def kill(self) -> None:
        """Stop it as a power cut does: what was not committed is lost."""
        _run(self.as_user, "pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "-s", "stop")


@contextmanager
def server() -> Iterator[Server]:
    """A running server."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    made = Server(folder, _as_user())
    try:
        if made.as_user:
            account = pwd.getpwnam(made.as_user)
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = str(folder / "data")
        arguments = ["-U", "grading", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
        _run(made.as_user, "initdb", "-D", data, *arguments)
        made.start()
        try:
            yield made
        finally:
            made.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_user() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as somebody who may do nothing."""
    if os.geteuid() != 0:
        return None
    names = {account.pw_name for account in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(as_user: str | None, program: str, *arguments: str) -> None:
    account = pwd.getpwnam(as_user) if as_user else None
    done = subprocess.run(
        [str(programs() / program), *arguments],
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
        stderr=subprocess.STDOUT if program == "initdb" else subprocess.DEVNULL,
        check=False,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stdout}")

"""A PostgreSQL server of the tests' own: made in a temporary folder, reached by a socket in it, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")
SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "60"}


def programs() -> Path:
    """The folder of PostgreSQL's programs; raises RuntimeError when it isn't installed."""
    for folder in sorted(DEBIAN.glob("*/bin"), key=lambda found: float(found.parent.name), reverse=True):
        if (folder / "initdb").is_file():
            return folder
    found = shutil.which("initdb")
    if found is None:
        raise RuntimeError("PostgreSQL is needed for these tests: apt-get install postgresql")
    return Path(found).resolve().parent


@contextmanager
def server() -> Iterator[str]:
    """A running server; gives the URL of its databases, with `{name}` for the name."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    as_user = _as_user()
    try:
        if as_user:
            account = pwd.getpwnam(as_user)
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = folder / "data"
        _run(
            as_user, "initdb", "-D", str(data), "-U", "grading", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"
        )
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        options += f" -c listen_addresses='' -c unix_socket_directories='{folder}'"
        log = str(folder / "log")
        _run(as_user, "pg_ctl", "-D", str(data), "-l", log, "-o", options, "-w", "-s", "start")
        try:
            yield f"postgresql+psycopg://grading@/{{name}}?host={folder}"
        finally:
            _run(as_user, "pg_ctl", "-D", str(data), "-m", "immediate", "-s", "stop")
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

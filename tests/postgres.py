"""A real PostgreSQL for the tests, on a folder of its own.

It refuses to run as root, so root starts it as its service user, ``postgres``.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy.engine import URL, make_url

from tests.serving import free_port

SERVICE_USER = "postgres"
STARTS_WITHIN_S = 600


class PostgresServer:
    """A running server: `url` is that of its first, empty database."""

    def __init__(self, url: URL):
        self.url = url

    def create(self, template: str = "template1") -> URL:
        """Make a database and say where it is."""
        name = f"test_{uuid4().hex}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url.set(database=name)

    def drop(self, url: URL) -> None:
        """Remove a database, whoever is connected."""
        self._run(f'DROP DATABASE "{url.database}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start a server and end it afterwards.

    Raises
    ------
    RuntimeError
        If PostgreSQL is not installed, or does not start; the message is what it printed.
    """
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    user = SERVICE_USER if os.geteuid() == 0 else None
    if user:
        owner = pwd.getpwnam(user)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    port = free_port()

    def call(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        done = subprocess.run(command, cwd=folder, user=user, capture_output=True, text=True, check=False)
        if done.returncode:
            log = folder / "log.txt"
            raise RuntimeError(done.stdout + done.stderr + (log.read_text() if log.exists() else ""))

    call("initdb", "--username=tests", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
    call("pg_ctl", "start", "-w", "-t", str(STARTS_WITHIN_S), "-l", str(folder / "log.txt"), "-o", settings)
    try:
        yield PostgresServer(make_url(f"postgresql+psycopg://tests@127.0.0.1:{port}/postgres"))
    finally:
        call("pg_ctl", "stop", "-w", "-m", "immediate")
        shutil.rmtree(folder)


def _programs() -> Path:
    """Folder of PostgreSQL's programs, the newest version's where there are several."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise RuntimeError("PostgreSQL is missing: install Debian's package postgresql.")
    return versions[-1].parent

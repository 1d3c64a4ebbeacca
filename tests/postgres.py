"""A PostgreSQL server for a test: in a folder of its own, and gone with it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
import os
from pathlib import Path
import pwd
import shutil
import subprocess
from tempfile import mkdtemp
import time
from typing import Final

import psycopg2
import pytest

# Where Debian keeps what no PATH leads to; each release has a folder of its own.
FOLDER: Final = Path("/usr/lib/postgresql")

USER: Final = "house"
PATIENCE: Final = 30.0  # seconds that it gets to start, or to stop

# It is gone after the test, whatever happens: nothing has to survive a power cut.
SETTINGS: Final = (
    *("-c", "listen_addresses="),
    *("-c", "fsync=off", "-c", "full_page_writes=off"),
    *("-c", "shared_buffers=16MB", "-c", "jit=off"),
)

# Errors are told in English, and text is sorted the same on any machine.
INITIALISE: Final = (
    *("--username", USER, "--auth", "trust", "--no-sync"),
    *("--encoding", "UTF8", "--no-locale", "--no-instructions"),
)


def find(name: str) -> Path:
    """Return one of PostgreSQL's programs."""
    by_release = sorted(
        FOLDER.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3])
    )
    found = by_release[-1] if by_release else shutil.which(name)
    if found is None:
        pytest.fail(
            "PostgreSQL is missing, on which this runs too: scripts/test installs it "
            "where it may (apt-get install postgresql)",
            pytrace=False,
        )
    return Path(found)


class Postgres:
    """The server while it runs. Only this machine's programs reach it."""

    def __init__(self, folder: Path) -> None:
        """Say where it lives: a short path, of which its socket's name is a part."""
        self._folder = folder
        self._databases = 0

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Postgres]:
        """Start one, and stop it in the end."""
        # Not in a folder of pytest's, which nobody else may enter: see `_as_user`.
        folder = Path(mkdtemp(prefix="postgres-"))
        try:
            if os.geteuid() == 0:
                shutil.chown(folder, _other_user())
            data = folder / "data"
            subprocess.run(
                [*_as_user(), find("initdb"), "--pgdata", data, *INITIALISE],
                cwd=folder,
                capture_output=True,
                check=True,
            )
            with (folder / "log").open("wb") as log:
                process = subprocess.Popen(
                    # It ends with who has started it, however that ends.
                    [
                        *(*_as_user(), "setpriv", "--pdeathsig", "INT"),
                        *(find("postgres"), "-D", data, "-k", folder, *SETTINGS),
                    ],
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            try:
                server = cls(folder)
                server._wait(process)
                yield server
            finally:
                # SIGINT is PostgreSQL's own "fast": those who are connected are sent
                # away.
                process.send_signal(2)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(PATIENCE)
                process.kill()
                process.wait(PATIENCE)
        finally:
            shutil.rmtree(folder)

    def database(self) -> str:
        """Make an empty database; return the address of it for Home Assistant."""
        self._databases += 1
        name = f"house{self._databases}"
        with closing(self._connect()) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"CREATE DATABASE {name}")
        return f"postgresql:///{name}?user={USER}&host={self._folder}"

    def _connect(self) -> psycopg2.extensions.connection:
        return psycopg2.connect(host=str(self._folder), user=USER, dbname="postgres")

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        """Return when it takes connections."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self._connect().close()
            except psycopg2.OperationalError:
                if process.poll() is not None or time.monotonic() > deadline:
                    log = (self._folder / "log").read_text(errors="replace")
                    pytest.fail(f"PostgreSQL does not start:\n{log}", pytrace=False)
                time.sleep(0.05)
            else:
                return


def _other_user() -> str:
    """Return who runs it where these tests are run by root, as whom it refuses to."""
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as_user() -> list[str]:
    """Return what a command begins with."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam(_other_user())
    ids = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    return ["setpriv", *ids]

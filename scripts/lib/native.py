"""The host board: the boards' library and a sketch, as a program on this machine."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, flock
import hashlib
import os
from pathlib import Path
import re
import shutil
import subprocess
from tempfile import TemporaryDirectory
from typing import Final, Self

from .home_assistant import ROOT

FIRMWARE: Final = ROOT / "firmware"
LIBRARY: Final = FIRMWARE / "src" / "sensorboard"
HOST: Final = FIRMWARE / "host"
TESTS: Final = FIRMWARE / "tests"

COMPILER: Final = "g++"
OPTIONS: Final = (
    *("-std=c++11", "-fno-exceptions", "-fno-rtti", "-g", "-O1"),
    # As the core of a real board does it, and with the room that an ESP32 has.
    *("-DARDUINO=10819", "-DSENSORBOARD_BACKLOG=32768"),
    *(f"-I{folder}" for folder in (LIBRARY.parent, HOST, TESTS, TESTS / "stubs")),
    *("-include", "HostWiFi.h"),
)

# For tests: it ends with a complaint if it does harm.
STRICT: Final = (
    *("-Wall", "-Wextra", "-Wshadow", "-Werror"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
)

PAUSE: Final = 2.0  # seconds that the program gets to end by itself


class BuildError(Exception):
    """The program could not be made; `advice` says what to do."""

    def __init__(self, problem: str, advice: str) -> None:
        """Keep both."""
        super().__init__(problem)
        self.advice = advice


def _units() -> list[Path]:
    """Return the sources that are compiled by themselves."""
    return sorted(
        [
            *LIBRARY.glob("*.cpp"),
            *LIBRARY.glob("networks/*.cpp"),
            *HOST.glob("*.cpp"),
            TESTS / "PosixClient.cpp",
            TESTS / "stubs" / "Print.cpp",
            TESTS / "stubs" / "RealClock.cpp",
        ]
    )


def _run(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        errors = [line for line in result.stderr.splitlines() if "error" in line]
        raise BuildError(
            "\n".join(["The host board does not compile:", *errors[:5]]),
            "If you have not changed anything in firmware/, please report it.",
        )


def build(to: Path, *options: str) -> Path:
    """Compile the program to a file; raise BuildError if that fails."""
    if shutil.which(COMPILER) is None:
        raise BuildError(
            f"There is no {COMPILER}, which compiles the boards' library.",
            "Install a compiler for C++: on Debian and Ubuntu, apt-get install g++",
        )
    with TemporaryDirectory() as folder:
        objects = [Path(folder) / f"{n}.o" for n, _ in enumerate(_units())]
        jobs = [
            [COMPILER, *OPTIONS, *options, "-c", str(unit), "-o", str(made)]
            for unit, made in zip(_units(), objects, strict=True)
        ]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(_run, jobs))
        _run([COMPILER, *options, *map(str, objects), "-o", str(to)])
    return to


def _fingerprint(options: tuple[str, ...]) -> str:
    """Return what changes with anything that the program is made of."""
    digest = hashlib.sha256(repr((OPTIONS, options, os.uname().machine)).encode())
    for folder in (LIBRARY.parent, HOST, TESTS / "stubs", TESTS):
        deep = "*" if folder == TESTS else "**/*"
        for path in sorted(folder.glob(f"{deep}.[chi]*")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep others out of a folder, who wait until it is free."""
    number = os.open(folder, os.O_RDONLY)
    try:
        flock(number, LOCK_EX)
        yield
    finally:
        os.close(number)


def program(
    *options: str, say: Callable[[str], None] = lambda text: None, kind: str = "plain"
) -> Path:
    """Return the program, compiled only if something has changed since the last time.

    There is one of each kind. Raises BuildError.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(cache) / "arduino_sensor" / "native"
    wanted = folder / f"{kind}-{_fingerprint(options)}"
    if wanted.exists():
        return wanted
    say("Compiling the boards' library for this machine")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            # Another start may have made it meanwhile.
            if not wanted.exists():
                with TemporaryDirectory(dir=folder) as work:
                    build(Path(work) / "program", *options).replace(wanted)
    except OSError as err:
        raise BuildError(
            f"The cache folder {folder} cannot be used: {err.strerror}.",
            "Set XDG_CACHE_HOME to a folder that can be written to, then start again.",
        ) from err
    for older in folder.glob(f"{kind}-*"):
        if older != wanted:
            older.unlink(missing_ok=True)
    return wanted


def strict_program() -> Path:
    """Return the program for tests."""
    return program(*STRICT, kind="strict")


class HostBoard:
    """The program while it runs: the pins of its board, and what it prints."""

    def __init__(
        self,
        program: Path,
        *,
        on_line: Callable[[str], None] = lambda line: None,
        environment: Mapping[str, str] | None = None,
        **settings: str | int | Path | None,
    ) -> None:
        """Take what it is to know: id, name, key_file, host, port, path, and so on.

        Those are the settings that `firmware/host` asks for, in small letters. None is
        as if it was not there. `bench` has lines as for `tell`, of what is at its pins
        at the start. `environment` is what the program has besides this one's.
        """
        self.lines: list[str] = []
        self._program = program
        self._on_line = on_line
        self._settings = {**(environment or {})} | {
            f"SENSORBOARD_{name.upper()}": str(value)
            for name, value in settings.items()
            if value is not None
        }
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Self:
        """Give it power."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take it away."""
        await self.stop()

    async def start(self) -> None:
        """Start the program."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("SENSORBOARD_")
        }
        self._process = await asyncio.create_subprocess_exec(
            self._program,
            stdin=PIPE,
            stdout=PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=kept | self._settings,
            # Ctrl-C reaches only the parent, which stops things in their order.
            start_new_session=True,
        )
        self._reader = asyncio.create_task(self._read(self._process))

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            async with self._news:
                self.lines.append(line.decode(errors="replace").rstrip("\r\n"))
                self._news.notify_all()
            self._on_line(self.lines[-1])

    def tell(self, *lines: str) -> None:
        """Have something happen on its bench."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write("".join(f"{line}\n" for line in lines).encode())

    async def wait(self) -> int:
        """Return the program's exit code, when it has ended."""
        assert self._process is not None and self._reader is not None
        code = await self._process.wait()
        await self._reader
        return code

    async def stop(self) -> int:
        """End the program, and return its exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            with suppress(OSError, RuntimeError):
                self.tell("quit")
            try:
                async with asyncio.timeout(PAUSE):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
        return await self.wait()

    async def prints(
        self, pattern: str, *, since: int = 0, timeout: float = 20
    ) -> re.Match[str]:
        """Return where a line has the pattern, as soon as there is one."""
        try:
            async with asyncio.timeout(timeout), self._news:
                while True:
                    for line in self.lines[since:]:
                        if found := re.search(pattern, line):
                            return found
                    since = len(self.lines)
                    await self._news.wait()
        except TimeoutError:
            last = "\n".join(self.lines[-20:])
            raise TimeoutError(f"It does not print {pattern!r}, but:\n{last}") from None

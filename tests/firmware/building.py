"""What the tests compile: everything once, also when several processes test."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from fcntl import LOCK_EX, flock
import hashlib
import os
from pathlib import Path
import shutil
import subprocess
from typing import Final

import pytest

from .examples import LIBRARY

SOURCES: Final = LIBRARY / "src"
PROGRAMS: Final = LIBRARY / "tests"
STUBS: Final = PROGRAMS / "stubs"

type Command = Sequence[str | Path]

# As the boards' compilers have it. Not optimized: what that takes is more than it saves
# when the programs run.
LANGUAGE: Final = ("-std=c++11", "-fno-exceptions", "-fno-rtti")
WARNINGS: Final = ("-Wall", "-Wextra", "-Wshadow", "-Werror")
STRICT: Final = (*WARNINGS, "-Wconversion")
COMPILE: Final = ("g++", *LANGUAGE, *STRICT)
# A program ends with a complaint if it does harm.
SANITIZE: Final = ("-g1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
INCLUDE: Final = tuple(f"-I{folder}" for folder in (SOURCES, PROGRAMS, STUBS))
CHECKED: Final = (*COMPILE, *SANITIZE, *INCLUDE)

# Of what a message says, the beginning and the end; there can be thousands of lines.
SHOWN: Final = 4000


def run(*command: str | Path, timeout: float = 300, cwd: Path | None = None) -> str:
    """Run a compiler or a program, and return what it says. Fail with that."""
    name = Path(command[0]).name
    try:
        ended = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            cwd=cwd,
            check=False,
        )
    except FileNotFoundError:
        pytest.fail(f"{name} is missing: scripts/test installs it", pytrace=False)
    if ended.returncode != 0:
        text = ended.stdout
        if len(text) > 2 * SHOWN:
            text = f"{text[:SHOWN]}\n[…]\n{text[-SHOWN:]}"
        pytest.fail(f"{name} ended with {ended.returncode}:\n{text}", pytrace=False)
    return ended.stdout


def run_all(commands: Iterable[Command]) -> None:
    """Run compilers, as many at a time as there are processors."""
    at_once(lambda command: run(*command), commands)


def at_once[In, Out](do: Callable[[In], Out], things: Iterable[In]) -> list[Out]:
    """Do something with each, with as many at a time as there are processors."""
    with ThreadPoolExecutor(os.process_cpu_count()) as pool:
        return [*pool.map(do, things)]


class Workshop:
    """Where things are made, of which each is made once."""

    def __init__(self, folder: Path) -> None:
        """Keep them in a folder, which other processes can have as well."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def make(self, name: str, *command: str | Path) -> Path:
        """Return a file of this name, which the command makes in its working folder.

        The command says all that it depends on, as sources do not change meanwhile.
        """
        return self._once(
            (name, *map(str, command)), name, lambda folder: run(*command, cwd=folder)
        )

    def write(self, name: str, text: str) -> Path:
        """Return a file of this name with this text."""
        return self._once(
            (name, text),
            name,
            lambda folder: (folder / name).write_text(text, encoding="utf-8"),
        )

    def objects(self, compiler: Command, sources: Iterable[Path]) -> list[Path]:
        """Compile sources."""

        def compile_one(source: Path) -> Path:
            name = f"{source.name}.o"
            return self.make(name, *compiler, "-c", source, "-o", name)

        return at_once(compile_one, sources)

    def archive(self, objects: Iterable[Path], archiver: str = "ar") -> Path:
        """Return an archive: a linker takes from it what a program needs."""
        return self.make("all.a", archiver, "qcs", "all.a", *objects)

    def library(self, compiler: Command) -> Path:
        """Return an archive of the boards' library."""
        return self.archive(self.objects(compiler, sources(SOURCES)))

    def program(self, compiler: Command, *parts: str, more: Command = ()) -> Path:
        """Return a program of parts that are in the tests' folder, and the library.

        The parts are compiled with some options more.
        """
        found = [PROGRAMS / f"{part}.cpp" for part in parts]
        objects = self.objects((*compiler, *more), found)
        return self.link(parts[-1], compiler, *objects, self.library(compiler))

    def link(self, name: str, compiler: Command, *objects: Path) -> Path:
        """Return a program of objects and archives."""
        return self.make(name, *compiler, *objects, "-o", name)

    def _once(
        self, what: tuple[str, ...], name: str, make: Callable[[Path], object]
    ) -> Path:
        folder = self._folder / hashlib.sha256(repr(what).encode()).hexdigest()[:20]
        # Others who want it wait until it is there, or nobody makes it any more.
        with folder.with_suffix(".lock").open("w") as lock:
            flock(lock, LOCK_EX)
            if not folder.exists():
                new = folder.with_suffix(".new")
                shutil.rmtree(new, ignore_errors=True)
                new.mkdir()
                make(new)
                new.rename(folder)
        return folder / name


def sources(folder: Path, *suffixes: str) -> list[Path]:
    """Return the sources in a folder, and in those in it."""
    wanted = suffixes or (".cpp",)
    return sorted(path for path in folder.rglob("*") if path.suffix in wanted)

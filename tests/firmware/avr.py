"""Sketches for AVR boards, compiled as the Arduino IDE does it.

With Debian's compiler and Arduino core. The core is compiled once for each chip; the
library and the sketch get all warnings, as errors, which the IDE does not ask for.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
import os
from pathlib import Path
import re
import subprocess
from typing import Final

import pytest

from .examples import LIBRARIES, ROOT

LIBRARY: Final = ROOT / "firmware" / "src"
ARDUINO: Final = Path("/usr/share/arduino/hardware/arduino/avr")
PACKAGES: Final = "gcc-avr avr-libc arduino-core-avr"

SMALL: Final = (
    *("-Os", "-g", "-flto", "-ffunction-sections", "-fdata-sections"),
    # Debian's compiler is older than the core, and has that name from C++17 alone.
    "-DDECIMAL_DIG=__DECIMAL_DIG__",
)
C: Final = ("avr-gcc", "-c", *SMALL, "-std=gnu11", "-fno-fat-lto-objects")
CPP: Final = (
    *("avr-g++", "-c", *SMALL, "-std=gnu++11"),
    *("-fno-exceptions", "-fno-threadsafe-statics"),
)
WARNINGS: Final = ("-Wall", "-Wextra", "-Werror")


@dataclass(frozen=True)
class Board:
    """A board, as the IDE knows it; what a sketch can have of it."""

    name: str
    chip: str
    variant: str
    define: str
    flash: int
    ram: int


UNO: Final = Board("Uno", "atmega328p", "standard", "AVR_UNO", 32256, 2048)
MEGA: Final = Board("Mega 2560", "atmega2560", "mega", "AVR_MEGA2560", 253952, 8192)


@dataclass(frozen=True)
class Program:
    """A sketch that was compiled, and what it takes of the board."""

    elf: Path
    binary: Path
    flash: int
    ram: int  # without the stack


class CompileError(Exception):
    """It cannot be compiled; the message is the compiler's."""


class Avr:
    """The compiler for one board, with a folder to work in."""

    def __init__(self, folder: Path, board: Board) -> None:
        """Keep what is compiled in the folder."""
        self.board = board
        self._folder = folder / board.chip
        self._archives: dict[str, Path] = {}

    def build(self, sketch: Path, *defines: str) -> Program:
        """Compile a sketch, and link it with the library and the core.

        A sketch is an .ino, or the folder of one. `defines` are for it and the library.
        """
        if sketch.is_dir():
            sketch = sketch / f"{sketch.name}.ino"
        text = sketch.read_text(encoding="utf-8")
        folder = self._folder / "-".join((sketch.stem, *defines))
        folder.mkdir(parents=True, exist_ok=True)
        main = folder / f"{sketch.name}.cpp"
        # As the IDE does it, but for the prototypes.
        main.write_text(
            f'#include <Arduino.h>\n#line 1 "{sketch}"\n{text}', encoding="utf-8"
        )
        flags = (*WARNINGS, *(f"-D{define}" for define in defines))
        own = [main, *sketch.parent.glob("*.cpp")]
        objects = self._compile(own, folder, *flags, f"-I{LIBRARIES}")
        archives = [self._core()]
        if any(LIBRARY in used.parents for used in _used(objects)):
            archives.insert(0, self._library(*flags))
        objects += self._bundled(objects)
        elf = folder / f"{sketch.stem}.elf"
        binary = elf.with_suffix(".bin")
        _run(
            *("avr-gcc", *SMALL, "-fuse-linker-plugin", "-Wl,--gc-sections", "-w"),
            f"-mmcu={self.board.chip}",
            "-o",
            elf,
            *objects,
            *archives,
            "-lm",
        )
        _run("avr-objcopy", "-O", "binary", "-R", ".eeprom", elf, binary)
        program = Program(elf, binary, *_sizes(elf))
        if program.flash > self.board.flash or program.ram > self.board.ram:
            raise CompileError(f"{sketch.name} is too big for this board: {program}")
        return program

    def _core(self) -> Path:
        """Return the archive with Arduino's core."""
        core = ARDUINO / "cores" / "arduino"
        if not core.is_dir():
            _missing(core)
        return self._archive("core", _sources(core), "-w")

    def _library(self, *flags: str) -> Path:
        """Return the archive with the library.

        The linker takes from it what a sketch needs, as `dot_a_linkage` has it.
        """
        return self._archive("-".join(("library", *flags)), _sources(LIBRARY), *flags)

    def _archive(self, name: str, sources: Iterable[Path], *flags: str) -> Path:
        if name not in self._archives:
            folder = self._folder / name
            objects = self._compile(sources, folder, *flags)
            archive = folder / "all.a"
            _run("avr-gcc-ar", "rcs", archive, *objects)
            self._archives[name] = archive
        return self._archives[name]

    def _bundled(self, objects: Iterable[Path]) -> list[Path]:
        """Return the objects of those of the core's libraries that are used."""
        libraries = ARDUINO / "libraries"
        names = {
            used.relative_to(libraries).parts[0]
            for used in _used(objects)
            if libraries in used.parents
        }
        found: list[Path] = []
        for name in sorted(names):
            sources = _sources(libraries / name / "src")
            found += self._compile(sources, self._folder / name, "-w")
        return found

    def _compile(
        self, sources: Iterable[Path], folder: Path, *flags: str
    ) -> list[Path]:
        """Compile each source on its own."""
        folder.mkdir(parents=True, exist_ok=True)
        libraries = (ARDUINO / "libraries").glob("*/src")
        common = (
            f"-mmcu={self.board.chip}",
            "-DF_CPU=16000000L",
            "-DARDUINO=10819",
            *(f"-DARDUINO_{self.board.define}", "-DARDUINO_ARCH_AVR"),
            f"-I{LIBRARY}",
            f"-I{ARDUINO / 'cores' / 'arduino'}",
            f"-I{ARDUINO / 'variants' / self.board.variant}",
            *(f"-I{path}" for path in libraries),
            *flags,
        )

        def compile_one(source: Path) -> Path:
            name = str(source).replace("/", "_")
            target = folder / f"{name}.o"
            if source.suffix == ".S":
                command: tuple[str, ...] = ("avr-gcc", "-c", "-x", "assembler-with-cpp")
            else:
                command = CPP if source.suffix == ".cpp" else C
            used = ("-MMD", "-MF", target.with_suffix(".d"))
            _run(*command, *common, *used, source, "-o", target)
            return target

        with ThreadPoolExecutor(os.process_cpu_count()) as pool:
            return list(pool.map(compile_one, sources))


def _sources(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.suffix in (".c", ".cpp", ".S")
    )


def _used(objects: Iterable[Path]) -> set[Path]:
    """Return the files that these were compiled from."""
    return {
        Path(word)
        for file in objects
        for word in file.with_suffix(".d").read_text(encoding="utf-8").split()
        if word != "\\"
    }


def _sizes(elf: Path) -> tuple[int, int]:
    """Return the bytes of flash and of RAM, as the IDE shows them."""
    sizes = dict[str, int]()
    for line in _run("avr-size", "-A", elf).splitlines():
        if found := re.match(r"\.(\w+) +(\d+)", line):
            sizes[found[1]] = int(found[2])
    flash = sizes["text"] + sizes.get("data", 0)
    ram = sum(sizes.get(name, 0) for name in ("data", "bss", "noinit"))
    return flash, ram


def _missing(what: object) -> None:
    pytest.fail(f"{what} is missing: apt-get install {PACKAGES}", pytrace=False)


def _run(*command: str | Path) -> str:
    try:
        ended = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=120,
            check=False,
        )
    except FileNotFoundError:
        _missing(command[0])
    if ended.returncode != 0:
        # The first errors say most, and there can be thousands.
        raise CompileError("\n".join(ended.stdout.splitlines()[:20]))
    return ended.stdout

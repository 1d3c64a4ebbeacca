"""Sketches for AVR boards, compiled as the Arduino IDE does it.

With Debian's compiler and Arduino core. The core is compiled once for each chip; the
library and the sketch get all warnings, as errors, which the IDE does not ask for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Final

import pytest

from .building import SOURCES, Command, Workshop, run, sources
from .examples import LIBRARIES

ARDUINO: Final = Path("/usr/share/arduino/hardware/arduino/avr")
CORE: Final = ARDUINO / "cores" / "arduino"

SMALL: Final = (
    *("-Os", "-g", "-flto", "-ffunction-sections", "-fdata-sections"),
    # Debian's compiler is older than the core, and has that name from C++17 alone.
    "-DDECIMAL_DIG=__DECIMAL_DIG__",
)
# By what sources end with.
COMPILERS: Final[dict[str, Command]] = {
    ".c": ("avr-gcc", *SMALL, "-std=gnu11", "-fno-fat-lto-objects"),
    ".cpp": (
        *("avr-g++", *SMALL, "-std=gnu++11"),
        *("-fno-exceptions", "-fno-threadsafe-statics"),
    ),
    ".S": ("avr-gcc", "-x", "assembler-with-cpp"),
}
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


class Avr:
    """The compiler for one board."""

    def __init__(self, workshop: Workshop, board: Board) -> None:
        """Have everything made in the workshop."""
        self.board = board
        self._workshop = workshop

    def build(self, sketch: Path, *defines: str) -> Program:
        """Compile a sketch, and link it with the library and the core.

        A sketch is an .ino, or the folder of one. `defines` are for it and the library.
        """
        if sketch.is_dir():
            sketch = sketch / f"{sketch.name}.ino"
        # As the IDE does it, but for the prototypes.
        main = self._workshop.write(
            f"{sketch.name}.cpp",
            f'#include <Arduino.h>\n#line 1 "{sketch}"\n'
            + sketch.read_text(encoding="utf-8"),
        )
        flags = (*WARNINGS, *(f"-D{define}" for define in defines))
        own = [main, *sketch.parent.glob("*.cpp")]
        objects = self._compile(own, *flags, f"-I{LIBRARIES}")
        archives = [self._archive(CORE, "-w")]
        # The linker takes from it what a sketch needs, as `dot_a_linkage` has it.
        if any(SOURCES in used.parents for used in _used(objects)):
            archives.insert(0, self._archive(SOURCES, *flags))
        objects += self._bundled(objects)
        elf = self._workshop.make(
            f"{sketch.stem}.elf",
            *("avr-gcc", *SMALL, "-fuse-linker-plugin", "-Wl,--gc-sections", "-w"),
            f"-mmcu={self.board.chip}",
            "-o",
            f"{sketch.stem}.elf",
            *objects,
            *archives,
            "-lm",
        )
        binary = self._workshop.make(
            f"{sketch.stem}.bin",
            *("avr-objcopy", "-O", "binary", "-R", ".eeprom"),
            *(elf, f"{sketch.stem}.bin"),
        )
        program = Program(elf, binary, *_sizes(elf))
        if program.flash > self.board.flash or program.ram > self.board.ram:
            pytest.fail(f"{sketch.name} is too big for this board: {program}")
        return program

    def _archive(self, folder: Path, *flags: str) -> Path:
        found = sources(folder, *COMPILERS)
        return self._workshop.archive(self._compile(found, *flags), "avr-gcc-ar")

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
            found += self._compile(sources(libraries / name / "src", *COMPILERS), "-w")
        return found

    def _compile(self, units: Iterable[Path], *flags: str) -> list[Path]:
        """Compile each source on its own."""
        if not CORE.is_dir():
            pytest.fail(f"{CORE} is missing: scripts/test installs it", pytrace=False)
        libraries = (ARDUINO / "libraries").glob("*/src")
        common = (
            f"-mmcu={self.board.chip}",
            "-DF_CPU=16000000L",
            "-DARDUINO=10819",
            *(f"-DARDUINO_{self.board.define}", "-DARDUINO_ARCH_AVR"),
            f"-I{SOURCES}",
            f"-I{CORE}",
            f"-I{ARDUINO / 'variants' / self.board.variant}",
            *(f"-I{path}" for path in libraries),
            *flags,
            "-MMD",  # see _used
        )
        found: list[Path] = []
        for suffix, compiler in COMPILERS.items():
            some = [unit for unit in units if unit.suffix == suffix]
            found += self._workshop.objects((*compiler, *common), some)
        return found


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
    for line in run("avr-size", "-A", elf).splitlines():
        if found := re.match(r"\.(\w+) +(\d+)", line):
            sizes[found[1]] = int(found[2])
    flash = sizes["text"] + sizes.get("data", 0)
    ram = sum(sizes.get(name, 0) for name in ("data", "bss", "noinit"))
    return flash, ram

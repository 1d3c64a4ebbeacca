"""What the library has for each family of boards: chips, Wi-Fi, and the examples.

The cores are not here: what the library uses of them is declared in
`firmware/tests/cores`. So this shows that all of it compiles, with all warnings, and that
the keys of boards survive what happens to memory; not that a board joins a Wi-Fi. AVR
boards have their real core, and an emulated chip.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Final

import pytest

from .avr import MEGA, UNO, Avr, Board
from .building import (
    CHECKED,
    COMPILE,
    LANGUAGE,
    PROGRAMS,
    SANITIZE,
    SOURCES,
    STRICT,
    STUBS,
    WARNINGS,
    Command,
    Workshop,
    run,
    run_all,
    sources,
)
from .computer import opened
from .conftest import Flash
from .examples import BOARDS, LIBRARIES, examples

CORES: Final = PROGRAMS / "cores"
CHIP_SKETCH: Final = Path(__file__).parent / "ChipOfAnUno"

# Some of the chips have addresses that have to be where they are.
CHIP: Final = (*COMPILE, *SANITIZE, "-no-pie")
# What Debian's cross-compiler for the ESP8266 has as its C library.
PICOLIBC: Final = Path("/usr/lib/xtensa-lx106-elf/picolibc.specs")
XTENSA: Final = ("xtensa-lx106-elf-g++", f"--specs={PICOLIBC}", "-mlongcalls", "-Os")
HOST: Final = ("g++",)

SAMD21: Final = ("ARDUINO_ARCH_SAMD", "__SAMD21G18A__")


@dataclass(frozen=True)
class Family:
    """Boards that have their chip's glue, and the stand-ins for their core, in common."""

    source: str
    cores: tuple[str, ...]
    defines: tuple[str, ...] = ()

    @property
    def flags(self) -> tuple[str, ...]:
        """Return what the compiler is to be told."""
        folders = (*(CORES / core for core in self.cores), SOURCES, PROGRAMS, STUBS)
        return (
            *(f"-I{folder}" for folder in folders),
            *(f"-D{define}" for define in self.defines),
        )


# For the tests of the chips, which run here.
CHIPS: Final = {
    "avr": Family("Avr", ("avr",), ("__AVR__", "ARDUINO_AVR_UNO")),
    "esp32": Family("Esp32", ("esp32",), ("ARDUINO_ARCH_ESP32",)),
    "esp8266": Family("Esp8266", ("esp8266",), ("ARDUINO_ARCH_ESP8266",)),
    "renesas": Family("UnoR4", ("renesas", "api"), ("ARDUINO_UNOR4_MINIMA",)),
    "samd": Family("Samd21", ("samd", "api"), (*SAMD21, "ARDUINO_SAMD_MKRZERO")),
    "samd with nina": Family(
        "Samd21", ("samd", "nina", "api"), (*SAMD21, "ARDUINO_SAMD_NANO_33_IOT")
    ),
    "rp2040": Family(
        "Rp2040",
        ("rp2040", "api"),
        ("ARDUINO_ARCH_RP2040", "ARDUINO_RASPBERRY_PI_PICO"),
    ),
}

# By the names that the examples use, for what is compiled: those with a Wi-Fi.
FAMILIES: Final = {
    "ESP32": Family("Esp32", ("esp32",)),
    "ESP32-S3": Family("Esp32", ("esp32",)),
    "ESP32-C3": Family("Esp32", ("esp32",)),
    "ESP8266": Family("Esp8266", ("esp8266",)),
    "UNO R4 WiFi": Family("UnoR4", ("renesas", "api")),
    "Nano 33 IoT": Family("Samd21", ("samd", "nina", "api"), ("__SAMD21G18A__",)),
    "MKR WiFi 1010": Family("Samd21", ("samd", "nina", "api"), ("__SAMD21G18A__",)),
    "Pico W": Family("Rp2040", ("rp2040", "api"), ("ARDUINO_RASPBERRY_PI_PICO_W",)),
}

pytestmark = pytest.mark.timeout(120)


def flags(board: str) -> tuple[str, ...]:
    """Return how something is compiled for one of the boards."""
    defines = (f"-D{define}" for define in BOARDS[board].defines)
    return (*LANGUAGE, *FAMILIES[board].flags, *defines)


@pytest.mark.parametrize("chip", CHIPS)
def test_chip(workshop: Workshop, chip: str) -> None:
    """Id, randomness and key are right, wherever the power goes while a key is written.

    The chip's own glue, with a core that is in this machine's memory.
    """
    family = CHIPS[chip]
    units = ("Bytes", "Keys", "Sha256", "X25519", "chips/CheckSum", "chips/RandomPool")
    found = (
        *(SOURCES / "sensorboard" / f"{name}.cpp" for name in units),
        SOURCES / "sensorboard" / "chips" / f"{family.source}.cpp",
        *(PROGRAMS / f"{name}.cpp" for name in ("check", "chip_test")),
        *(CORES / "board.cpp", *sorted((CORES / family.cores[0]).glob("*.cpp"))),
        *(STUBS / f"{name}.cpp" for name in ("FakeClock", "Print")),
    )
    objects = workshop.objects((*CHIP, *family.flags), found)
    run(workshop.link("chip_test", CHIP, *objects))


def test_parts_of_them(workshop: Workshop) -> None:
    """What all Wi-Fis have in common, and how random bytes are made of noise."""
    parts = ("check", "stubs/FakeClock", "stubs/Print", "random_pool_test")
    run(workshop.program(CHECKED, *parts, "joining_test"))


# One of each family, or that would be the same once more.
@pytest.mark.parametrize(
    "board", ["ESP32", "ESP8266", "UNO R4 WiFi", "Nano 33 IoT", "Pico W"]
)
def test_library_compiles(board: str, tmp_path: Path) -> None:
    """Every source of the library is right with the signatures of every core."""
    network = tmp_path / "network.cpp"
    network.write_text(
        "#include <sensorboard/networks/WiFi.h>\n"
        "sensorboard::WiFiNetwork plain(nullptr, nullptr);\n"
        "sensorboard::WiFiNetwork given(nullptr, nullptr, plain.client());\n"
    )
    run_all(
        (*HOST, "-fsyntax-only", *STRICT, *flags(board), source)
        for source in (network, *sources(SOURCES))
    )


def test_library_compiles_for_esp8266(tmp_path: Path) -> None:
    """It does so with the chip's compiler, which has no C++ library at all."""
    run_all(
        (
            *(*XTENSA, *STRICT, *flags("ESP8266"), "-c"),
            source,
            *("-o", tmp_path / f"{source.stem}.o"),
        )
        for source in sources(SOURCES)
    )
    # Nothing that a board has not got, and no heap.
    undefined = run("xtensa-lx106-elf-nm", "-u", *sorted(tmp_path.glob("*.o")))
    names = set(re.findall(r"^ +U (\w+)$", undefined, re.MULTILINE))
    assert not {name for name in names if re.match("_Zn|malloc|calloc|realloc", name)}
    assert not {name for name in names if name.startswith("_ZS")}


@pytest.mark.parametrize("board", FAMILIES)
def test_examples_compile(board: str, tmp_path: Path) -> None:
    """Each example that is for a board is right with its core."""
    commands: list[Command] = []
    for sketch in examples():
        if board not in sketch.boards:
            continue
        source = tmp_path / f"{sketch.name}.ino.cpp"
        # As the IDE does it, but for the prototypes.
        source.write_text(
            f'#include <Arduino.h>\n#line 1 "{sketch.path}"\n{sketch.text}',
            encoding="utf-8",
        )
        common = (*WARNINGS, *flags(board), f"-I{LIBRARIES}")
        commands.append((*HOST, "-fsyntax-only", *common, source))
        # Those that include somebody else's library have nothing to compile it with.
        if board == "ESP8266" and not re.search(
            r"^// Librar", sketch.text, re.MULTILINE
        ):
            commands.append((*XTENSA, "-fsyntax-only", *common, source))
    assert commands
    run_all(commands)


def test_a_sketch_can_do_without_the_wifi(tmp_path: Path) -> None:
    """Then the core's Wi-Fi library is not even included."""
    source = tmp_path / "sketch.cpp"
    source.write_text(
        "#define SENSORBOARD_NO_WIFI\n"
        "#include <SensorBoard.h>\n"
        "#if defined(SENSORBOARD_HAS_WIFI)\n#error\n#endif\n"
        "SensorBoard board;\nvoid setup() { board.begin(Serial); }\n"
    )
    for board in FAMILIES:
        included = run(*HOST, "-M", *flags(board), source)
        assert "SensorBoard.h" in included
        assert not re.search(
            r"/(WiFi|WiFiNINA|WiFiS3|ESP8266WiFi)\.h",
            included.replace("networks/WiFi.h", ""),
        )


@pytest.mark.parametrize("board", [UNO, MEGA], ids=lambda board: board.name)
def test_size_on_avr(
    avr: dict[Board, Avr],
    board: Board,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """The id takes no RAM, and little flash, where a network is not used."""
    sizes = []
    for name, line in (("Empty", ""), ("Id", "sensorboard::boardId(text);")):
        sketch = tmp_path / name / f"{name}.ino"
        sketch.parent.mkdir()
        sketch.write_text(
            "#include <SensorBoard.h>\n#include <sensorboard/Chip.h>\nchar text[33];\n"
            f"void setup() {{ Serial.begin(115200); {line} Serial.print(text); }}\n"
            "void loop() {}\n"
        )
        sizes.append(avr[board].build(sketch))
    flash, ram = (sizes[1].flash - sizes[0].flash, sizes[1].ram - sizes[0].ram)
    record_property(
        "size", f"The id on {board.name}: {flash} bytes of flash, {ram} of RAM"
    )
    assert flash <= 520
    assert ram == 0


async def test_chip_of_an_uno(flash: Flash) -> None:
    """Id and key are in the EEPROM of a real program's chip, also after a restart."""
    uno = flash(CHIP_SKETCH)
    async with uno.power(), opened(uno) as computer:
        first = await computer.line("id ")
        assert re.fullmatch(r"id avr-[0-9a-f]{12}", first)
        assert await computer.line("key ") == "key none"
        assert await computer.line("random ") != await computer.line("random ")
        # It restarts by itself, and not by a reset of the chip's.
        assert await computer.line("id ") == first
        assert await computer.line("key ") == "key 7"
        assert await computer.line("pins ") == "pins 0"
    async with uno.power(), opened(uno) as computer:
        assert await computer.line("id ") == first
        assert await computer.line("key ") == "key 7"

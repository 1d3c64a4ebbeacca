"""The library's examples: which boards each is for, its wiring table, and its pins."""

from dataclasses import dataclass
from pathlib import Path
import re
from typing import Final

ROOT: Final = Path(__file__).parent.parent.parent
LIBRARY: Final = ROOT / "firmware"
EXAMPLES: Final = LIBRARY / "examples"

# Other people's libraries, as much of them as the examples use.
LIBRARIES: Final = LIBRARY / "tests" / "libraries"


@dataclass(frozen=True)
class Board:
    """A kind of board: what its core defines, and what a wiring table calls it.

    A table without a column of that name has it in the last one, which is for all others.
    """

    defines: tuple[str, ...]
    column: str = ""


# By the names that stand in an example's line "Boards:". ESP32 there means those whose
# names begin with it, too.
BOARDS: Final = {
    "Uno": Board(("ARDUINO_ARCH_AVR", "ARDUINO_AVR_UNO")),
    "Mega": Board(("ARDUINO_ARCH_AVR", "ARDUINO_AVR_MEGA2560")),
    "ESP32": Board(
        ("ARDUINO_ARCH_ESP32", "ESP32", "CONFIG_IDF_TARGET_ESP32=1"), "ESP32"
    ),
    "ESP32-S3": Board(
        ("ARDUINO_ARCH_ESP32", "ESP32", "CONFIG_IDF_TARGET_ESP32S3=1"), "S3"
    ),
    "ESP32-C3": Board(
        ("ARDUINO_ARCH_ESP32", "ESP32", "CONFIG_IDF_TARGET_ESP32C3=1"), "C3"
    ),
    "ESP8266": Board(("ARDUINO_ARCH_ESP8266", "ESP8266"), "ESP8266"),
    "UNO R4 WiFi": Board(("ARDUINO_ARCH_RENESAS_UNO", "ARDUINO_UNOR4_WIFI")),
    "Nano 33 IoT": Board(("ARDUINO_ARCH_SAMD", "ARDUINO_SAMD_NANO_33_IOT")),
    "MKR WiFi 1010": Board(("ARDUINO_ARCH_SAMD", "ARDUINO_SAMD_MKRWIFI1010"), "MKR"),
    "Pico W": Board(("ARDUINO_ARCH_RP2040", "PICO_CYW43_SUPPORTED=1")),
}


@dataclass(frozen=True)
class Example:
    """An example, and what is written about it in its head."""

    path: Path

    @property
    def name(self) -> str:
        """Return its name: that of its folder."""
        return self.path.stem

    @property
    def text(self) -> str:
        """Return the sketch."""
        return self.path.read_text(encoding="utf-8")

    @property
    def head(self) -> str:
        """Return the comment at its top, without the slashes."""
        lines = []
        for line in self.text.splitlines():
            if not line.startswith("//"):
                break
            lines.append(line.removeprefix("//").removeprefix(" "))
        return "\n".join(lines)

    @property
    def boards(self) -> tuple[str, ...]:
        """Return the names of the boards that it is for, as they stand in BOARDS."""
        line = re.search(r"^Boards: (.+)$", self.head, re.MULTILINE)
        assert line is not None, f"{self.name} does not say for which boards it is"
        said = line[1].split(", ")
        assert set(said) <= BOARDS.keys(), f"{self.name}: {said}"
        return tuple(
            board
            for board in BOARDS
            if board in said or ("ESP32" in said and board.startswith("ESP32-"))
        )

    @property
    def wiring(self) -> tuple[dict[str, str], ...]:
        """Return the rows of its wiring table, by the table's headings."""
        table = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in self.head.splitlines()
            if line.startswith("|")
        ]
        assert len(table) > 2, f"{self.name} has no wiring table"
        headings, rule, *rows = table
        assert set("".join(rule)) == {"-"}, f"{self.name}: {rule}"
        return tuple(dict(zip(headings, row, strict=True)) for row in rows)

    def wire(self, row: dict[str, str], board: str) -> str:
        """Return where a board has the wire that this row is about."""
        columns = list(row)[1:]
        named = BOARDS[board].column
        for column in columns:
            if named and re.match(rf"(.*, )?{named}\b(?!-)", column):
                return row[column]
        return row[columns[-1]]


def examples() -> tuple[Example, ...]:
    """Return all examples."""
    return tuple(Example(path) for path in sorted(EXAMPLES.glob("*/*.ino")))


def example(name: str) -> Example:
    """Return one by its name."""
    return Example(EXAMPLES / name / f"{name}.ino")

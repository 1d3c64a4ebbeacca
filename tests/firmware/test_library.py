"""The library as the Arduino IDE, its Library Manager and PlatformIO want it.

The rules are those of arduino-lint, in its strictest mode and for a library that is to be
submitted; the numbers are its own. What it asks of addresses on the internet, and of the
Library Manager's index, is left to the real one.
"""

import json
from pathlib import Path
import re
from typing import Any, Final

import pytest

from custom_components.arduino_sensor import sketch as shown

from .examples import BOARDS, LIBRARY, ROOT, examples

SOURCES: Final = LIBRARY / "src"
VERSION: Final = r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
NAME: Final = r"[a-zA-Z0-9_][a-zA-Z0-9_.-]*"

FIELDS: Final = {
    *("name", "version", "author", "maintainer", "sentence", "paragraph"),
    *("category", "url", "architectures", "depends", "dot_a_linkage", "includes"),
}
CATEGORIES: Final = {
    *("Display", "Communication", "Signal Input/Output", "Sensors", "Device Control"),
    *("Timing", "Data Storage", "Data Processing", "Other"),
}

# Arduino's architectures, and what PlatformIO calls the platforms that have them.
PLATFORMS: Final = {
    "avr": "atmelavr",
    "esp32": "espressif32",
    "esp8266": "espressif8266",
    "renesas_uno": "renesas-ra",
    "samd": "atmelsam",
    "rp2040": "raspberrypi",
}


def files() -> list[Path]:
    """Return all that is in the library."""
    return sorted(path for path in LIBRARY.rglob("*") if not path.is_dir())


@pytest.fixture(name="properties")
def properties_fixture() -> dict[str, str]:
    """Return library.properties: a line for each field, none twice (LP001, LP005)."""
    fields = dict[str, str]()
    for line in (LIBRARY / "library.properties").read_text("utf-8").splitlines():
        name, equals, value = line.partition("=")
        assert equals and name not in fields, line
        assert value == value.strip() != "", line
        fields[name] = value
    return fields


def test_properties_are_known(properties: dict[str, str]) -> None:
    """No field is missing, or spelled wrongly (LP006 and others)."""
    assert properties.keys() <= FIELDS
    assert properties.keys() >= FIELDS - {"depends"}


def test_name(properties: dict[str, str]) -> None:
    """A short name, that of its header, and not one of Arduino's (LP008 to LP016)."""
    name = properties["name"]
    assert re.fullmatch(NAME, name)
    assert len(name) <= 32
    assert not re.search("arduino|library", name, re.IGNORECASE)
    assert properties["includes"] == f"{name}.h"
    assert (SOURCES / f"{name}.h").is_file(), "LS008, LP052"


def test_version(properties: dict[str, str]) -> None:
    """The version is the integration's, which comes with it (LP020, LP021)."""
    assert re.fullmatch(VERSION, properties["version"])
    manifest = Path(shown.__file__).with_name("manifest.json").read_text("utf-8")
    assert properties["version"] == json.loads(manifest)["version"]


def test_who(properties: dict[str, str]) -> None:
    """Nobody is taken for Arduino (LP027, LP057)."""
    assert properties["author"]
    assert "arduino" not in properties["maintainer"].lower()


def test_what(properties: dict[str, str]) -> None:
    """One sentence, more about it that does not say it again, a category (LP036, LP038)."""
    sentence, paragraph = properties["sentence"], properties["paragraph"]
    assert sentence.endswith(".") and len(sentence) < 100
    assert sentence not in paragraph
    assert properties["category"] in CATEGORIES
    assert properties["url"].startswith("https://")


def test_how(properties: dict[str, str]) -> None:
    """For these cores (LP045, LP046); what a sketch does not use is not linked (LP049)."""
    assert set(properties["architectures"].split(",")) == PLATFORMS.keys()
    assert properties["dot_a_linkage"] == "true"
    assert "depends" not in properties, "whoever has an Uno needs no library for Wi-Fi"


def test_platformio(properties: dict[str, str]) -> None:
    """library.json says the same."""
    metadata: dict[str, Any] = json.loads(
        (LIBRARY / "library.json").read_text(encoding="utf-8")
    )
    assert (metadata["name"], metadata["version"]) == (
        properties["name"],
        properties["version"],
    )
    assert metadata["description"] == properties["sentence"]
    assert metadata["homepage"] == properties["url"]
    assert metadata["repository"]["url"] == f"{properties['url']}.git"
    assert metadata["headers"] == properties["includes"]
    assert metadata["license"] == "MIT"
    assert metadata["frameworks"] == "arduino"
    assert set(metadata["platforms"]) == set(PLATFORMS.values())
    assert "examples" not in metadata["export"]["exclude"]


def test_folder() -> None:
    """What is to be there is there, and nothing that blocks it (LS003 to LS012, LD…)."""
    assert re.fullmatch(NAME, LIBRARY.name)
    there = {path.name for path in LIBRARY.iterdir()}
    assert there >= {"src", "examples", "README.md", "LICENSE", "keywords.txt"}
    assert not there & {
        "utility",
        "extra",
        "example",
        "Examples",
        "Src",
        ".development",
    }
    for path in files():
        assert not path.is_symlink(), path
        assert path.suffix not in (".exe", ".pde"), path
        assert path.name != ".gitmodules"
        if path.name == "library.properties":
            assert path.parent == LIBRARY, "LP004"
        if path.suffix == ".ino":
            assert path.parent.parent == LIBRARY / "examples", "LD003: a stray sketch"


def test_licence() -> None:
    """The library's folder has the licence in it, as it goes out alone (LD002)."""
    licence = (LIBRARY / "LICENSE").read_text(encoding="utf-8")
    assert licence == (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("MIT License")


def test_examples_are_sketches() -> None:
    """Each has a folder of its name, with nothing strange in it (SS001 to SS005)."""
    folders = {path for path in (LIBRARY / "examples").iterdir() if path.is_dir()}
    assert {sketch.path.parent for sketch in examples()} == folders
    for sketch in examples():
        assert sketch.name == sketch.path.parent.name
        assert re.fullmatch(NAME, sketch.path.name) and len(sketch.name) <= 63
        assert {path.suffix for path in sketch.path.parent.iterdir()} == {".ino"}
        assert re.search(r"^void setup\(\) \{", sketch.text, re.MULTILINE)
        assert re.search(r"^void loop\(\) \{", sketch.text, re.MULTILINE)
        assert sketch.text.endswith("}\n")


def test_includes_have_their_case() -> None:
    """Arduino.h is written like that: other systems tell capitals apart (LC001, SC001)."""
    for path in files():
        if path.suffix in (".h", ".cpp", ".ino"):
            text = path.read_text(encoding="utf-8")
            for name in re.findall(
                r'^\s*#\s*include\s*["<]([^">]+)', text, re.MULTILINE
            ):
                assert name == "Arduino.h" or name.lower() != "arduino.h", path


def without_comments(text: str) -> str:
    """Return C++ without its comments, texts and preprocessor's lines."""
    text = re.sub(r"//.*|/\*.*?\*/", "", text)
    text = re.sub(r'"(\\.|[^"\\])*"', '""', text)
    return re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize(
    "word",
    [
        # What an Uno has not, or what takes memory that is then in pieces.
        *(r"\bstd::", r"\bString\b", r"\bnew\b", r"\bdelete\b(?!;)", r"\b\w*alloc\("),
        *(r"\bthrow\b", r"\bcatch\b", r"\btypeid\b", r"\bdynamic_cast\b"),
    ],
)
def test_sources_are_plain(word: str) -> None:
    """No heap, no exceptions, no std::, no String."""
    for path in SOURCES.rglob("*"):
        if path.suffix in (".h", ".cpp"):
            code = without_comments(path.read_text(encoding="utf-8"))
            found = re.search(rf".*{word}.*", code)
            assert found is None, f"{path.name}: {found}"


def keywords() -> dict[str, str]:
    """Return what the IDE shows in color, and as what."""
    words = dict[str, str]()
    for line in (LIBRARY / "keywords.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            word, kind = line.split("\t")
            assert word not in words, line
            words[word] = kind
    return words


def test_keywords() -> None:
    """Words are separated from their kinds by tabs; all that examples say is in it."""
    words = keywords()
    assert set(words.values()) <= {"KEYWORD1", "KEYWORD2", "LITERAL1"}
    assert words["SensorBoard"] == "KEYWORD1"
    for sketch in examples():
        if "SensorBoard board" in sketch.text:
            code = without_comments(sketch.text)
            # board.sensor(…).unit(…) and so on, up to the end of the statement.
            for statement in re.findall(r"^ *board\.[^;]+;", code, re.MULTILINE):
                calls = re.findall(r"(?:board|\))\s*\.(\w+)\(", statement)
                assert calls
                for call in calls:
                    assert words.get(call) == "KEYWORD2", call


def test_keywords_are_there() -> None:
    """What the IDE shows as a function of the library is one."""
    headers = "".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.h"))
    for word, kind in keywords().items():
        wanted = rf"\b{word}\(" if kind == "KEYWORD2" else rf"\b{word}\b"
        assert re.search(wanted, headers), word


# What the documents say.


def table_row(text: str, start: str) -> list[str]:
    """Return the cells of the only row of a table that begins like that."""
    (row,) = re.findall(rf"^\| {re.escape(start)}.*$", text, re.MULTILINE)
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_readme_shows_each_example() -> None:
    """The README has each example, with a link, and wires for those that have some."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for sketch in examples():
        link = sketch.path.relative_to(ROOT).as_posix()
        row = table_row(readme, f"[{sketch.name}]({link})")
        assert len(row) == 4 and all(row)
        if "_PIN" in sketch.head:
            # The pins are those of "all others".
            for wire in sketch.wiring:
                if "_PIN" in "".join(wire.values()):
                    pin = sketch.wire(wire, "Uno").split()[0]
                    assert re.search(rf"\b{pin}\b", row[2]), (sketch.name, wire)


def test_boards_are_described() -> None:
    """Each board that an example is for stands in the table, with what was checked."""
    hardware = (ROOT / "docs" / "hardware.md").read_text(encoding="utf-8")
    section = hardware.split("## Which boards")[1].split("## What was checked")[0]
    checks = {
        "Uno": "run emulated",
        "Mega": "compile-checked with the real core",
    }
    for board in BOARDS:
        row = table_row(
            section,
            "Mega"
            if board == "Mega"
            else board + (" |" if board in ("ESP32", "ESP32-C3", "Pico W") else ""),
        )
        assert row[-1] == checks.get(board, "compile-checked against stubs")


def test_room_is_described() -> None:
    """How much room there is stands in the documents as it is in Config.h."""
    config = (SOURCES / "sensorboard" / "Config.h").read_text(encoding="utf-8")
    readme = (LIBRARY / "README.md").read_text(encoding="utf-8")
    for name in ("CHANNELS", "NOTES", "ANSWER", "LINE", "MESSAGE", "BACKLOG"):
        numbers = re.findall(rf"define SENSORBOARD_{name} (\d+)$", config, re.MULTILINE)
        row = table_row(readme, f"`SENSORBOARD_{name}`")
        told = re.findall(r"\d+", " ".join(row[2:]))
        assert set(numbers) & set(told) == set(numbers) - {"8192"}, name


def test_readme_knows_the_library() -> None:
    """What the library's README says that a sketch can say, it can."""
    readme = (LIBRARY / "README.md").read_text(encoding="utf-8")
    section = readme.split("## What a sketch can say")[1].split("## ")[0]
    calls = re.findall(r"(?:`|board|\)|, )\.(\w+)\(", section)
    assert len(calls) > 30
    for call in calls:
        assert keywords().get(call) == "KEYWORD2", call
    missing = {word for word, kind in keywords().items() if kind == "KEYWORD2"}
    assert missing - set(calls) <= {"loop", "begin"}

"""The translations hold together: what is true of the English texts is true of all.

What the English texts themselves have to be like is in test_repository.py.
"""

from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
import json
from pathlib import Path
import re
from typing import Any, Final

import pytest

from homeassistant.generated.languages import LANGUAGES as HOME_ASSISTANT_LANGUAGES

ROOT: Final = Path(__file__).parent.parent
FOLDER: Final = ROOT / "custom_components" / "arduino_sensor" / "translations"

ENGLISH: Final = "en"
OTHERS: Final = ("de", "es", "fr", "it", "nl", "pl", "pt", "vi", "zh-Hans")

# Names and signs are the same in each language, or may be.
NAMES: Final = {
    *("LED", "Sketch", "Watchdog"),
    *("{count} h", "{count} min", "{count} s", "{name}"),
}

# What happens to be the same word as in English, by the keys of its texts.
ALIKE: Final[dict[str, set[str]]] = {
    "common.dashboard_board": {"de"},
    "common.dashboard_boards": {"de"},
    "common.dashboard_live": {"de", "nl"},
    "common.plotter_editor_device": {"de"},
    "config.step.*.data.board": {"de"},
    "config.step.*.data.boards": {"de"},
    "config.step.*.data.code": {"de", "fr", "nl"},
    "config.step.*.data.name": {"de"},
    "config.step.*.data.port": {"de", "fr", "pl"},
    "config.step.*.data.secret": {"fr"},
    "entity.binary_sensor.alarm.name": {"de", "nl", "pl"},
    "entity.binary_sensor.buzzer.name": {"fr"},
    "entity.binary_sensor.contact.name": {"fr", "nl"},
    "entity.binary_sensor.motor_on.name": {"de", "es", "nl", "pt"},
    "entity.sensor.altitude.name": {"fr", "pt"},
    "entity.sensor.angle.name": {"fr"},
    "entity.sensor.latitude.name": {"fr", "pt"},
    "entity.sensor.longitude.name": {"fr", "pt"},
    "entity.sensor.reset_reason.state.panic": {"nl"},
    "options.step.calibrate.data.factor": {"es", "nl"},
    "options.step.calibrate.data.offset": {"de", "nl"},
    "selector.boards.fields.area.name": {"it"},
    "selector.boards.fields.board.name": {"de"},
    "selector.boards.fields.name.name": {"de"},
    "selector.watch.options.off": {"es", "it"},
    "services.*.fields.device_id.name": {"de"},
    "services.*.fields.entity_id.name": {"de", "es", "nl", "pt"},
    "services.raise_alert.fields.limit.name": {"pl"},
    "services.raise_alert.fields.message.name": {"fr"},
    "services.send.fields.data.name": {"fr"},
    "system_health.info.boards": {"de"},
    "triggers.*.fields.device_id.name": {"de"},
}

# What has to be in a translation as often as in the English text.
ALWAYS_THERE: Final = {
    "placeholders": r"\{[^{}]*\}",
    "code": r"`[^`]*`",
    "link targets": r"\]\([^)]*\)",
    "signs for bold": r"\*\*",
    "signs for italics": r"(?<!\*)\*(?!\*)",
    "items of lists": r"(?m)^(?:- |\d+\. )",
    "ends of lines": r"\n",
}


@cache
def _read(language: str) -> dict[str, Any]:
    """Return the texts of a language, in which no key stands twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice = [
            key for key, count in Counter(key for key, _ in pairs).items() if count > 1
        ]
        assert not twice, f"{language}: {twice} more than once"
        return dict(pairs)

    text = (FOLDER / f"{language}.json").read_text(encoding="utf-8")
    found = json.loads(text, object_pairs_hook=once)
    assert isinstance(found, dict)
    return found


def _flat(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield each text with its key, the steps to it joined by dots."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(inner, (*path, key))
    else:
        yield ".".join(path), value


@cache
def _texts(language: str) -> dict[str, Any]:
    return dict(_flat(_read(language)))


def _pairs(language: str) -> Iterator[tuple[str, str, str]]:
    """Yield key, English text and translation of what is in both."""
    english = _texts(ENGLISH)
    for key, text in _texts(language).items():
        if isinstance(text, str) and key in english:
            yield key, english[key], text


def test_languages() -> None:
    """The languages of the project are there, and Home Assistant has each of them."""
    files = {path.name for path in FOLDER.iterdir()}
    assert files == {f"{language}.json" for language in (ENGLISH, *OTHERS)}
    assert {ENGLISH, *OTHERS} <= HOME_ASSISTANT_LANGUAGES


@pytest.mark.parametrize("language", OTHERS)
def test_keys(language: str) -> None:
    """No text is missing, and none is left over."""
    keys, english = _texts(language).keys(), _texts(ENGLISH).keys()
    assert not sorted(english - keys), "missing"
    assert not sorted(keys - english), "left over"


@pytest.mark.parametrize("language", OTHERS)
def test_form(language: str) -> None:
    """A file is written like the English one, so that the two can be compared."""
    text = (FOLDER / f"{language}.json").read_bytes().decode()
    written = json.dumps(_read(language), ensure_ascii=False, indent=2) + "\n"
    assert text.splitlines() == written.splitlines()
    assert text == written
    order = [key for key in _texts(ENGLISH) if key in _texts(language)]
    assert [key for key in _texts(language) if key in _texts(ENGLISH)] == order


@pytest.mark.parametrize("language", OTHERS)
def test_plain(language: str) -> None:
    """A text is one, and Home Assistant shows it as it stands."""
    for key, text in _texts(language).items():
        assert isinstance(text, str) and text.strip(), f"{key} is empty"
        assert text == text.strip(), f"{key}: blanks around it"
        assert not re.search(r"</?[a-zA-Z]", text), f"{key}: HTML"
        # Beside a brace, Home Assistant's pages take this for the beginning of a quote
        # in which there are no placeholders. A typographic one is none.
        assert not re.search(r"'[{}]|''", text), f"{key}: straight quotes"


@pytest.mark.parametrize("what", ALWAYS_THERE)
@pytest.mark.parametrize("language", OTHERS)
def test_what_is_not_translated(language: str, what: str) -> None:
    """Placeholders and Markdown are those of the English text."""
    different = {}
    for key, english, text in _pairs(language):
        wanted, found = (
            Counter(re.findall(ALWAYS_THERE[what], each)) for each in (english, text)
        )
        if wanted != found:
            different[key] = f"{dict(found)} instead of {dict(wanted)}"
    assert not different


def _alike(language: str) -> set[str]:
    """Return the keys of the texts that are the same as in English."""
    return {
        key
        for key, english, text in _pairs(language)
        if text == english and text not in NAMES
    }


@pytest.mark.parametrize("language", [ENGLISH, *OTHERS])
def test_counts(language: str) -> None:
    """A count is beside a unit, or alone behind a colon: no word changes with it.

    In some languages there are four forms of a word for that, and nobody has one here.
    """
    for key, english, text in _pairs(language):
        if "{count}" in text and english not in NAMES:
            alone = r"[:：]\s?(\*\*)?\{count\}(\*\*)?([.。\n]|$)"
            assert re.search(alone, text), f"{key}: {text}"


@pytest.mark.parametrize("language", OTHERS)
def test_translated(language: str) -> None:
    """A text is not the English one, except where it is known to be."""
    patterns = [pattern for pattern, where in ALIKE.items() if language in where]
    english = sorted(
        key
        for key in _alike(language)
        if not any(fnmatchcase(key, pattern) for pattern in patterns)
    )
    assert not english


def test_exceptions_are_needed() -> None:
    """Nothing is allowed to be the same that is not."""
    unused = [
        (pattern, language)
        for pattern, where in ALIKE.items()
        for language in sorted(where)
        if not any(fnmatchcase(key, pattern) for key in _alike(language))
    ]
    assert not unused
    assert {
        text
        for language in OTHERS
        for _, english, text in _pairs(language)
        if text == english
    } >= NAMES

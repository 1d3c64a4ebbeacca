"""One alert: what it is about, and how it is told."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
import re
from typing import Any, Final
from uuid import uuid4

from .const import DOMAIN

_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_PREFIX: Final = f"component.{DOMAIN}.common."
_DURATIONS: Final = (
    ("alerts_hours", 3600),
    ("plotter_minutes", 60),
    ("plotter_seconds", 1),
)


class AlertKind(StrEnum):
    """What an alert is about: each has its own words."""

    ABOVE = "above"
    BELOW = "below"
    BATTERY = "battery"
    SILENT = "silent"
    SENSOR = "sensor"
    OTHER = "other"


_IN_SHORT: Final = {
    AlertKind.BATTERY: "alerts_battery_low",
    AlertKind.SILENT: "alerts_is_away",
}
"""What is said when not all is known that the sentence names."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What can have one alert at a time."""

    entry_id: str
    entity_id: str | None
    """Without one, the alert is about the board, or about a sensor that is named."""
    channel: str | None
    """What that was called by whoever told of it: by its key, or by a name."""
    key: str
    """Whose alert it is: two automations can watch the same sensor."""


@dataclass(slots=True)
class Alert:
    """One time that something was wrong."""

    id: str
    kind: AlertKind
    key: str
    entry_id: str
    device_id: str
    entity_id: str | None
    board: str
    """The board's name then, as are the other words."""
    channel: str | None
    value: str | None
    unit: str | None
    limit: str | None
    message: str | None
    """A person's own words."""
    raised: str
    cleared: str | None = None
    hidden: bool = False
    """Whether a person has cleared the list while it was not over."""
    channel_key: str | None = None
    """What the sensor was called by whoever told of it; names change, and are shared."""

    @property
    def subject(self) -> Subject:
        """Return what it is about."""
        channel = None if self.entity_id else self.channel_key or self.channel
        return Subject(self.entry_id, self.entity_id, channel, self.key)

    @property
    def is_active(self) -> bool:
        """Return whether it is not over yet."""
        return self.cleared is None

    def as_dict(self) -> dict[str, Any]:
        """Return it as it is kept, and as cards and automations get it."""
        return asdict(self)


def new_id() -> str:
    """Return what no other alert is called."""
    return uuid4().hex


# In words.


def in_words(
    alert: Alert, texts: Mapping[str, str], escape: Callable[[str], str]
) -> str:
    """Return a sentence that names board, value and limit, or says that it is over."""
    sentence = f"{escape(alert.board)}: {_sentence(alert, texts, escape)}"
    if alert.is_active:
        return sentence
    over = texts.get(f"{_PREFIX}alerts_over", "{alert}")
    return over.replace("{alert}", sentence)


def _sentence(
    alert: Alert, texts: Mapping[str, str], escape: Callable[[str], str]
) -> str:
    if alert.message is not None:
        return escape(alert.message)
    key = f"alerts_{alert.kind}"
    if alert.kind is AlertKind.SENSOR:
        key = f"alerts_sensor_{alert.value}"
    limit = _with_unit(alert.limit, alert.unit, escape)
    if alert.kind is AlertKind.SILENT and alert.unit == "s":
        limit = _duration(alert.limit, texts) or limit
    values = {
        "{channel}": escape(alert.channel or ""),
        "{value}": _with_unit(alert.value, alert.unit, escape),
        "{limit}": limit,
    }
    sentence = texts.get(_PREFIX + key)
    if sentence is None or any(
        name in sentence and not value for name, value in values.items()
    ):
        # A later version may have more kinds, and not everybody says all there is to say.
        other = _IN_SHORT.get(alert.kind, "alerts_other")
        sentence = texts.get(_PREFIX + other, "{channel} {value}")
    for name, value in values.items():
        sentence = sentence.replace(name, value)
    return re.sub(" {2,}", " ", sentence).strip()


def _duration(seconds: str | None, texts: Mapping[str, str]) -> str | None:
    """Return how long something was, in the largest unit of which it is a whole number."""
    if seconds is None or not _NUMBER.fullmatch(seconds):
        return None
    count = float(seconds)
    key, size = next(
        (
            (key, size)
            for key, size in _DURATIONS
            if count >= size and count % size == 0
        ),
        _DURATIONS[-1],
    )
    return texts.get(_PREFIX + key, "{count}").replace("{count}", f"{count / size:g}")


def _with_unit(
    value: str | None, unit: str | None, escape: Callable[[str], str]
) -> str:
    """Return a value with its unit; a number is what it is."""
    if value is None:
        return ""
    if not _NUMBER.fullmatch(value):
        value = escape(value)
    if not unit:
        return value
    return f"{value}{unit}" if unit == "°" else f"{value} {escape(unit)}"

"""What a simulated board with a key has on it: sensors, lights, and things to switch."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
import re
from typing import Any, Final

from .readings import Value, readings

LIGHTS: Final = ("red", "green", "blue")
MODES: Final = ("off", "eco", "comfort")
SETPOINT: Final = (5.0, 30.0, 0.5)  # least, most, step
DISPLAY: Final = 16  # characters, as on the usual LCD
RINGS_EVERY: Final = 15  # readings

CHANNELS: Final[list[dict[str, Any]]] = [
    {"key": "temp", "kind": "sensor", "precision": 1},
    {"key": "distance", "kind": "sensor", "precision": 0},
    *({"key": light, "kind": "binary_sensor"} for light in LIGHTS),
    {"key": "light", "kind": "light", "channels": list(LIGHTS)},
    {"key": "relay", "kind": "switch", "device_class": "outlet"},
    {
        "key": "setpoint",
        "kind": "number",
        "device_class": "temperature",
        "unit": "°C",
        "min": SETPOINT[0],
        "max": SETPOINT[1],
        "step": SETPOINT[2],
    },
    {"key": "mode", "kind": "select", "options": list(MODES), "icon": "mdi:leaf"},
    {"key": "display", "kind": "text", "max": DISPLAY, "category": "config"},
    {
        "key": "bell",
        "kind": "event",
        "icon": "mdi:bell",
        "options": ["press", "double_press"],
    },
    {"key": "identify", "kind": "button", "device_class": "identify"},
    {"key": "restart", "kind": "button", "device_class": "restart"},
]


def introduction(board_id: str, name: str) -> dict[str, Any]:
    """Return what such a board says of itself in `hello`."""
    return {
        "id": board_id,
        "name": name,
        "manufacturer": "Arduino Sensor",
        "model": "Simulated board",
        "hardware": "rev 1",
        "firmware": "1.0.0",
    }


class NotPossibleError(Exception):
    """A command cannot be done; the message says why, to the person who gave it."""


@dataclass(frozen=True)
class Done:
    """What became of a command."""

    words: str  # what the board did, for who watches it
    value: Value | None = None  # what a channel is at, if not at what was asked for
    restarts: bool = False


class Device:
    """The board's inputs and outputs."""

    def __init__(self, sensors: Iterator[Mapping[str, Value]] | None = None) -> None:
        """Begin with everything off; `sensors` yields what is measured, for ever."""
        self.channels = CHANNELS  # as the board describes them
        self._sensors = sensors or readings(("temp", "distance"))
        self._read = 0
        self.state: dict[str, Value] = {
            "red": True,
            "green": False,
            "blue": True,
            "relay": False,
            "setpoint": 21.0,
            "mode": "eco",
            "display": "",
        }

    def reading(self) -> dict[str, Value]:
        """Measure, and return all that the board knows of itself."""
        self._read += 1
        return {**next(self._sensors), **self.state}

    def event(self) -> tuple[str, str] | None:
        """Return the channel and the event if somebody has just rung the bell."""
        if self._read % RINGS_EVERY:
            return None
        twice = self._read // RINGS_EVERY % 2 == 0
        return "bell", "double_press" if twice else "press"

    def act(self, key: object, value: object) -> Done:
        """Do what a command says; raise NotPossibleError if that cannot be done."""
        commands: dict[object, Callable[[Any], Done]] = {
            "light": self._light,
            "relay": self._relay,
            "setpoint": self._setpoint,
            "mode": self._mode,
            "display": self._display,
            "identify": lambda value: Done("blinks, to show which board it is"),
            "restart": lambda value: Done("restarts", restarts=True),
        }
        if not isinstance(key, str) or key not in commands:
            raise NotPossibleError("This board has no such thing to command.")
        return commands[key](value)

    def _light(self, value: Any) -> Done:
        if not isinstance(value, str) or not re.fullmatch(
            "#(?:00|ff){3}", value.lower()
        ):
            raise NotPossibleError("The light's colors are on or off: 00 or ff.")
        digits = value.lower()[1::2]
        self.state |= {
            light: digit == "f" for light, digit in zip(LIGHTS, digits, strict=True)
        }
        lit = [light for light in LIGHTS if self.state[light]]
        return Done(f"light {' and '.join(lit) or 'off'}")

    def _relay(self, value: Any) -> Done:
        if not isinstance(value, bool):
            raise NotPossibleError("The relay takes true or false.")
        self.state["relay"] = value
        return Done(f"relay {'on' if value else 'off'}")

    def _setpoint(self, value: Any) -> Done:
        least, most, step = SETPOINT
        if type(value) not in (int, float) or not least <= value <= most:
            raise NotPossibleError(f"The setpoint goes from {least:g} to {most:g} °C.")
        taken = round(value / step) * step
        self.state["setpoint"] = taken
        return Done(f"setpoint {taken:g} °C", None if taken == value else taken)

    def _mode(self, value: Any) -> Done:
        if value not in MODES:
            raise NotPossibleError(f"The mode is one of {', '.join(MODES)}.")
        self.state["mode"] = value
        return Done(f"mode {value}")

    def _display(self, value: Any) -> Done:
        if not isinstance(value, str) or len(value) > DISPLAY:
            raise NotPossibleError(f"The display has {DISPLAY} characters.")
        self.state["display"] = value
        return Done(f"display shows {value!r}" if value else "display is empty")


def in_parts(channels: list[dict[str, Any]], size: int) -> list[list[dict[str, Any]]]:
    """Return a description in parts of about so many characters, as boards send it.

    At least one part, and no part without a channel but that one.
    """
    parts: list[list[dict[str, Any]]] = [[]]
    left = size
    for channel in channels:
        needed = len(repr(channel))
        if parts[-1] and needed > left:
            parts.append([])
            left = size
        parts[-1].append(channel)
        left -= needed
    return parts

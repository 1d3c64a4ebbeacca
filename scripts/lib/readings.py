"""What simulated boards send: plausible readings, and faults."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
import json
from math import pi, sin
from random import Random

type Value = float | bool | str

DEFAULT_CHANNELS = ("temp", "distance", "red", "green", "blue")

# The middle of a channel's range and how far it goes from there.
_RANGES = {
    "temp": (25.5, 3.0),
    "temperature": (21.0, 3.0),
    "humidity": (48.0, 12.0),
    "pressure": (1013.0, 9.0),
    "distance": (150.2, 90.0),
    "co2": (750.0, 250.0),
    "ppm": (420.0, 60.0),
    "lux": (320.0, 240.0),
    "battery": (80.0, 15.0),
    "voltage": (3.7, 0.2),
    "rssi": (-61.0, 6.0),
}
_OFF = ("green", "red", "blue")  # the lights, in the order in which one is off


class Fault(StrEnum):
    """What can go wrong with a board, to see what Home Assistant makes of it."""

    NAN = "nan"
    GARBAGE = "garbage"
    SILENCE = "silence"
    DROP = "drop"


class Act(Enum):
    """What a board does instead of sending something."""

    NOTHING = "nothing"
    DROP = "drop"


@dataclass(frozen=True)
class Pause:
    """Time that passes before the next frame, in seconds."""

    seconds: float


type Frame = str | bytes | Act | Pause


def channel_names(text: str) -> list[str]:
    """Return channels from a number of them, or from a list with commas."""
    if text.isdecimal():
        more = [f"value_{n}" for n in range(len(DEFAULT_CHANNELS) + 1, int(text) + 1)]
        return [*DEFAULT_CHANNELS, *more][: int(text)]
    return [name.strip() for name in text.split(",") if name.strip()]


def readings(
    channels: Sequence[str] = DEFAULT_CHANNELS, interval: float = 2.0, seed: int = 0
) -> Iterator[dict[str, Value]]:
    """Yield readings for ever: numbers wander, lights take turns.

    The first is the one that the documentation shows.
    """
    random = Random(seed)
    numbers = [name for name in channels if name not in _OFF]
    phases = {name: index * 0.7 * seed for index, name in enumerate(numbers)}
    step = 0
    while True:
        time = step * interval
        reading: dict[str, Value] = {}
        for name in channels:
            if name in _OFF:
                reading[name] = int(time // 10) % 3 != _OFF.index(name)
                continue
            middle, reach = _RANGES.get(name, (50.0, 40.0))
            period = 60.0 if name == "distance" else 600.0
            value = middle + reach * sin(2 * pi * time / period + phases[name])
            if step:
                value += random.uniform(-0.03, 0.03) * reach
            reading[name] = round(value, 1 if reach >= 1 else 2)
        yield reading
        step += 1


def frames(
    source: Iterator[dict[str, Value]], fault: Fault | None = None
) -> Iterator[Frame]:
    """Yield what is sent: the readings as JSON, and the fault in between."""
    rubbish = list(_rubbish())
    for step, reading in enumerate(source):
        text = json.dumps(reading, separators=(",", ":"))
        if fault is Fault.NAN and step % 3 == 2:
            # What Arduino's String(NAN) makes of a loose wire.
            first = next(iter(reading))
            yield text.replace(
                f'"{first}":{json.dumps(reading[first])}', f'"{first}":nan'
            )
        elif fault is Fault.GARBAGE and step % 2 == 1:
            yield rubbish[step // 2 % len(rubbish)]
        elif fault is Fault.SILENCE and step >= 5:
            yield Act.NOTHING
        elif fault is Fault.DROP and step % 5 == 4:
            yield Act.DROP
        else:
            yield text


def _rubbish() -> Iterator[Frame]:
    yield "temp=25.5"
    yield '{"temp":25.5,'
    yield "[25.5]"
    yield '{"temp":"warm","distance":150.2}'
    yield '{"temp":{"value":25.5},"distance":150.2}'
    yield '{"temp":1e400}'
    yield '{"":1}'
    yield json.dumps({"k" * 65: 1})
    yield json.dumps({"text": "x" * 256})
    yield b"\x00\x01\x02"

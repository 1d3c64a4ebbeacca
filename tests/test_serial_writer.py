"""How fast a board on a serial line is written to, and what is left out."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from itertools import pairwise
import json
from typing import Any

import pytest

from custom_components.arduino_sensor import commands
from custom_components.arduino_sensor.transports import serial_writer
from custom_components.arduino_sensor.transports.serial_writer import (
    MAX_QUEUE,
    PAUSE,
    PIECE,
    SerialWriter,
)

ROOM = 63
"""What the chip of an Uno keeps, in bytes, until the sketch reads it."""


class Port:
    """Takes what is written, and notes when."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin with nothing written."""
        self._loop = loop
        self.pieces: list[tuple[float, bytes]] = []
        self.error: OSError | None = None

    def write(self, data: bytes) -> None:
        """Take bytes."""
        if self.error is not None:
            raise self.error
        self.pieces.append((self._loop.time(), data))

    @property
    def written(self) -> bytes:
        """Return all that was written."""
        return b"".join(data for _, data in self.pieces)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Return the messages that were written, which are all whole."""
        return [json.loads(line) for line in self.written.split(b"\n") if line]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to be written."""
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.005)


def message(number: int, size: int = 0) -> dict[str, Any]:
    """Return a message; the size is that of a text in it."""
    return {"type": "value", "key": "x" * size, "value": number}


def command(number: int, kind: str = "set") -> dict[str, Any]:
    """Return a command, which is long enough for two pieces."""
    return {"type": kind, "id": number, "key": "lamp " * 8, "value": True}


@pytest.fixture
async def port() -> Port:
    """Return a port."""
    return Port(asyncio.get_running_loop())


@pytest.fixture
async def writer(port: Port) -> AsyncGenerator[SerialWriter]:
    """Return what writes to the port as soon as there is something."""
    writer = SerialWriter(asyncio.get_running_loop(), 115200)
    writer.go(port)  # type: ignore[arg-type]
    yield writer
    writer.stop()


@pytest.mark.parametrize("baudrate", [115200, 9600])
async def test_pace(port: Port, baudrate: int) -> None:
    """No more is under way than an Uno keeps, and then it has time to take it."""
    assert PIECE <= ROOM
    writer = SerialWriter(asyncio.get_running_loop(), baudrate)
    writer.go(port)  # type: ignore[arg-type]
    sent = [message(number, 40 * number) for number in range(4)]
    for each in sent:
        writer.send(each)
    assert len(port.pieces) == 1
    await port.until(lambda: port.written.endswith(b'"value":3}\n'))
    writer.stop()

    assert port.messages == sent
    for (at, data), (later, after) in pairwise(port.pieces):
        assert len(data) <= PIECE
        assert later - at >= PAUSE + len(data) * 10 / baudrate - 0.001
        # Each begins with a line feed, in case the one before was cut off.
        assert not data.endswith(b"\n") or after.startswith(b"\n")


@pytest.mark.parametrize("kind", ["set", "message"])
async def test_repeated_command(port: Port, writer: SerialWriter, kind: str) -> None:
    """A command that has not left is not sent twice; one that has left is."""
    writer.send(command(1, kind))
    writer.send(command(1, kind))
    assert len(port.pieces) == 1
    await asyncio.sleep(4 * PAUSE)
    assert port.messages == [command(1, kind)]
    writer.send(command(1, kind))
    await port.until(lambda: len(port.pieces) == 4)
    assert port.messages == [command(1, kind)] * 2

    # Anything else may be the same again, with something else in between.
    values = [message(1), message(2), message(1)]
    for each in values:
        writer.send(each)
    await port.until(lambda: len(port.pieces) == 7)
    assert port.messages[2:] == values


async def test_age(
    port: Port, writer: SerialWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not taken in time is dropped; a command is renewed by its repetition."""
    # Asked again at half the time, it is given up when the person is told so.
    assert serial_writer._MAX_AGE <= commands.ANSWER_TIME / 2
    monkeypatch.setattr(serial_writer, "_MAX_AGE", 0.2)
    writer.pause()
    for each in (message(1), command(1), command(2)):
        writer.send(each)
    await asyncio.sleep(0.15)
    writer.send(command(2))
    writer.send(message(2))
    await asyncio.sleep(0.1)
    writer.resume()
    await port.until(lambda: len(port.pieces) == 3)
    assert port.messages == [command(2), message(2)]


async def test_queue(port: Port, writer: SerialWriter) -> None:
    """Of too many messages the oldest give way, but none that has begun."""
    writer.send(command(1))
    for number in range(2 * MAX_QUEUE):
        writer.send(message(number))
    await port.until(lambda: port.written.endswith(b'"value":63}\n'))
    kept = [message(number) for number in range(MAX_QUEUE + 1, 2 * MAX_QUEUE)]
    assert port.messages == [command(1), *kept]


async def test_finish(port: Port, writer: SerialWriter) -> None:
    """At the end all that counts is written at once, and nothing after that."""
    writer.send(command(1))
    for each in (command(2), message(1, 99)):
        writer.send(each)
    writer.finish()
    assert port.messages == [command(1), message(1, 99)]
    await asyncio.sleep(4 * PAUSE)
    assert len(port.pieces) == 2

    writer.finish()
    writer.pause()
    writer.send(message(2))
    writer.finish()
    writer.resume()
    await asyncio.sleep(2 * PAUSE)
    assert len(port.pieces) == 2


async def test_nothing_before_it_may(port: Port) -> None:
    """A board that starts is not written to, not even at the end."""
    writer = SerialWriter(asyncio.get_running_loop(), 115200)
    writer.send(message(1))
    writer.resume()
    writer.finish()
    writer.go(port)  # type: ignore[arg-type]
    assert port.pieces == []


async def test_port_that_breaks(port: Port, writer: SerialWriter) -> None:
    """What was to be written is dropped with the port."""
    port.error = OSError("unplugged")
    writer.send(command(1))
    port.error = None
    await asyncio.sleep(2 * PAUSE)
    assert port.pieces == []
    writer.send(message(1))
    assert port.messages == [message(1)]

"""Getting to know the board at a serial port, before it has an entry."""

import asyncio
from dataclasses import dataclass, field
import os
from pathlib import Path
from typing import Final

from homeassistant.components.usb import USBDevice, async_scan_serial_ports
from homeassistant.core import HomeAssistant, callback

from ..channels import Channel, settle
from ..connection import CloseCode, ProblemReporter
from ..domain import async_get_domain
from ..hello import About, parse_hello
from ..plotter import Plotter
from ..protocol import Problem, ProtocolError, check_type, parse
from ..remembered import merge
from . import serial_line
from .serial_line import SerialConnection, is_address
from .serial_open import PortError, async_open

__all__ = ["Introduction", "PortError", "async_introduce", "async_stable_port"]

MAX_PROBLEMS: Final = 8
"""How many mistakes are kept; older ones give way."""

# How long what belongs together may come apart: a hello, its channels, a reading.
_TOGETHER: Final = 1.0
_CLOSE_TIMEOUT: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """What was heard at a port."""

    about: About | None
    """What the board says of itself; None if it has not said hello."""

    channels: dict[str, Channel] = field(default_factory=dict)
    """Its channels, described ones and those that were only in readings, with their
    latest values: what an entry's data is made from (`remembered.stored`)."""

    lines: int = 0
    """How many lines with readings or messages came, also those with mistakes."""

    debug: tuple[str, ...] = ()
    """The latest lines that were no JSON, as text that can be shown."""

    problems: tuple[Problem, ...] = ()
    """What was wrong with lines that were meant as JSON: the latest, each once."""

    plotted: bool = False
    """Whether lines look like `label: value` pairs, as for the serial plotter.

    With `plotter=True` they are in `channels`; without, they are only looked at."""

    garbled: bool = False
    """Whether bytes came that are no text: the speed is wrong, most likely."""

    silent: bool = True
    """Whether not one byte came."""


class _Acquaintance:
    """What is known of a board so far."""

    def __init__(self, connection: SerialConnection) -> None:
        self._connection = connection
        self._reporter = ProblemReporter()
        self._loop = asyncio.get_running_loop()
        self.about: About | None = None
        self.channels: dict[str, Channel] = {}
        self.described = False
        self.lines = 0
        self.problems: dict[str, Problem] = {}
        self.read = False
        """Whether there was a reading with something in it."""
        self.enough_at: float | None = None
        """When enough is known, if nothing more comes that belongs to it."""
        self.asked_twice = False
        connection.receive = self._receive
        connection.receive_problem = self._note

    @callback
    def _receive(self, data: bytes) -> None:
        self.lines += 1
        try:
            values, problems = parse(data)
        except ProtocolError as err:
            self._note(err.problem)
            return
        if values.get("type") == "hello":
            hello, problems = parse_hello(values)
            self.about = hello.about
        elif values.get("type") == "channels":
            described, problems = self._connection.collector.take(values)
            if described is not None:
                self.channels, _ = merge(self.channels, described)
                self.described = True
        elif "type" in values:
            problems = [problem] if (problem := check_type(values)) else []
        else:
            problems += self._read(values)
        for problem in problems:
            self._note(problem)
        if self.about is not None and (self.read or self.described):
            self.enough_at = self._loop.time() + _TOGETHER

    def _read(self, values: dict[str, object]) -> list[Problem]:
        problems = []
        for key, value in values.items():
            settled = settle(self.channels, key, value)
            if isinstance(settled, Problem):
                problems.append(settled)
            elif (channel := self.channels.get(key)) is not None:
                channel.value = settled
                self.read = True
        return problems

    @callback
    def _note(self, problem: Problem) -> None:
        """Tell the sketch's author, in the dialog and at the board."""
        self._reporter.report(self._connection, problem)
        self.problems.pop(problem.message, None)
        self.problems[problem.message] = problem
        if len(self.problems) > MAX_PROBLEMS:
            del self.problems[next(iter(self.problems))]

    def is_enough(self) -> bool:
        """Return whether there is nothing more to wait for."""
        if self.enough_at is not None:
            return self._loop.time() >= self.enough_at
        # A plain sketch says no hello; text does not become readings by waiting.
        return self.asked_twice and (self.read or self._connection.plotted)


async def async_introduce(
    hass: HomeAssistant,
    port: str,
    baudrate: int,
    *,
    plotter: bool = False,
    entry_id: str | None = None,
    seconds: float = 12.0,
) -> Introduction:
    """Open a port, listen, ask for a hello; return what was heard, and close it.

    Ends before the time is over when a hello and a reading were heard; or, from a
    sketch that says no hello, as soon as it has been asked for one twice and readings
    come. Cancelling closes the port.

    `entry_id` is that of an entry that may have the port (its reconfiguration): it
    lends it, and opens it again afterwards. Raises PortError when the port cannot be
    opened, or breaks off while listening.
    """
    domain = await async_get_domain(hass)
    async with domain.serial_ports.async_borrow(port, entry_id):
        reader = Plotter({}) if plotter else None
        connection = SerialConnection(hass, port, baudrate, reader)
        heard = _Acquaintance(connection)
        try:
            await async_open(connection)
            return await _async_listen(connection, heard, seconds)
        finally:
            connection.close(CloseCode.GOING_AWAY)
            await asyncio.wait({connection.ended}, timeout=_CLOSE_TIMEOUT)


async def _async_listen(
    connection: SerialConnection, heard: _Acquaintance, seconds: float
) -> Introduction:
    loop = asyncio.get_running_loop()
    began = loop.time()
    twice = began + serial_line.ASK_TIMES[1] + _TOGETHER
    while (now := loop.time()) < began + seconds:
        heard.asked_twice = now >= twice
        if heard.is_enough():
            break
        await asyncio.wait({connection.ended}, timeout=min(0.1, began + seconds - now))
        if connection.ended.done():
            raise PortError("port_missing", port=connection.source)
    if connection.plotter is not None:
        for frame in connection.plotter.flush():
            connection.receive(frame)
    return Introduction(
        about=heard.about,
        channels=heard.channels,
        lines=heard.lines,
        debug=tuple(connection.printed),
        problems=tuple(heard.problems.values()),
        plotted=connection.plotted,
        garbled=connection.garbled,
        silent=connection.silent,
    )


# Names of ports.

_BY_ID: Final = Path("/dev/serial/by-id")
_BY_PATH: Final = Path("/dev/serial/by-path")


async def async_stable_port(hass: HomeAssistant, port: str) -> str:
    """Return the name of a port that stays the same when it is plugged in again.

    That is the one in `/dev/serial/by-id` if no two boards share it, else the one in
    `/dev/serial/by-path`, else what was given. Addresses (`socket://…`) stay as they
    are.
    """
    if is_address(port):
        return port
    scanned = [
        found
        for found in await async_scan_serial_ports(hass)
        if isinstance(found, USBDevice)
    ]
    return await hass.async_add_executor_job(_stable, port, scanned)


def _stable(port: str, scanned: list[USBDevice]) -> str:
    real = os.path.realpath(port)
    at = {os.path.realpath(found.device): found for found in scanned}
    found = at.get(real)
    shared = found is not None and (
        not _tells_apart(found.serial_number)
        or any(
            _identity(other) == _identity(found)
            for path, other in at.items()
            if path != real
        )
    )
    by_id, by_path = _link_to(_BY_ID, real), _link_to(_BY_PATH, real)
    if shared:
        by_id, by_path = by_path, by_id
    return by_id or by_path or port


def _identity(device: USBDevice) -> tuple[object, ...]:
    return device.vid, device.pid, device.serial_number, device.interface_num


def _tells_apart(serial_number: str | None) -> bool:
    """Return whether a serial number is one: clones have none, or all the same."""
    plain = (serial_number or "").strip("0 ")
    return len(plain) > 1


def _link_to(folder: Path, real: str) -> str | None:
    try:
        links = sorted(folder.iterdir())
    except OSError:
        return None
    return next((str(link) for link in links if os.path.realpath(link) == real), None)

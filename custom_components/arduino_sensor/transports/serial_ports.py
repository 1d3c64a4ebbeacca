"""The serial ports that are open, each for as long as a board needs it.

A port outlives the set-up of its entry: opening it resets many a board.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import logging
import os
from typing import Any, Final

from homeassistant.components.usb import USBDevice, async_register_port_event_callback
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..connection import CloseCode
from ..const import CONF_PLOTTER, DOMAIN
from ..device import escape_markdown
from ..endpoint import Endpoint, SerialAddress
from ..plotter import Plotter
from ..protocol import Problem
from ..remembered import channels_of
from .serial_line import SerialConnection, is_address
from .serial_open import PortError, async_open

_LOGGER = logging.getLogger(__name__)

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
"""How long a port that cannot be opened is left alone at first, and at most, in seconds."""

STABLE_TIME: Final = 10.0
"""A connection that lasted so long was a good one: the pauses begin anew."""

# A board that was just plugged in may be there before its permissions are, and a host in
# the network may be starting.
_FAILURES: Final = 3
_FAILURES_NETWORK: Final = 6

_CLOSE_TIMEOUT: Final = 5.0

_OPENING: Final = ("port_busy", "port_denied", "port_failed")
REPAIRS: Final[Mapping[str, frozenset[str]]] = {
    "port_busy": frozenset({"port"}),
    "port_denied": frozenset({"port"}),
    "port_failed": frozenset({"port", "error"}),
    "serial_speed": frozenset({"port", "baudrate"}),
    "serial_other_board": frozenset({"port", "other"}),
    "serial_same_board": frozenset({"port", "other"}),
}
"""What each repair says, besides the board's name."""


@dataclass(eq=False, slots=True)
class _Claim:
    """A board that is expected at a port."""

    address: SerialAddress
    entry: ConfigEntry
    users: int = 0
    plotter: Plotter | None = None
    repair: str | None = None
    """The repair that there is for it."""


class _Port:
    """A port that is to be open."""

    def __init__(self, name: str, baudrate: int, task: asyncio.Task[None]) -> None:
        self.name = name
        self.baudrate = baudrate
        self.task = task
        self.real = name
        self.connection: SerialConnection | None = None
        self.owner: _Claim | None = None
        """Whose board it is that is connected, once that is known."""
        self.stranger: str | None = None
        self.openings = 0
        self.error: PortError | None = None
        self.plugged = asyncio.Event()


class SerialPorts:
    """Opens ports, again and again, and finds out whose boards are there."""

    def __init__(self, hass: HomeAssistant, endpoint: Endpoint) -> None:
        """Begin with no port."""
        self._hass = hass
        self._endpoint = endpoint
        self._claims: dict[SerialAddress, _Claim] = {}
        self._ports: dict[tuple[str, int], _Port] = {}
        self._lent: set[tuple[str, int]] = set()
        self._closing: dict[str, asyncio.Task[None]] = {}
        self._stopped = False
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._stop)
        async_register_port_event_callback(hass, self._plugged)

    # Entries.

    @callback
    def acquire(self, address: SerialAddress, entry: ConfigEntry) -> None:
        """Have a port open for an entry, or count one user more."""
        claim = self._claims.setdefault(address, _Claim(address, entry))
        claim.users += 1
        self._set_plotter(claim)
        self._start(address.port, address.baudrate)

    @callback
    def release(self, address: SerialAddress) -> None:
        """Count one user less; a port that nobody needs is closed."""
        claim = self._claims[address]
        claim.users -= 1
        if claim.users:
            return
        del self._claims[address]
        self._clear(claim)
        key = address.port, address.baudrate
        if (port := self._ports.get(key)) is None:
            return
        if port.owner is claim:
            port.owner = None
        if not self._at(port):
            self._close(key)

    def state(self, address: SerialAddress) -> Mapping[str, Any]:
        """Return what is known of a port, for a bug report."""
        port = self._ports.get((address.port, address.baudrate))
        if port is None:
            return {"open": False, "openings": 0, "error": None}
        return {
            "open": port.connection is not None,
            "openings": port.openings,
            "error": port.error and port.error.key,
        }

    def _set_plotter(self, claim: _Claim) -> None:
        wanted = claim.entry.options.get(CONF_PLOTTER, False)
        if wanted == (claim.plotter is not None):
            return
        claim.plotter = _plotter_of(claim.entry) if wanted else None
        for port in self._ports.values():
            if port.owner is claim and port.connection is not None:
                port.connection.plotter = claim.plotter

    def _at(self, port: _Port) -> list[_Claim]:
        """Return who has a port."""
        return [
            claim
            for claim in self._claims.values()
            if (claim.address.port, claim.address.baudrate)
            == (port.name, port.baudrate)
        ]

    @asynccontextmanager
    async def async_borrow(
        self, name: str, entry_id: str | None
    ) -> AsyncGenerator[None]:
        """Have a port closed for a while, if only one entry has it.

        Raises PortError if another has it.
        """
        real = await self._hass.async_add_executor_job(os.path.realpath, name)
        borrowed = [
            key for key, port in self._ports.items() if real in (port.name, port.real)
        ]
        for key in borrowed:
            port = self._ports[key]
            for claim in self._at(port):
                # A board that is not the entry's can be added beside it.
                if claim.entry.entry_id != entry_id and port.stranger is None:
                    raise PortError("port_taken", port=name, board=claim.entry.title)
        self._lent.update(borrowed)
        closing = [self._close(key) for key in borrowed]
        try:
            if closing:
                # Whoever does not wait for that any more does not stop it.
                await asyncio.wait(closing)
            yield
        finally:
            self._lent.difference_update(borrowed)
            for key in borrowed:
                self._start(*key)

    # Ports.

    def _start(self, name: str, baudrate: int) -> None:
        key = name, baudrate
        claimed = any(
            (address.port, address.baudrate) == key for address in self._claims
        )
        if self._stopped or not claimed or key in self._ports or key in self._lent:
            return
        # Not eagerly: the board is not attached yet.
        task = self._hass.async_create_background_task(
            self._async_keep_open(key), f"arduino_sensor {name}", eager_start=False
        )
        self._ports[key] = _Port(name, baudrate, task)

    def _close(self, key: tuple[str, int]) -> asyncio.Task[None]:
        port = self._ports.pop(key)
        port.task.cancel()
        task = self._closing[port.name] = self._hass.async_create_task(
            self._async_close(port), eager_start=True
        )
        return task

    async def _async_close(self, port: _Port) -> None:
        connection = port.connection
        await asyncio.wait({port.task})
        if connection is not None:
            await asyncio.wait({connection.ended}, timeout=_CLOSE_TIMEOUT)
        if self._closing.get(port.name) is asyncio.current_task():
            del self._closing[port.name]

    @callback
    def _stop(self, _: Event) -> None:
        self._stopped = True
        for port in self._ports.values():
            port.task.cancel()

    @callback
    def _plugged(self, added: set[USBDevice], removed: set[USBDevice]) -> None:
        if added:
            for port in self._ports.values():
                port.plugged.set()

    async def _async_keep_open(self, key: tuple[str, int]) -> None:
        port = self._ports[key]
        if (closing := self._closing.get(port.name)) is not None:
            await asyncio.wait({closing})
        failures = 0
        while True:
            began = self._hass.loop.time()
            port.plugged.clear()
            try:
                await self._async_serve(port)
            except PortError as err:
                _LOGGER.debug("%s: %s", err, err.placeholders)
                port.error = err
                failures += 1
                self._tell_failure(port, err, failures)
            else:
                lasted = self._hass.loop.time() - began
                failures = 0 if lasted > STABLE_TIME else failures + 1
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_after(failures)):
                    await port.plugged.wait()

    async def _async_serve(self, port: _Port) -> None:
        """Open a port, and be there until it ends."""
        connection = SerialConnection(
            self._hass, port.name, port.baudrate, self._at(port)[0].plotter
        )
        connection.on_open = lambda: self._opened(port, connection)
        connection.on_hello = lambda board_id: self._hello(port, board_id)
        connection.on_no_hello = lambda: self._no_hello(port)
        connection.on_garbled = lambda: self._garbled(port)
        connection.on_settled = lambda: self._settled(port)
        try:
            await async_open(connection)
            port.real = await self._hass.async_add_executor_job(
                os.path.realpath, port.name
            )
            await asyncio.wait({connection.ended})
        finally:
            port.connection = port.owner = port.stranger = None
            self._endpoint.disconnect(connection)
            connection.close(CloseCode.SERVICE_RESTART)

    def _opened(self, port: _Port, connection: SerialConnection) -> None:
        port.openings += 1
        port.error = None
        port.connection = connection
        for claim in self._at(port):
            self._clear(claim, *_OPENING)
        if all(claim.address.board_id is None for claim in self._at(port)):
            self._no_hello(port)

    # Whose board it is.

    def _hello(self, port: _Port, board_id: str | None) -> None:
        """Give a connection to whom the board belongs, by what it says of itself."""
        claim = self._owner(port, board_id)
        if claim is not None and not self._is_elsewhere(claim, port):
            self._give(port, claim)
        elif port.stranger != (board_id or ""):
            self._refuse(port, board_id or "", twice=claim is not None)

    def _no_hello(self, port: _Port) -> None:
        """Give a connection to whoever has the port: the board does not say more."""
        if (
            port.owner is None
            and (claim := self._owner(port, None)) is not None
            and not self._is_elsewhere(claim, port)
        ):
            self._give(port, claim)

    def _owner(self, port: _Port, board_id: str | None) -> _Claim | None:
        if board_id is not None:
            for claim in self._claims.values():
                if claim.address.board_id == board_id:
                    return claim
        here = self._at(port)
        for claim in here:
            if claim.address.board_id is None:
                return claim
        return here[0] if here and board_id is None else None

    def _is_elsewhere(self, claim: _Claim, port: _Port) -> bool:
        return any(
            other.owner is claim for other in self._ports.values() if other is not port
        )

    def _give(self, port: _Port, claim: _Claim) -> None:
        connection = port.connection
        if connection is None or port.owner is claim:
            return
        self._take_back(port, connection)
        port.owner, port.stranger = claim, None
        connection.plotter = claim.plotter
        for other in (claim, *self._at(port)):
            self._clear(other, "serial_other_board", "serial_same_board")
        self._endpoint.connect(claim.address, connection)
        connection.hand_on()

    def _take_back(self, port: _Port, connection: SerialConnection) -> None:
        if port.owner is not None:
            port.owner = None
            self._endpoint.disconnect(connection)
            connection.release()

    def _refuse(self, port: _Port, board_id: str, *, twice: bool) -> None:
        """Keep a board's readings from an entry that is another board's."""
        if (connection := port.connection) is None:
            return
        self._take_back(port, connection)
        port.stranger = board_id
        for claim in self._at(port):
            self._tell(
                claim,
                "serial_same_board" if twice else "serial_other_board",
                port=port.name,
                other=board_id or "?",
            )
        connection.send(
            Problem(
                "unknown_board",
                "Another board of this id is connected: give each an id of its own."
                if twice
                else "Home Assistant expects another board at this port: add this one "
                "there.",
            ).as_message()
        )

    # Repairs: one for an entry, the latest.

    def _tell_failure(self, port: _Port, error: PortError, failures: int) -> None:
        if error.key == "port_missing":
            # Unplugged: its entities say so.
            for claim in self._at(port):
                self._clear(claim)
            return
        if failures < (_FAILURES_NETWORK if is_address(port.name) else _FAILURES):
            return
        for claim in self._at(port):
            self._tell(claim, error.key, **error.placeholders)

    def _garbled(self, port: _Port) -> None:
        for claim in self._at(port):
            self._tell(
                claim, "serial_speed", port=port.name, baudrate=str(port.baudrate)
            )

    def _settled(self, port: _Port) -> None:
        for claim in self._at(port):
            self._clear(claim, "serial_speed")

    def _tell(self, claim: _Claim, repair: str, **placeholders: str) -> None:
        if claim.repair == repair:
            return
        claim.repair = repair
        _LOGGER.warning(
            "%s has a repair: %s %s", claim.entry.title, repair, placeholders
        )
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            _repair_id(claim),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=repair,
            translation_placeholders={
                name: escape_markdown(text)
                for name, text in (("board", claim.entry.title), *placeholders.items())
            },
        )

    def _clear(self, claim: _Claim, *repairs: str) -> None:
        """Take a repair back: one of these, or any."""
        if claim.repair is not None and (not repairs or claim.repair in repairs):
            claim.repair = None
            ir.async_delete_issue(self._hass, DOMAIN, _repair_id(claim))


def pause_after(failures: int) -> float:
    """Return how long a port is left alone, in seconds."""
    # No larger power: it may be unplugged for days.
    return min(FIRST_PAUSE * (1 << min(max(failures - 1, 0), 6)), LONGEST_PAUSE)


def _repair_id(claim: _Claim) -> str:
    return f"serial_{claim.entry.entry_id}"


def _plotter_of(entry: ConfigEntry) -> Plotter:
    """Return a plotter that knows the channels of an entry."""
    return Plotter(
        {
            key: channel.description
            for key, channel in channels_of(entry).items()
            if channel.description is not None
        }
    )

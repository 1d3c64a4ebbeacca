"""The live connections and whom they belong to.

There is one endpoint for the domain. A connection outlives the set-up of its entry:
enabling an entity or changing an option sets an entry up anew, and a sketch that
never reconnects would be lost if its connection were closed with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
import time
from typing import Any, Final

from homeassistant.const import (
    CONF_PATH,
    CONF_PORT,
    CONF_TOKEN,
    EVENT_HOMEASSISTANT_STOP,
)
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .board import Board, Snapshot
from .connection import PROBE_TIME, CloseCode, Connection, ProblemReporter
from .const import (
    CONF_BAUDRATE,
    CONF_BOARD,
    CONF_KEY,
    CONF_LINK,
    CONF_NETWORKS,
    CONF_SOURCE,
    DEFAULT_GRACE,
    LINK_FIXED,
    LINK_KEY,
    LINK_SERIAL,
    LINK_TOKEN,
)
from .keyring import Keyring
from .lobby import Lobby
from .pending import PendingBoard, PendingBoards
from .protocol import Problem
from .waiting import WaitingBoards

PARK_TIME: Final = 10.0
"""How long a connection waits for its entry to be set up again, in seconds."""


@dataclass(frozen=True, slots=True)
class FixedAddress:
    """A path on a port of its own, for one source address or (None) for any."""

    port: int
    path: str
    source: str | None


@dataclass(frozen=True, slots=True)
class KeyAddress:
    """A board with a key, wherever it comes in."""

    board_id: str


@dataclass(frozen=True, slots=True)
class SerialAddress:
    """A serial port at a speed, and the id of the board that is to be there, if known."""

    port: str
    baudrate: int
    board_id: str | None


type Address = str | FixedAddress | KeyAddress | SerialAddress
"""What a board is known by: its token, a fixed address, the id it has proven, a port."""


@dataclass(slots=True)
class _Parked:
    """What waits for an entry to be set up (again)."""

    cancel: CALLBACK_TYPE
    snapshot: Snapshot | None = None
    lobby: Lobby | None = None
    on_gone: CALLBACK_TYPE | None = None


def address_of(data: Mapping[str, Any]) -> Address | None:
    """Return the address in an entry's data; a virtual board has none."""
    if data[CONF_LINK] == LINK_TOKEN:
        token: str = data[CONF_TOKEN]
        return token
    if data[CONF_LINK] == LINK_FIXED:
        return FixedAddress(data[CONF_PORT], data[CONF_PATH], data[CONF_SOURCE])
    if data[CONF_LINK] == LINK_KEY:
        return KeyAddress(data[CONF_BOARD])
    if data[CONF_LINK] == LINK_SERIAL:
        return SerialAddress(data[CONF_PORT], data[CONF_BAUDRATE], data.get(CONF_BOARD))
    return None


def is_in_networks(source: str, data: Mapping[str, Any]) -> bool:
    """Return whether a source is in the networks of an entry with a fixed address."""
    return any(
        ip_address(source) in ip_network(network) for network in data[CONF_NETWORKS]
    )


def not_in_networks(source: str) -> Problem:
    """Return what to say to a board that is in none of them."""
    return Problem(
        "not_allowed", f"{source} is not in the networks that this board may be in."
    )


class Endpoint:
    """Knows which connection belongs to which board."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with no connection."""
        self._hass = hass
        self._boards: dict[Address, Board] = {}
        self._on_gone: dict[Address, CALLBACK_TYPE] = {}
        self._connections: dict[Address, Connection] = {}
        self._parked: dict[Address, _Parked] = {}
        # Where the last connection to a fixed address came from, and when it ended.
        self._last_source: dict[Address, tuple[str, float]] = {}
        self._stopped = False
        self.pending = PendingBoards(hass, self._pending_dropped)
        self.keyring = Keyring(hass)
        self.waiting = WaitingBoards(hass, self.keyring)
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._stop)

    # Boards: an entry is set up, unloaded, removed.

    def snapshot(self, address: Address) -> Snapshot | None:
        """Return what the entry's previous Board left."""
        parked = self._parked.get(address)
        return parked.snapshot if parked is not None else None

    @callback
    def attach(
        self, address: Address, board: Board, on_gone: CALLBACK_TYPE | None = None
    ) -> None:
        """Give a board the connections to an address, one that is there included.

        `on_gone` is called when nothing waits for the address any more.
        """
        self._boards[address] = board
        if on_gone is not None:
            self._on_gone[address] = on_gone
        if (pending := self._pending(address)) is not None:
            self.pending.claim(pending.token)
        parked = self._parked.pop(address, None)
        if parked is not None:
            parked.cancel()
        if isinstance(address, FixedAddress) and address.source is not None:
            self._take_over(address)
        if (connection := self._connections.get(address)) is not None:
            board.connect(connection)
        if pending is not None:
            # The dialog has promised an entity for each, and the board may not send
            # them again for a long time.
            if pending.lobby is not None:
                board.catch_up(pending.lobby)
            board.learn(pending.channels.values(), pending.heard)
        if parked is not None:
            if parked.lobby is not None:
                board.catch_up(parked.lobby)
            if parked.on_gone is not None:
                parked.on_gone()
        if isinstance(address, KeyAddress):
            self.waiting.claim(
                address.board_id, bytes.fromhex(board.entry.data[CONF_KEY])
            )

    def _take_over(self, address: FixedAddress) -> None:
        """Take a source's connection from the board that any source can use."""
        general = FixedAddress(address.port, address.path, None)
        connection = self._connections.get(general)
        if connection is None or connection.source != address.source:
            return
        self.disconnect(connection)
        self._last_source.pop(general, None)
        self._connections[address] = connection

    @callback
    def detach(self, board: Board) -> None:
        """Take the connection from a board whose entry is unloaded.

        It waits for the entry to be set up again, unless it may not come back: the
        entry was disabled, or has another address or other networks now.
        """
        address = next(
            (address for address, other in self._boards.items() if other is board),
            None,
        )
        if address is not None:
            del self._boards[address]
            self._park(address, board.snapshot())
            connection = self._connections.get(address)
            if board.entry.disabled_by is not None or (
                address != address_of(board.entry.data)
            ):
                self.drop(address)
            elif (
                connection is not None
                and isinstance(address, FixedAddress)
                and not is_in_networks(connection.source, board.entry.data)
            ):
                self._connections.pop(address)
                connection.close(
                    CloseCode.NOT_ALLOWED, not_in_networks(connection.source)
                )
        board.close()

    @callback
    def drop(self, address: Address) -> None:
        """Close what waits for an address that is not a board's any more."""
        # Still there if its platforms could not be unloaded.
        if (board := self._boards.pop(address, None)) is not None:
            board.close()
        self._end(
            address,
            CloseCode.UNKNOWN_ADDRESS,
            Problem(
                "unknown_address",
                "This board was disabled or deleted in Home Assistant, or has a new "
                "address there.",
            ),
        )

    def _park(self, address: Address, snapshot: Snapshot | None = None) -> None:
        @callback
        def _time_is_over(_: object) -> None:
            self._end(address, CloseCode.SERVICE_RESTART)

        parked = self._parked[address] = _Parked(
            cancel=async_call_later(
                self._hass,
                PARK_TIME,
                HassJob(_time_is_over, cancel_on_shutdown=True),
            ),
            snapshot=snapshot,
            on_gone=self._on_gone.pop(address, None),
        )
        if self._stopped:
            self._end(address, CloseCode.GOING_AWAY)
        elif (connection := self._connections.get(address)) is not None:
            _listen(connection, parked)

    def _end(
        self, address: Address, code: CloseCode, problem: Problem | None = None
    ) -> None:
        self._last_source.pop(address, None)
        if (connection := self._connections.pop(address, None)) is not None:
            connection.close(code, problem)
        on_gone = self._on_gone.pop(address, None)
        if (parked := self._parked.pop(address, None)) is not None:
            parked.cancel()
            on_gone = parked.on_gone
        if on_gone is not None:
            on_gone()

    # Connections: a transport tells of their beginnings and ends.

    def holder(self, address: FixedAddress) -> str | None:
        """Return which source has a fixed address now, or had until just now.

        One that has been silent for a while is asked for a sign of life: another
        source that wants the address may be the same board with a new one.
        """
        if (connection := self._connections.get(address)) is not None:
            connection.probe()
            return connection.source
        source, ended = self._last_source.get(address, (None, 0.0))
        return source if time.monotonic() < ended + DEFAULT_GRACE else None

    def is_connected(self, board_id: str) -> bool:
        """Return whether a board has a connection in which it has proven its key.

        One that has been silent for a while is asked for a sign of life: the board
        may have been restarted.
        """
        address = KeyAddress(board_id)
        if (connection := self._connections.get(address)) is None:
            return False
        # One whose sketch is busy answers late, and must not lose its place by that.
        board = self._boards.get(address)
        interval = board.interval if board is not None else None
        connection.probe(max(2 * PROBE_TIME, 1.5 * (interval or 0)))
        return True

    @callback
    def connect(self, address: Address, connection: Connection) -> None:
        """Take a connection that was admitted; it replaces an older one."""
        if (old := self._connections.get(address)) is not None:
            old.close(
                CloseCode.REPLACED,
                Problem("replaced", "A newer connection uses this board's address."),
            )
        self._connections[address] = connection
        if (board := self._boards.get(address)) is not None:
            board.connect(connection)
        elif (pending := self._pending(address)) is not None:
            pending.connect(connection)
        elif (parked := self._parked.get(address)) is not None:
            _listen(connection, parked)
        else:
            self._park(address)

    @callback
    def disconnect(self, connection: Connection) -> None:
        """Take note that a connection has ended."""
        address = next(
            (
                address
                for address, other in self._connections.items()
                if other is connection
            ),
            None,
        )
        if address is None:
            return
        del self._connections[address]
        if isinstance(address, FixedAddress):
            self._last_source[address] = (connection.source, time.monotonic())
        if (board := self._boards.get(address)) is not None:
            board.disconnect()
        elif (pending := self._pending(address)) is not None:
            pending.connection = None

    def _pending(self, address: Address) -> PendingBoard | None:
        return self.pending.get(address) if isinstance(address, str) else None

    def _pending_dropped(self, board: PendingBoard) -> None:
        self._end(
            board.token,
            CloseCode.UNKNOWN_ADDRESS,
            Problem(
                "unknown_address",
                "This address was not added in Home Assistant in time: get a new one.",
            ),
        )

    @callback
    def _stop(self, _: Event) -> None:
        self._stopped = True
        for board in self._boards.values():
            # The recorder still writes it.
            board.publishing.flush()
        for address in [*self._connections, *self._parked]:
            self._end(address, CloseCode.GOING_AWAY)


def _listen(connection: Connection, parked: _Parked) -> None:
    """Keep what a connection says while its board's entry is set up (anew)."""
    lobby = parked.lobby = Lobby(connection, ProblemReporter())
    connection.receive = lobby.receive
    connection.receive_problem = lobby.receive_problem

"""Boards that were announced in a dialog and have no config entry yet.

Their addresses are good for a day, also across a restart: who closes the dialog
to open the Arduino IDE finds the board under *Discovered* when it connects.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
import secrets
import time
from typing import Final, TypedDict

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY
from homeassistant.const import CONF_TOKEN
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import discovery_flow
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import Store

from .channels import Channel, settle
from .connection import Connection, ProblemReporter
from .const import DOMAIN
from .lobby import Lobby
from .protocol import Problem, ProtocolError, Value, check_type, parse
from .remembered import merge

MAX_PENDING: Final = 8
LIFETIME: Final = 24 * 60 * 60
"""How long an address is good before its board is added, in seconds."""

_SAVE_DELAY: Final = 1
_STORAGE_VERSION: Final = 1


def new_token() -> str:
    """Return a token for a board's address: 160 random bits, easy to copy.

    Lower case and digits only: some boards' network code changes the case, and a
    double click selects it whole.
    """
    alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
    return "".join(secrets.choice(alphabet) for _ in range(32))


class _Stored(TypedDict):
    token: str
    board_id: str
    name: str
    expires: float


@dataclass(eq=False)
class PendingBoard:
    """A board that Home Assistant waits for."""

    token: str = field(repr=False)
    board_id: str
    name: str
    expires: float
    """When the address ends, in seconds since the epoch."""
    channels: dict[str, Channel] = field(default_factory=dict)
    """What its entry will begin with, by key."""
    watched: bool = False
    """Whether a dialog is open that waits for it."""
    heard: float | None = None
    """When the last frame came, as `time.monotonic()` has it."""
    connection: Connection | None = None
    reporter: ProblemReporter = field(default_factory=ProblemReporter)
    lobby: Lobby | None = None
    """What it said of itself and its channels, for its entry to begin with."""
    on_reading: Callable[[], None] | None = None
    received: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def values(self) -> dict[str, Value]:
        """Return the latest value of each key that was received."""
        return {
            key: channel.value
            for key, channel in self.channels.items()
            # One that is only described so far has sent nothing.
            if channel.value is not None or channel.description is None
        }

    async def async_wait(self) -> None:
        """Wait for the first reading with a value in it."""
        await self.received.wait()

    @callback
    def connect(self, connection: Connection) -> None:
        """Take a connection."""
        self.connection = connection
        self.lobby = Lobby(connection, self.reporter)
        connection.receive = self.receive
        connection.receive_problem = self.receive_problem

    @callback
    def receive(self, data: bytes) -> None:
        """Take one frame: keep its values, answer what is wrong with it."""
        self.heard = time.monotonic()
        try:
            values, problems = parse(data)
        except ProtocolError as err:
            self.receive_problem(err.problem)
            return
        if "type" in values:
            if self.lobby is not None:
                self.lobby.receive_typed(data, values)
                if self.lobby.described is not None:
                    self.channels, _ = merge(self.channels, self.lobby.described)
            if (problem := check_type(values)) is not None:
                self.reporter.tell(self.connection, problem)
            return
        for key, value in values.items():
            settled = settle(self.channels, key, value)
            if isinstance(settled, Problem):
                problems.append(settled)
            elif (channel := self.channels.get(key)) is not None:
                channel.value = settled
        if problems:
            self.reporter.report(self.connection, *problems)
        if self.channels and not self.received.is_set():
            self.received.set()
            if self.on_reading is not None:
                self.on_reading()

    @callback
    def receive_problem(self, problem: Problem) -> None:
        """Take note of a frame that could not be used."""
        self.reporter.report(self.connection, problem)


class PendingBoards:
    """The boards that Home Assistant waits for, by token."""

    def __init__(
        self, hass: HomeAssistant, on_dropped: Callable[[PendingBoard], None]
    ) -> None:
        """Begin with none; `on_dropped` is told of each whose time is over."""
        self._hass = hass
        self._on_dropped = on_dropped
        self._boards: dict[str, PendingBoard] = {}
        self._expiry: dict[str, CALLBACK_TYPE] = {}
        self._store: Store[list[_Stored]] = Store(
            hass, _STORAGE_VERSION, f"{DOMAIN}.pending", private=True
        )

    async def async_load(self) -> None:
        """Go on waiting for the boards of before the restart."""
        now = time.time()
        for stored in await self._store.async_load() or []:
            if stored["expires"] > now:
                self._add(PendingBoard(**stored))

    @callback
    def expect(self, name: str) -> PendingBoard:
        """Wait for a new board, with a dialog open; the oldest gives way to it."""
        if len(self._boards) >= MAX_PENDING:
            # The one that is missed least: no dialog, no connection, then the oldest.
            least = min(
                self._boards.values(),
                key=lambda board: (board.watched, board.connection is not None),
            )
            self._drop(least.token)
        board = PendingBoard(
            token=new_token(),
            board_id=secrets.token_hex(8),
            name=name,
            expires=time.time() + LIFETIME,
            watched=True,
        )
        self._add(board)
        self._save()
        return board

    @callback
    def get(self, token: str) -> PendingBoard | None:
        """Return the board that is waited for under a token."""
        return self._boards.get(token)

    @callback
    def claim(self, token: str) -> None:
        """Stop waiting: the board has a config entry now, or is about to."""
        if self._boards.pop(token, None) is not None:
            self._expiry.pop(token)()
            self._save()

    @callback
    def release(self, token: str) -> None:
        """Go on waiting with the dialog closed: the board is to be discovered."""
        if (board := self._boards.get(token)) is not None:
            board.watched = False
            self._discover(board)

    def _add(self, board: PendingBoard) -> None:
        self._boards[board.token] = board
        board.on_reading = lambda: self._discover(board)

        @callback
        def _expire(_: object) -> None:
            self._drop(board.token)

        self._expiry[board.token] = async_call_later(
            self._hass,
            max(board.expires - time.time(), 0),
            HassJob(_expire, cancel_on_shutdown=True),
        )

    def _drop(self, token: str) -> None:
        board = self._boards[token]
        self.claim(token)
        self._on_dropped(board)
        # Nobody can add it any more.
        flows = self._hass.config_entries.flow
        for flow in flows.async_progress_by_handler(
            DOMAIN,
            match_context={
                "source": SOURCE_INTEGRATION_DISCOVERY,
                "unique_id": board.board_id,
            },
        ):
            flows.async_abort(flow["flow_id"])

    def _discover(self, board: PendingBoard) -> None:
        if board.watched or not board.received.is_set():
            return
        discovery_flow.async_create_flow(
            self._hass,
            DOMAIN,
            context={"source": SOURCE_INTEGRATION_DISCOVERY},
            data={CONF_TOKEN: board.token},
        )

    def _save(self) -> None:
        self._store.async_delay_save(self._to_store, _SAVE_DELAY)

    def _to_store(self) -> list[_Stored]:
        return [
            _Stored(
                token=board.token,
                board_id=board.board_id,
                name=board.name,
                expires=board.expires,
            )
            for board in self._boards.values()
        ]

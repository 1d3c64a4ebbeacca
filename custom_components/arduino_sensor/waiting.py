"""Boards that agreed on a key and wait for a person to accept them."""

from collections.abc import Callable
from dataclasses import dataclass, field
import hmac
import time
from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    SOURCE_IGNORE,
    SOURCE_INTEGRATION_DISCOVERY,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import discovery_flow
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later

from .auth import Agreement
from .connection import CloseCode, Connection, Session
from .const import CONF_BOARD, DOMAIN
from .enrolment import DURATION
from .hello import About
from .keyring import Keyring
from .protocol import Problem

MAX_WAITING: Final = 16
MAX_FROM_SOURCE: Final = 4
MAX_ENROLLED: Final = 256
MAX_TRIES: Final = 3
"""How many wrong codes end a board's pairings."""

PATIENCE: Final = 60.0
"""How long a board that waits can be gone before it makes room for another one."""

IGNORED: Final = Problem(
    "board_ignored",
    "This board was ignored in Home Assistant. To use it after all, end that in "
    "Settings, Devices & services: the filter there has Show ignored integrations.",
)

LIFETIME: Final = 600.0
"""How long a board waits for its code, in seconds."""


@dataclass(eq=False, slots=True)
class WaitingBoard:
    """A board that nobody has accepted yet."""

    about: About
    agreement: Agreement = field(repr=False)
    source: str
    vouch: str | None = field(repr=False)
    """What answers its proof of an enrolment secret; None if it has shown no such."""
    connection: Connection | None
    """None after a drop: the board can come back and prove its key."""
    session: Session
    on_paired: Callable[[], None]
    """Is called when a person has accepted it and its next word is awaited."""
    dropped: float = 0.0
    """When its connection ended, as `time.monotonic()` has it."""

    @property
    def vouched(self) -> bool:
        """Return whether no code is needed."""
        return self.vouch is not None

    @property
    def lifetime(self) -> float:
        """Return how long it waits, in seconds."""
        return LIFETIME if self.vouch is None else DURATION

    @property
    def id(self) -> str:
        """Return the board's id."""
        return self.session.board_id

    @property
    def name(self) -> str:
        """Return what the board is called, for people."""
        return self.about.name or self.about.model or self.id

    @property
    def label(self) -> str:
        """Return the same with what tells it from others of its name."""
        details = [f"…{self.id[-6:]}"]
        if self.about.model not in (None, self.name):
            details.insert(0, self.about.model)
        return f"{self.name} ({', '.join(details)})"


class WaitingBoards:
    """The boards that wait. Several can claim one id: the code tells the right one."""

    def __init__(self, hass: HomeAssistant, keyring: Keyring) -> None:
        """Begin with none."""
        self._hass = hass
        self._keyring = keyring
        self._boards: dict[WaitingBoard, CALLBACK_TYPE] = {}
        self._tries: dict[str, int] = {}
        self._listeners: list[CALLBACK_TYPE] = []
        # For as long as Home Assistant runs: there is one list.
        async_dispatcher_connect(
            hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed
        )

    @callback
    def _async_entry_changed(
        self, change: ConfigEntryChange, entry: ConfigEntry
    ) -> None:
        """Turn away a board that a person has chosen to ignore."""
        if (
            change is ConfigEntryChange.ADDED
            and (entry.domain, entry.source) == (DOMAIN, SOURCE_IGNORE)
            and entry.unique_id is not None
        ):
            for board in self.of(entry.unique_id):
                self._remove(board, CloseCode.NOT_ALLOWED, IGNORED)

    def __len__(self) -> int:
        """Return how many boards wait."""
        return len(self._boards)

    def of(self, board_id: str) -> list[WaitingBoard]:
        """Return those that claim an id."""
        return [board for board in self._boards if board.id == board_id]

    def shows_code(self, board_id: str) -> bool:
        """Return whether a board waits for its code under an id."""
        return any(not board.vouched for board in self.of(board_id))

    def by_code(self) -> list[WaitingBoard]:
        """Return those that need a code and are neither known nor ignored.

        One for each id.
        """
        boards = {
            board.id: board
            for board in self._boards
            if not board.vouched
            and self._keyring.entry_of(board.id) is None
            and not self._keyring.is_ignored(board.id)
        }
        return list(boards.values())

    def vouched(self) -> list[WaitingBoard]:
        """Return those that need no code, one for each id."""
        return list(
            {board.id: board for board in self._boards if board.vouched}.values()
        )

    @callback
    def async_on_change(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when a board begins or ceases to wait."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # What connections do.

    @callback
    def add(self, board: WaitingBoard) -> Problem | None:
        """Have a board wait, or return why it cannot."""
        # A board that was restarted has lost its half of the key.
        replaced = {
            other
            for other in self.of(board.id)
            if other.source == board.source
            and (other.connection is None or other.vouched == board.vouched)
        }
        if not self._has_room(board, replaced):
            # Boards that left and do not come back are in nobody's way.
            replaced |= self._left_behind(board)
        if not self._has_room(board, replaced):
            return Problem(
                "too_many_waiting",
                "Too many boards wait to be accepted in Home Assistant. Try again in "
                "a few minutes.",
            )

        @callback
        def _expire(_: object) -> None:
            self._end(board, "Nobody accepted this board in Home Assistant in time.")

        self._boards[board] = async_call_later(
            self._hass, board.lifetime, HassJob(_expire, cancel_on_shutdown=True)
        )
        for other in replaced:
            # After the new one is there: a dialog that is open for it stays.
            self._remove(other, CloseCode.REPLACED)
            self._tries.pop(board.id, None)
        if not board.vouched:
            self._ask(board)
        self._tell()
        return None

    def _left_behind(self, board: WaitingBoard) -> set[WaitingBoard]:
        """Return the board that has been gone longest, if it is long, as a set."""
        gone = [
            (other.dropped, number, other)
            for number, other in enumerate(self._boards)
            if other.connection is None
            and other.vouched == board.vouched
            and other.dropped <= time.monotonic() - PATIENCE
        ]
        from_source = [left for left in gone if left[2].source == board.source]
        return {min(from_source or gone)[2]} if gone else set()

    def _has_room(self, board: WaitingBoard, replaced: set[WaitingBoard]) -> bool:
        others = [
            other
            for other in self._boards
            if other.vouched == board.vouched and other not in replaced
        ]
        if board.vouched:
            return len(others) < MAX_ENROLLED
        from_source = [other for other in others if other.source == board.source]
        return len(others) < MAX_WAITING and len(from_source) < MAX_FROM_SOURCE

    def _ask(self, board: WaitingBoard) -> None:
        """Ask a person about a board: on the page of one that is known, or anew."""
        if (entry := self._keyring.entry_of(board.id)) is not None:
            if not self._keyring.was_in_vain(board.id):
                entry.async_start_reauth(self._hass)
            return
        discovery_flow.async_create_flow(
            self._hass,
            DOMAIN,
            context={"source": SOURCE_INTEGRATION_DISCOVERY},
            data={CONF_BOARD: board.id},
        )

    @callback
    def resume(
        self,
        board: WaitingBoard,
        connection: Connection,
        session: Session,
        on_paired: Callable[[], None],
    ) -> None:
        """Go on waiting with the connection that a board has come back with."""
        if board.connection not in (None, connection):
            board.connection.close(
                CloseCode.REPLACED, Problem("replaced", "A newer connection is used.")
            )
        board.connection = connection
        board.session = session
        board.on_paired = on_paired

    @callback
    def disconnect(self, connection: Connection) -> None:
        """Take note that a connection has ended; its board may come back."""
        for board in self._boards:
            if board.connection is connection:
                board.connection = None
                board.dropped = time.monotonic()

    # What a person does.

    @callback
    def check_code(self, board_id: str, code: str) -> WaitingBoard | None:
        """Return the board that shows this code.

        None if there is none; the third wrong code ends what waits under the id.
        """
        digits = "".join(char for char in code if char.isascii() and char.isdigit())
        found = None
        boards = [board for board in self.of(board_id) if not board.vouched]
        for board in boards:
            if hmac.compare_digest(board.agreement.code, digits):
                found = board
        if found is None and boards:
            self._tries[board_id] = self._tries.get(board_id, 0) + 1
            if self._tries[board_id] >= MAX_TRIES:
                for board in boards:
                    self._end(board, "A wrong code was typed three times.")
        return found

    @callback
    def claim(self, board_id: str, key: bytes) -> None:
        """Let a board in: its entry has its key now. Others of its id have to go.

        Where the board is still offered, whoever has added it takes that back: it may
        be that very dialog.
        """
        boards = self.of(board_id)
        if all(board.agreement.key != key for board in boards):
            # An entry is set up anew while its board waits to get another key.
            return
        for board in boards:
            if board.agreement.key != key:
                self._forget(board, CloseCode.PAIRING_ENDED)
                continue
            if board.connection is not None:
                board.connection.send({"type": "paired", "proof": board.session.proof})
                board.on_paired()
            self._forget(board)

    @callback
    def end_vouched(self) -> None:
        """Turn away the boards of an enrolment that is over."""
        for board in [board for board in self._boards if board.vouched]:
            self._end(board, "This board was not accepted in Home Assistant.")

    def _end(self, board: WaitingBoard, reason: str) -> None:
        self._remove(board, CloseCode.PAIRING_ENDED, Problem("pairing_ended", reason))

    def _remove(
        self, board: WaitingBoard, code: CloseCode, problem: Problem | None = None
    ) -> None:
        self._forget(board, code, problem)
        if all(other.vouched for other in self.of(board.id)):
            self.withdraw_offer(board.id)

    def _forget(
        self,
        board: WaitingBoard,
        code: CloseCode | None = None,
        problem: Problem | None = None,
    ) -> None:
        self._boards.pop(board)()
        if code is not None and board.connection is not None:
            board.connection.close(code, problem)
        if all(other.vouched for other in self.of(board.id)):
            self._tries.pop(board.id, None)
        self._tell()

    @callback
    def withdraw_offer(self, board_id: str, flow_id: str | None = None) -> None:
        """Take a board off the list of those that are offered.

        `flow_id` is that of a dialog which ends by itself.
        """
        flows = self._hass.config_entries.flow
        for flow in flows.async_progress_by_handler(
            DOMAIN,
            match_context={
                "source": SOURCE_INTEGRATION_DISCOVERY,
                "unique_id": board_id,
            },
        ):
            if flow["flow_id"] != flow_id:
                flows.async_abort(flow["flow_id"])

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()

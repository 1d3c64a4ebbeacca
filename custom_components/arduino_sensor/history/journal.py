"""What is being written into the past, kept on disk until that is done.

The age of a reading counts from when its batch came. Were that worked out anew when
the batch comes again, after a crash in the middle, its readings would lie at other
times, and be written twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from ..protocol import Value

MAX_OPEN: Final = 4
"""How many batches of a board are kept that are not written yet."""

MAX_DONE: Final = 32
"""How many batches of a board are known that have been written."""

_VERSION: Final = 1

type Moment = tuple[float, Mapping[str, Value]]
"""When something was, in seconds since the epoch, and what channels were at then."""

_OPEN: Final = "open"
_DONE: Final = "done"


class Journal:
    """The batches of all boards: those to be written, and the ids of the last ones."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with nothing known."""
        self._store: Store[dict[str, Any]] = Store(
            hass, _VERSION, f"{DOMAIN}.history", private=True, atomic_writes=True
        )
        self._boards: dict[str, dict[str, Any]] = {}

    async def async_load(self) -> None:
        """Load what was kept."""
        self._boards = await self._store.async_load() or {}

    def is_done(self, entry_id: str, batch_id: str) -> bool:
        """Return whether a batch is in the database."""
        return batch_id in self._board(entry_id)[_DONE]

    def moments(self, entry_id: str, batch_id: str) -> list[Moment] | None:
        """Return what is in a batch that was begun and is not done."""
        kept = self._board(entry_id)[_OPEN].get(batch_id)
        return None if kept is None else [(at, values) for at, values in kept]

    def unfinished(self, entry_id: str) -> list[str]:
        """Return the ids of the batches that were begun and are not done, in order."""
        return list(self._board(entry_id)[_OPEN])

    async def async_begin(
        self, entry_id: str, batch_id: str, moments: Sequence[Moment]
    ) -> None:
        """Keep a batch, before anything of it is written."""
        board = self._boards.setdefault(entry_id, {_OPEN: {}, _DONE: []})
        board[_OPEN][batch_id] = [[at, dict(values)] for at, values in moments]
        while len(board[_OPEN]) > MAX_OPEN:
            del board[_OPEN][next(iter(board[_OPEN]))]
        await self._store.async_save(self._boards)

    async def async_finish(self, entry_id: str, batch_id: str) -> None:
        """Take note that a batch is in the database."""
        board = self._boards.setdefault(entry_id, {_OPEN: {}, _DONE: []})
        board[_OPEN].pop(batch_id, None)
        board[_DONE] = [*board[_DONE], batch_id][-MAX_DONE:]
        await self._store.async_save(self._boards)

    async def async_forget(self, entry_id: str) -> None:
        """Forget a board that was deleted."""
        if self._boards.pop(entry_id, None) is not None:
            await self._store.async_save(self._boards)

    def _board(self, entry_id: str) -> dict[str, Any]:
        return self._boards.get(entry_id) or {_OPEN: {}, _DONE: []}

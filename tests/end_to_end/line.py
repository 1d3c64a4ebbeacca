"""The way from a board to Home Assistant, which can be cut without a word to anybody."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
import json
from typing import Any, Final, Self

from scripts.lib.home_assistant import HOST, free_port

HOLD: Final = 0.1


class Line:
    """A port at which a board finds Home Assistant, as long as the line is there."""

    def __init__(self, to: int) -> None:
        """Lead to a port of this machine."""
        self.port = free_port()
        self.called = asyncio.Event()
        """Set when a board begins a connection."""
        self.messages: list[dict[str, Any]] = []
        """All that boards have said and Home Assistant got to hear."""
        self.breaks_after: str | None = None
        """The type of a message: when there is one, it gets through, but no answer."""
        self.broken = asyncio.Event()
        """Set when that has happened, which it does once."""
        self._to = to
        self._is_cut = False
        self._calls = set[asyncio.Task[None]]()

    @classmethod
    @asynccontextmanager
    async def running(cls, to: int) -> AsyncIterator[Self]:
        """Wait for boards."""
        line = cls(to)
        server = await asyncio.start_server(line._take, HOST, line.port)
        try:
            yield line
        finally:
            server.close()
            line._drop()

    def cut(self) -> None:
        """Have nothing get through any more, and nobody notice."""
        self._is_cut = True

    def mend(self) -> None:
        """Let new connections through. What was cut knows now that it was."""
        self._is_cut = False
        self._drop()
        self.called.clear()

    def _drop(self) -> None:
        for call in self._calls:
            call.cancel()

    async def _take(
        self, board: asyncio.StreamReader, to_board: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._calls.add(task)
        writers = [to_board]
        try:
            if self._is_cut:
                # Where there is no way, there is no answer either.
                await asyncio.Event().wait()
            self.called.set()
            home, to_home = await asyncio.open_connection(HOST, self._to)
            writers.append(to_home)
            passing = [
                asyncio.create_task(self._there(board, to_home)),
                asyncio.create_task(self._back(home, to_board)),
            ]
            try:
                await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in passing:
                    one.cancel()
        except OSError, asyncio.CancelledError:
            # Nobody is there, or this is over.
            pass
        finally:
            self._calls.discard(task)
            for writer in writers:
                writer.close()

    async def _there(
        self, board: asyncio.StreamReader, home: asyncio.StreamWriter
    ) -> None:
        """Pass on what a board says, and take note of it."""
        said = bytearray()
        with suppress(OSError):
            while data := await board.read(65536):
                said += data
                new = list(messages(said))
                if any("type" not in message for message in new):
                    # On the way, a reading is held up at times, and a batch is not.
                    await asyncio.sleep(HOLD)
                if self._is_cut:
                    continue
                home.write(data)
                for message in new:
                    self.messages.append(message)
                    if message.get("type") == self.breaks_after is not None:
                        self.breaks_after = None
                        self.broken.set()
                        return
                await home.drain()
            if self._is_cut:
                # Home Assistant does not hear of that either.
                await asyncio.Event().wait()

    async def _back(
        self, home: asyncio.StreamReader, board: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await home.read(65536):
                if not self._is_cut:
                    board.write(data)
                    await board.drain()


def messages(said: bytearray) -> Iterator[dict[str, Any]]:
    """Take the messages that are complete from what a board has said (RFC 6455)."""
    if said.startswith(b"GET"):
        request, end, rest = said.partition(b"\r\n\r\n")
        if not end:
            return
        said[:] = rest
    while len(said) >= 2:
        # After two bytes come the length, if it is no small one, and the mask.
        begin, size = 2, said[1] & 0x7F
        if size >= 126:
            begin += 2 if size == 126 else 8
            size = int.from_bytes(said[2:begin])
        mask = said[begin : begin + 4]
        begin += 4
        if len(said) < begin + size:
            return
        opcode = said[0] & 0x0F
        payload = bytes(
            byte ^ mask[place % 4]
            for place, byte in enumerate(said[begin : begin + size])
        )
        del said[: begin + size]
        if opcode == 1:
            yield json.loads(payload)

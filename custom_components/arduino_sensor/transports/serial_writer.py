"""What goes to a board on a serial line: not faster than the smallest can take it.

An Uno keeps 63 bytes of what comes while its sketch does something else. What comes when
they are full is lost without a word, and at 115200 baud that is after 5.5 ms. So messages
are written in pieces that find room there, with a pause after each in which most loops
come round: at 115200 baud a board can be told 2400 bytes in a second, which is more than
there is to tell, and no message waits for an answer to the one before.

A loop that takes longer can still lose the end of a message, its line feed included. So
that the next message is not lost with it, each begins with a line feed of its own: then a
command that is asked again, while the first may still be in the board's buffer, can be cut
off without harm to anything else.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any, Final

import orjson
import serialx

from ..commands import ANSWER_TIME, MESSAGE

PIECE: Final = 60
"""How much is written at once, in bytes."""

PAUSE: Final = 0.02
"""How long a board has to take it, in seconds, once it is there."""

MAX_QUEUE: Final = 32
"""How many messages can wait; older ones give way."""

# A message that the port did not take for so long is dropped. A command is sent again
# after half its time: it must not come true when everybody has given it up.
_MAX_AGE: Final = ANSWER_TIME / 2

# On the line, a byte has a start bit and a stop bit.
_BITS: Final = 10


@dataclass(slots=True)
class _Message:
    """What waits to be written."""

    data: bytes
    at: float
    is_command: bool


class SerialWriter:
    """Queues messages, and writes them bit by bit."""

    def __init__(self, loop: asyncio.AbstractEventLoop, baudrate: int) -> None:
        """Make what begins to write when it is told to `go`."""
        self._loop = loop
        self._seconds_per_byte = _BITS / baudrate
        self._transport: serialx.BaseSerialTransport | None = None
        self._queue: deque[_Message] = deque()
        self._written = 0
        """How much of the first message was written."""
        self._congested = False
        self._pause: asyncio.TimerHandle | None = None

    def send(self, message: dict[str, Any]) -> None:
        """Queue a message; what a board does not take in time is dropped."""
        queue = self._queue
        new = _Message(
            b"\n" + orjson.dumps(message) + b"\n",
            self._loop.time(),
            message.get("type") in ("set", MESSAGE),
        )
        if new.is_command:
            for waiting in queue:
                if waiting.data == new.data:
                    # The first has not left yet: one is enough.
                    waiting.at = new.at
                    return
        queue.append(new)
        if len(queue) > MAX_QUEUE:
            # What has begun has to end.
            del queue[1 if self._written else 0]
        self._write()

    def go(self, transport: serialx.BaseSerialTransport) -> None:
        """Begin to write."""
        self._transport = transport
        self._write()

    def pause(self) -> None:
        """Write no more: the board does not read, or reads slowly."""
        self._congested = True

    def resume(self) -> None:
        """Write again."""
        self._congested = False
        self._write()

    def finish(self) -> None:
        """Write what is left at once: nothing follows that could be lost by that.

        Commands that have not begun are nobody's any more.
        """
        rest = [
            message.data
            for place, message in enumerate(self._queue)
            if (place == 0 and self._written)
            or not (message.is_command or self._is_old(message))
        ]
        data = b"".join(rest)[self._written :]
        if data and self._transport is not None and not self._congested:
            self._put(self._transport, data)
        self.stop()

    def stop(self) -> None:
        """Write nothing any more, until there is a new message."""
        self._queue.clear()
        self._written = 0
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _is_old(self, message: _Message) -> bool:
        return self._loop.time() > message.at + _MAX_AGE

    def _write(self) -> None:
        """Write the next piece, unless it is not yet time for it."""
        if self._pause is not None or self._congested or self._transport is None:
            return
        queue = self._queue
        while queue and not self._written and self._is_old(queue[0]):
            queue.popleft()
        if not queue:
            return
        data = queue[0].data
        piece = data[self._written : self._written + PIECE]
        self._written += len(piece)
        if self._written == len(data):
            queue.popleft()
            self._written = 0
        self._pause = self._loop.call_later(
            PAUSE + len(piece) * self._seconds_per_byte, self._go_on
        )
        self._put(self._transport, piece)

    def _go_on(self) -> None:
        self._pause = None
        self._write()

    def _put(self, transport: serialx.BaseSerialTransport, data: bytes) -> None:
        try:
            transport.write(data)
        except OSError:
            # Whoever reads from the port notices as well.
            self.stop()

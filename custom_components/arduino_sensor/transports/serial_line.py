"""An open serial port: one line, one frame."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
import logging
import time
from typing import Any, Final, override

import serialx

from homeassistant.core import HomeAssistant, callback

from ..collecting import Collector
from ..connection import PROBE_TIME, CloseCode, Session
from ..const import DEFAULT_SILENCE
from ..hello import parse_hello
from ..link import MAX_PRINTED, LinkRecord
from ..plotter import Plotter, pairs
from ..protocol import MAX_FRAME, Problem, ProtocolError, parse
from .lines import Lines, as_text, is_garbled
from .serial_writer import SerialWriter

_LOGGER = logging.getLogger(__name__)

BOOT_TIME: Final = 2.0
"""So long a board may take to start, in seconds: opening the port resets many, and their
boot loaders must not be fed."""

ASK_TIMES: Final = (BOOT_TIME, 5.0, 10.0)
"""When a board is asked for a hello, in seconds after the port was opened."""

ANSWER_TIME: Final = 2.0
"""How long the last question is given, in seconds."""

MAX_KEPT: Final = 8
"""How many frames are kept while nobody knows whose they are."""

MAX_COMPLAINT: Final = 255
"""The longest sentence with which a board complains, in characters."""

_JUDGE_INTERVAL: Final = 10.0
_CLOSE_TIMEOUT: Final = 2.0
_MAX_IN_A_ROW: Final = 32
# Only reached by a port that cannot be told to wait.
_MAX_BACKLOG: Final = 100_000

_BRACE: Final = ord("{")
_HELLO: Final = {"type": "hello"}
# So begins what the library for boards says to people.
_COMPLAINT: Final = b"SensorBoard: "


def is_address(port: str) -> bool:
    """Return whether a port is somewhere in the network, not on this machine."""
    return "://" in port


class SerialConnection(asyncio.Protocol):
    """A board's connection over a serial port.

    Until somebody sets `receive`, the latest frames are kept for `hand_on`. Whoever is
    to be told something sets that before the port is opened: boards may speak at once.
    """

    source: str
    session: Session | None = None

    def __init__(
        self,
        hass: HomeAssistant,
        port: str,
        baudrate: int,
        plotter: Plotter | None = None,
    ) -> None:
        """Make what takes the bytes of a port that is about to be opened."""
        self._hass = hass
        self.source = port
        self.baudrate = baudrate
        self.plotter = plotter
        self.collector = Collector()
        self.link: LinkRecord | None = None
        self.receive: Callable[[bytes], None] = self._keep
        self.receive_problem: Callable[[Problem], None] = self._pass_over
        self.on_open: Callable[[], None] = _do_nothing
        """Called when the port is open, before anything comes."""
        self.on_hello: Callable[[str | None], None] = _do_nothing
        """Called with the id in each hello, before the frame is handed on."""
        self.on_no_hello: Callable[[], None] = _do_nothing
        """Called when a board was asked for one in vain."""
        self.on_garbled: Callable[[], None] = _do_nothing
        """Called when the speed is wrong, most likely: once."""
        self.on_settled: Callable[[], None] = _do_nothing
        """Called with the first line that is right, before it is handed on."""
        self.ended: asyncio.Future[None] = hass.loop.create_future()
        self.printed: deque[str] = deque(maxlen=MAX_PRINTED)
        """The latest lines that were no JSON."""
        self.silent = True
        """Whether not one byte came."""
        self.plotted = False
        """Whether a line had pairs for the plotter in it, and they were not read."""
        self._transport: serialx.BaseSerialTransport | None = None
        self._lines = Lines()
        self._texts = 0
        self._garbled = 0
        self._begun = False
        self._settled = False
        self._said_hello = False
        self._board_id: str | None = None
        self._kept: deque[bytes] = deque(maxlen=MAX_KEPT)
        self._complaint: str | None = None
        self._backlog: deque[bytes] = deque()
        self._writer = SerialWriter(hass.loop, baudrate)
        self._booting = True
        self._closing = False
        self._timers: list[asyncio.TimerHandle] = []
        self._heard = 0.0
        self._asked_at: float | None = None
        self._silence: float = DEFAULT_SILENCE
        self._checker: asyncio.TimerHandle | None = None

    # The port.

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: the port is open."""
        assert isinstance(transport, serialx.BaseSerialTransport)
        if self._closing:
            transport.abort()
            return
        self._transport = transport
        # Be told when what was written has left, not when there is room for more.
        with suppress(NotImplementedError, RuntimeError):
            transport.set_write_buffer_limits(0)
        self._heard = self._hass.loop.time()
        later = self._hass.loop.call_later
        self._timers = [
            *(later(seconds, self._ask) for seconds in ASK_TIMES),
            later(BOOT_TIME, self._booted),
            later(ASK_TIMES[-1] + ANSWER_TIME, self._give_up),
            later(_JUDGE_INTERVAL, self._judge),
        ]
        self._check()
        self.on_open()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """End: the port was closed, or the board was unplugged."""
        self._closing = True
        self._cancel_timers()
        if self._checker is not None:
            self._checker.cancel()
            self._checker = None
        self._backlog.clear()
        self._writer.stop()
        if not self.ended.done():
            self.ended.set_result(None)

    def _cancel_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    # From the board. This runs for every line.

    @override
    def data_received(self, data: bytes) -> None:
        """Take bytes from the port."""
        if self._closing:
            return
        self._heard = self._hass.loop.time()
        self.silent = False
        lines = self._lines.feed(data)
        if self._backlog or len(lines) > _MAX_IN_A_ROW:
            self._postpone(lines)
        else:
            self._take(lines)

    def _take(self, lines: list[bytes]) -> None:
        for line in lines:
            if (
                line[0] == _BRACE
                and len(line) <= MAX_FRAME
                and self._settled
                and b'"type"' not in line
            ):
                self.receive(line)
            else:
                self._take_other(line)

    def _postpone(self, lines: list[bytes]) -> None:
        """Take lines bit by bit, and no more until then.

        A board that sends faster than it is read would stop the house.
        """
        if not self._backlog:
            self._hass.loop.call_soon(self._take_some)
            if self._transport is not None:
                with suppress(NotImplementedError):
                    self._transport.pause_reading()
        self._backlog += lines[: _MAX_BACKLOG - len(self._backlog)]

    def _take_some(self) -> None:
        backlog = self._backlog
        self._take([backlog.popleft() for _ in range(min(len(backlog), _MAX_IN_A_ROW))])
        if backlog:
            self._hass.loop.call_soon(self._take_some)
        elif self._transport is not None and not self._closing:
            with suppress(NotImplementedError):
                self._transport.resume_reading()

    def _take_other(self, line: bytes) -> None:
        """Take the first lines, and any that is no plain reading."""
        first, self._begun = not self._begun, True
        if line[0] != _BRACE:
            self._take_text(line, first)
        elif len(line) > MAX_FRAME:
            self._settle()
            self.receive_problem(
                Problem(
                    "frame_too_large",
                    f"A line can have {MAX_FRAME} bytes, and this had more: does each "
                    "message end with a line feed, as with Serial.println()?",
                )
            )
        else:
            self._take_frame(line, first)

    def _take_frame(self, line: bytes, first: bool) -> None:
        try:
            values, _ = parse(line)
        except ProtocolError:
            if is_garbled(line):
                self._garbled += 1
            elif not first:
                # The first may be half a line: the port was opened in the middle.
                self.receive(line)
            return
        if "type" in values and self._is_echo(values):
            self._print(line)
            return
        self._settle()
        if values.get("type") == "hello":
            hello, _ = parse_hello(values)
            self._forget(hello.about.id)
            self._said_hello = True
            self.on_hello(hello.about.id)
            self._booted()
        self.receive(line)

    @staticmethod
    def _is_echo(values: dict[str, Any]) -> bool:
        """Return whether this is what Home Assistant has said.

        Some sketches and adapters send back what they get. An answer to that would
        come back as well, for ever.
        """
        kind = values["type"]
        return values == _HELLO or (isinstance(kind, str) and kind in _OURS)

    def _take_text(self, line: bytes, first: bool) -> None:
        """Take a line that is no JSON, which is no error: sketches print for people."""
        if is_garbled(line):
            self._garbled += 1
        elif line.startswith(_COMPLAINT):
            self._texts += 1
            self._complain(as_text(line[len(_COMPLAINT) :], MAX_COMPLAINT))
        elif first:
            return
        elif (
            self.plotter is not None
            and (frames := self.plotter.frames(line)) is not None
        ):
            self._settle()
            for frame in frames:
                self.receive(frame)
            return
        else:
            self._texts += 1
            self.plotted = self.plotted or bool(pairs(line))
        self._print(line)

    @property
    def garbled(self) -> bool:
        """Return whether what came is no text: the speed is wrong, most likely."""
        garbled = self._garbled + is_garbled(self._lines.rest)
        return not self._settled and garbled > self._texts

    def _print(self, line: bytes) -> None:
        (self.printed if self.link is None else self.link.printed).append(as_text(line))

    def _settle(self) -> None:
        if not self._settled:
            self._settled = True
            self.on_settled()

    def _complain(self, text: str) -> None:
        """Pass on what the library says, which has no other way to."""
        if self.link is not None and self.link.on_complaint is not None:
            self.link.on_complaint(text)
        else:
            self._complaint = text

    # Whose board it is.

    def _keep(self, line: bytes) -> None:
        self._kept.append(line)

    def _pass_over(self, problem: Problem) -> None:
        """Pass over what went wrong: it goes wrong again when the board is known."""

    def hand_on(self) -> None:
        """Give the connection's new owner what it has said until now."""
        if self.link is not None:
            self.link.printed += self.printed
            self.printed.clear()
            complaint, self._complaint = self._complaint, None
            if complaint is not None:
                self._complain(complaint)
        kept = list(self._kept)
        self._kept.clear()
        for line in kept:
            self.receive(line)

    def release(self) -> None:
        """Belong to nobody any more: what comes is kept again."""
        self.receive = self._keep
        self.receive_problem = self._pass_over
        self.collector = Collector()
        self.link = None

    def _forget(self, board_id: str | None) -> None:
        """Forget what was kept before a hello, and may be another board's.

        Only what came before the first hello is of the board that says it: a port is
        opened anew when another board is plugged in.
        """
        if self._said_hello:
            self._kept.clear()
            if board_id != self._board_id:
                self.printed.clear()
                self._complaint = None
        self._board_id = board_id

    # To the board.

    def send(self, message: dict[str, Any]) -> None:
        """Queue a message; what a board does not take in time is dropped."""
        if self._closing:
            return
        if self.link is not None:
            self.link.sent(time.monotonic(), message)
        self._writer.send(message)

    @override
    def pause_writing(self) -> None:
        """Write no more: the board does not read, or reads slowly."""
        self._writer.pause()

    @override
    def resume_writing(self) -> None:
        """Write again."""
        self._writer.resume()

    @callback
    def _booted(self) -> None:
        if self._booting and self._transport is not None:
            self._booting = False
            self._writer.go(self._transport)

    @callback
    def _ask(self) -> None:
        """Ask for a hello. What opening the port has reset is up by now."""
        if not self._said_hello:
            self._booted()
            self.send(_HELLO)

    @callback
    def _give_up(self) -> None:
        if not self._said_hello:
            self.on_no_hello()

    @callback
    def _judge(self) -> None:
        """See whether anything that came was right, until something is."""
        if self._settled:
            return
        if self.garbled:
            self.on_garbled()
        else:
            self._timers.append(
                self._hass.loop.call_later(_JUDGE_INTERVAL, self._judge)
            )

    def close(self, code: CloseCode, problem: Problem | None = None) -> None:
        """Close, once what is queued was sent; a port has no codes."""
        if self._closing:
            return
        if problem is not None:
            self.send(problem.as_message())
        self._closing = True
        self.receive = self.receive_problem = _do_nothing
        self._cancel_timers()
        self._writer.finish()
        if self._transport is None:
            # It is not open, and is not to be any more.
            self.ended.set_result(None)
            return
        self._transport.close()
        if not self.ended.done():
            timer = self._hass.loop.call_later(_CLOSE_TIMEOUT, self._transport.abort)
            self.ended.add_done_callback(lambda _: timer.cancel())

    # Signs of life. A port of this machine ends when it is unplugged. One in the
    # network may be gone without a word.

    def probe(self, patience: float = PROBE_TIME) -> None:
        """Do nothing: nobody else can have this port."""

    @property
    def silence(self) -> float:
        """Return after how many silent seconds a port in the network is opened anew.

        Before that, its board is asked for a hello, and given half as long.
        """
        return self._silence

    @silence.setter
    def silence(self, seconds: float) -> None:
        self._silence = seconds
        if self._asked_at is None:
            self._check()

    @callback
    def _check(self) -> None:
        if self._checker is not None:
            self._checker.cancel()
            self._checker = None
        if self._closing or not is_address(self.source):
            return
        now = self._hass.loop.time()
        if self._asked_at is not None and self._heard < self._asked_at:
            self.close(CloseCode.GOING_AWAY)
            return
        self._asked_at = None
        if (remaining := self._heard + self._silence - now) <= 0:
            self._asked_at = now
            self.send(_HELLO)
            remaining = self._silence / 2
        self._checker = self._hass.loop.call_later(remaining, self._check)


def _do_nothing(*_: object) -> None:
    """Stand in for somebody who wants to be told."""


_OURS: Final = frozenset({"welcome", "error", "settings", "set", "value", "challenge"})
"""Types of messages that only Home Assistant sends."""

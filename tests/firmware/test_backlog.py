"""Readings that could not be delivered: kept by the library, and handed over later.

How they are kept is tested by a program with a model of it. That nothing is missed and
nothing comes twice is shown with the host board, and a server that fails in many ways.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
import json
from time import monotonic
from typing import Any, Final

from aiohttp import web
import pytest

from scripts.lib.home_assistant import HOST, free_port
from scripts.lib.native import HostBoard, strict_program

from .building import CHECKED, Workshop, run

HELPERS: Final = (
    *("check", "FakeChip", "stubs/FakeClock", "stubs/FakePins", "stubs/Print"),
)

PATH: Final = "/ws/board/"
MAX_SIZE: Final = 4096  # bytes, of a message
STEP: Final = 1.5  # seconds, for a board that measures every second

type Message = dict[str, Any]

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize("name", ["backlog_test", "delivery_test"])
def test_program(workshop: Workshop, name: str) -> None:
    """The ring keeps what a plain list would keep; batches come in their time."""
    run(workshop.program(CHECKED, *HELPERS, name))


@dataclass
class Home:
    """A server that takes readings, and can fail."""

    port: int
    takes_backlog: bool = True
    acknowledges: bool = True
    connections: int = 0
    live: list[tuple[float, Message]] = field(default_factory=list)
    batches: list[tuple[float, Message]] = field(default_factory=list)
    # A batch has come: what the server does before anything else.
    on_batch: Callable[[asyncio.Transport], None] = lambda transport: None
    # While it is frozen, it looks at nothing, and answers nothing.
    thawed: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None
    _transports: set[asyncio.Transport] = field(default_factory=set)

    async def start(self) -> None:
        """Listen."""
        self.thawed.set()
        app = web.Application()
        app.router.add_get(PATH, self._handle)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()

    async def stop(self) -> None:
        """Go away, without a word."""
        self.thawed.set()
        for transport in self._transports:
            transport.abort()
        assert self._runner is not None
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        transport = request.transport
        assert transport is not None
        self.connections += 1
        self._transports.add(transport)
        try:
            while (message := await socket.receive()).type is web.WSMsgType.TEXT:
                if not self.thawed.is_set():
                    # It is lost, and so is what comes behind it.
                    await self.thawed.wait()
                    break
                assert len(message.data.encode()) <= MAX_SIZE
                await self._take(socket, transport, json.loads(message.data))
                self._news.set()
        finally:
            self._transports.discard(transport)
        return socket

    async def _take(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport,
        message: Message,
    ) -> None:
        kind = message.get("type")
        if kind == "hello":
            welcome = {"type": "welcome", "time": 1795255140}
            await socket.send_json(
                welcome | ({"backlog": True} if self.takes_backlog else {})
            )
        elif kind == "backlog":
            self.batches.append((monotonic(), message))
            self.on_batch(transport)
            if self.acknowledges and not transport.is_closing():
                await socket.send_json({"type": "ack", "batch": message["batch"]})
        elif kind is None and message:
            self.live.append((monotonic(), message))

    def measured(self) -> list[tuple[float, float]]:
        """Return when each temperature was measured, and what it was.

        A batch that came several times counts once, and so does a temperature that was
        measured, or told, several times in a row.
        """
        taken = {message["batch"]: (at, message) for at, message in self.batches}
        found = [
            (at - reading["age"], reading["temp"])
            for at, message in taken.values()
            for reading in message["readings"]
            if "temp" in reading
        ]
        found += [(at, one["temp"]) for at, one in self.live if "temp" in one]
        found.sort()
        return [
            one for n, one in enumerate(found) if n == 0 or one[1] != found[n - 1][1]
        ]

    async def until(
        self, condition: Callable[[], bool], *, timeout: float = 60
    ) -> None:
        """Return when something is so."""
        async with asyncio.timeout(timeout):
            while not condition():
                self._news.clear()
                await self._news.wait()


@pytest.fixture
async def home(socket_enabled: None) -> AsyncIterator[Home]:
    """Return a server."""
    home = Home(free_port())
    await home.start()
    yield home
    await home.stop()


@pytest.fixture
async def board(home: Home) -> AsyncIterator[HostBoard]:
    """Return a board that measures every second, and knows the server."""
    board = HostBoard(
        strict_program(), host=HOST, port=home.port, path=PATH, interval=1
    )
    await board.start()
    yield board
    assert await board.stop() == 0, "\n".join(board.lines)


class Oven:
    """What the board measures: it gets warmer by a degree, again and again."""

    def __init__(self, board: HostBoard, home: Home) -> None:
        """Take a board that was just switched on."""
        self._board = board
        self._home = home
        self._told: list[tuple[float, float]] = []

    async def heat(self, degrees: int) -> None:
        """Get warmer, so slowly that every degree is measured."""
        for _ in range(degrees):
            degree = 20.0 + len(self._told)
            self._told.append((monotonic(), degree))
            self._board.tell(f"adc 50 {500 + 10 * degree}")
            await asyncio.sleep(STEP)

    async def check(self) -> None:
        """Check that every degree is known in the end, with the time of it."""
        degrees = [degree for _, degree in self._told]

        def _is_known() -> bool:
            return degrees[-1] in [degree for _, degree in self._home.measured()]

        await self._home.until(_is_known)
        # The first is what was measured before it was switched on.
        measured = self._home.measured()
        assert [degree for _, degree in measured if degree > 0] == degrees
        for at, degree in measured:
            if degree > 0:
                told = self._told[int(degree) - 20][0]
                assert told - 0.2 < at < told + STEP + 0.5, (degree, at - told)


@pytest.fixture
async def oven(board: HostBoard, home: Home) -> Oven:
    """Return what the board measures, when that has begun to arrive."""
    await home.until(lambda: bool(home.live))
    # What it has measured before it was connected for the first time is no matter here.
    home.batches.clear()
    return Oven(board, home)


async def status(board: HostBoard) -> dict[str, int]:
    """Return the counters that the board prints."""
    since = len(board.lines)
    board.tell("status")
    found = await board.prints("^status", since=since)
    words = found.string.split(", ")[1:]
    return {name: int(count) for name, count in (word.split() for word in words)}


async def test_wifi_is_away(board: HostBoard, home: Home, oven: Oven) -> None:
    """What is measured meanwhile comes later, with its time, before what is new."""
    await oven.heat(2)
    assert not home.batches
    board.tell("wifi 0")
    await oven.heat(4)
    kept = await status(board)
    assert kept["backlog"] >= 4
    assert kept["minutes"] > 10
    lived = len(home.live)
    board.tell("wifi 1")
    await home.until(lambda: len(home.live) > lived)
    assert home.batches
    assert home.batches[-1][0] <= home.live[lived][0]
    await oven.heat(2)
    await oven.check()
    assert home.connections == 2
    assert (await status(board)).items() >= {"backlog": 0, "dropped": 0}.items()


async def test_server_is_away(board: HostBoard, home: Home, oven: Oven) -> None:
    """The same for a server that has crashed, and is started again."""
    await home.stop()
    await oven.heat(3)
    await home.start()
    await oven.check()
    assert home.batches


async def test_server_freezes(board: HostBoard, home: Home, oven: Oven) -> None:
    """What was sent to a server that took nothing in any more is sent again."""
    await oven.heat(2)
    home.thawed.clear()
    await oven.heat(3)
    # All of it has gone out, and nothing has come in.
    assert (await status(board))["backlog"] == 0
    # The board finds out after 40 s.
    await board.prints("gives no sign of life", timeout=60)
    home.thawed.set()
    await oven.check()
    assert home.batches
    assert home.connections == 2


async def test_killed_in_a_batch(board: HostBoard, home: Home, oven: Oven) -> None:
    """A batch of which nobody knows whether it arrived comes again as it was."""

    def crash(transport: asyncio.Transport) -> None:
        transport.abort()
        home.on_batch = lambda transport: None

    home.on_batch = crash
    board.tell("wifi 0")
    await oven.heat(3)
    board.tell("wifi 1")
    await home.until(lambda: len(home.batches) > 1)
    await oven.heat(2)
    await oven.check()
    (_, first), (_, again), *others = home.batches
    assert first["batch"] == again["batch"]
    assert measures(first) == measures(again)
    # What was measured between the two is in another one, or was told live.
    assert all(one["batch"] != first["batch"] for _, one in others)
    assert home.connections == 3


async def test_not_acknowledged(board: HostBoard, home: Home, oven: Oven) -> None:
    """What is new does not wait for ever behind a batch that nobody acknowledges."""
    home.acknowledges = False
    board.tell("wifi 0")
    await oven.heat(2)
    board.tell("wifi 1")
    await home.until(lambda: bool(home.batches))
    lived = len(home.live)
    await home.until(lambda: len(home.live) > lived, timeout=10)
    await oven.heat(2)
    assert (await status(board))["backlog"] > 0
    assert len(home.batches) == 1

    # In another connection it is sent at once.
    home.acknowledges = True
    board.tell("wifi 0")
    await oven.heat(1)
    board.tell("wifi 1")
    await oven.check()
    (_, first), (_, again), *_ = home.batches
    assert first["batch"] == again["batch"]
    assert measures(first) == measures(again)
    assert (await status(board))["backlog"] == 0


async def test_server_that_takes_none(board: HostBoard, home: Home, oven: Oven) -> None:
    """A server that does not say that it takes batches gets none, and hears the rest."""
    home.takes_backlog = False
    board.tell("wifi 0")
    await oven.heat(2)
    board.tell("wifi 1")
    lived = len(home.live)
    await home.until(lambda: len(home.live) > lived)
    await oven.heat(1)
    assert not home.batches
    assert (await status(board))["backlog"] > 0
    # Another release does.
    home.takes_backlog = True
    board.tell("wifi 0")
    await oven.heat(1)
    board.tell("wifi 1")
    await oven.check()
    assert home.batches


def measures(batch: Message) -> list[Message]:
    """Return what the readings of a batch say, but for their ages, which change."""
    return [
        {key: value for key, value in reading.items() if key != "age"}
        for reading in batch["readings"]
    ]

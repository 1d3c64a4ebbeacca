"""The links of the boards' library and its JSON, compiled for this machine.

Most of their tests are programs in `firmware/tests`, with a peer that follows a script.
Here a program of them is also the client of a real server, over a real socket.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import WSMsgType, web
import pytest

from .building import CHECKED, Workshop, run

# Each a program, which runs what these files test.
JSON_TESTS: Final = ("json_reader_test", "json_writer_test")
LINK_TESTS: Final = (
    *("handshake_test", "receiving_test", "sending_test", "ending_test"),
    *("asking_test", "serial_test"),
)

# All that a message can be for the board's buffer, and where its length is written in
# another way.
SIZES: Final = (0, 1, 125, 126, 500, 504, 505, 512, 1400, 4096, 4999)

type Handler = Callable[[web.WebSocketResponse, asyncio.Transport], Awaitable[None]]
type Serve = Callable[..., Awaitable[int]]

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def socket_test(workshop: Workshop) -> Path:
    """Return the program that is a board on a socket."""
    parts = ("PosixClient", "stubs/RealClock", "stubs/Print", "socket_test")
    return workshop.program(CHECKED, *parts)


@pytest.fixture
async def serve(socket_enabled: None) -> AsyncGenerator[Serve]:
    """Return what starts a server, and gives its port."""
    runners: list[web.AppRunner] = []

    async def _serve(handler: Handler, *, autoping: bool = True) -> int:
        async def _handle(request: web.Request) -> web.WebSocketResponse:
            response = web.WebSocketResponse(autoping=autoping)
            await response.prepare(request)
            assert request.transport is not None
            await handler(response, request.transport)
            return response

        app = web.Application()
        app.router.add_get("/ws", _handle)
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port: int = runner.addresses[0][1]
        return port

    yield _serve
    for runner in runners:
        await runner.cleanup()


async def talk(program: Path, port: int, path: str, mode: str) -> list[str]:
    """Let the board talk to the port until the end, and return what it printed."""
    process = await asyncio.create_subprocess_exec(
        program, str(port), path, mode, stdout=-1, stderr=-1
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, (output + errors).decode()
    return output.decode().splitlines()


@pytest.mark.parametrize("parts", [JSON_TESTS, LINK_TESTS])
def test_program(workshop: Workshop, parts: tuple[str, ...]) -> None:
    """What the program tests is right, and no sanitizer has anything to say."""
    run(workshop.program(CHECKED, "check", "stubs/FakeClock", "stubs/Print", *parts))


def test_small(workshop: Workshop) -> None:
    """What an Uno does, which has parts of its own, does it under sanitizers as well."""
    stubs = ("stubs/FakeClock", "stubs/FakePins", "stubs/Print", "FakeChip")
    small = (*CHECKED, "-DSENSORBOARD_IS_SMALL=1")
    run(workshop.program(small, "check_apart", *stubs, "small_test"))


async def test_echo(socket_test: Path, serve: Serve) -> None:
    """Messages of every size go there and back; then the server says goodbye."""
    problems: list[str] = []

    async def _handle(
        socket: web.WebSocketResponse, transport: asyncio.Transport
    ) -> None:
        for size in SIZES:
            text = "".join(chr(ord(" ") + i * 7 % 90) for i in range(size))
            await socket.send_str(text)
            echo = await socket.receive(timeout=10)
            if (echo.type, echo.data) != (WSMsgType.TEXT, text):
                problems.append(f"{size}: {echo}")
        await socket.send_str("°C 日本 😀")
        text = await socket.receive_str(timeout=10)
        if text != "°C 日本 😀":
            problems.append(text)
        await socket.close(code=4409, message="A newer connection. °C".encode())
        if socket.close_code != 4409:
            problems.append(f"closed with {socket.close_code}")

    port = await serve(_handle)
    assert await talk(socket_test, port, "/ws", "echo") == [
        "open",
        "PeerClosed 4409 A newer connection. °C",
    ]
    assert not problems


async def test_many_at_once(socket_test: Path, serve: Serve) -> None:
    """Messages that come faster than they are read are all taken, in order."""
    texts = [f"message {i} " + "x" * (i * 37 % 900) for i in range(500)]
    got: list[str] = []

    async def _send(socket: web.WebSocketResponse) -> None:
        for text in texts:
            await socket.send_str(text)
            await socket.ping(text[:100].encode())

    async def _handle(
        socket: web.WebSocketResponse, transport: asyncio.Transport
    ) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(_send(socket))
            while len(got) < len(texts):
                got.append(await socket.receive_str(timeout=10))
        await socket.close()

    port = await serve(_handle)
    lines = await talk(socket_test, port, "/ws", "echo")
    assert got == texts
    assert lines == ["open", "PeerClosed 1000 "]


async def test_pings_are_answered(socket_test: Path, serve: Serve) -> None:
    """A server that wants signs of life gets them; the payload is its own."""
    pongs: list[bytes] = []
    payloads = [b"", b"x", b"p" * 125]

    async def _handle(
        socket: web.WebSocketResponse, transport: asyncio.Transport
    ) -> None:
        for payload in payloads:
            await socket.ping(payload)
            message = await socket.receive(timeout=10)
            pongs.append(message.data)
        await socket.close()

    # Or aiohttp would keep the pongs to itself.
    port = await serve(_handle, autoping=False)
    await talk(socket_test, port, "/ws", "echo")
    assert pongs == payloads


async def test_board_says_goodbye(socket_test: Path, serve: Serve) -> None:
    """The last message arrives before the end, and the end is a clean one."""
    ends: list[object] = []

    async def _handle(
        socket: web.WebSocketResponse, transport: asyncio.Transport
    ) -> None:
        ends.append(await socket.receive_str(timeout=10))
        ends.append((await socket.receive(timeout=10)).type)
        ends.append(socket.close_code)

    port = await serve(_handle)
    assert await talk(socket_test, port, "/ws", "goodbye") == ["open", "Closed 0 "]
    assert ends == ['{"last":true}', WSMsgType.CLOSE, 1000]


async def test_refused(socket_test: Path, serve: Serve) -> None:
    """A status says why; nobody at the port is another thing."""

    async def _handle(
        socket: web.WebSocketResponse, transport: asyncio.Transport
    ) -> None:
        raise AssertionError

    port = await serve(_handle)
    assert await talk(socket_test, port, "/nothing", "echo") == ["Refused 404 "]


async def test_nobody_there(socket_test: Path, port: int) -> None:
    """A port that nobody listens at is no connection."""
    assert await talk(socket_test, port, "/ws", "echo") == ["NoConnection 0 "]


async def test_connection_breaks(socket_test: Path, serve: Serve) -> None:
    """A server that dies without a word is noticed."""

    async def _handle(
        socket: web.WebSocketResponse, transport: asyncio.Transport
    ) -> None:
        await socket.send_str("hello")
        await socket.receive_str(timeout=10)
        transport.abort()

    port = await serve(_handle)
    assert await talk(socket_test, port, "/ws", "echo") == ["open", "Lost 0 "]


@pytest.mark.parametrize(
    ("mode", "end"), [("silence", "Silent 0 "), ("flood", "Stuck 0 ")]
)
async def test_frozen_server(
    socket_test: Path, serve: Serve, mode: str, end: str
) -> None:
    """A server that does not do anything any more is given up, whatever the board does."""
    is_over = asyncio.Event()

    async def _handle(
        socket: web.WebSocketResponse, transport: asyncio.Transport
    ) -> None:
        await is_over.wait()

    port = await serve(_handle)
    try:
        assert await talk(socket_test, port, "/ws", mode) == ["open", end]
    finally:
        is_over.set()

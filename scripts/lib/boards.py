"""A simulated board: connects, sends, reads what comes back, connects again."""

import asyncio
from collections.abc import Callable, Iterator
from http import HTTPStatus
import json
import os
import re
from typing import Any

import aiohttp

from .readings import Act, Frame, Pause

# What the sketch's library calls itself; a browser's name would be refused.
USER_AGENT = "TinyWebsockets Client"
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
REFUSALS = (4401, 4403, 4408)  # close codes of connections that were not let in

CLOSE_CODES = {
    1000: "it closed the connection",
    1001: "Home Assistant stops or restarts",
    1006: "the connection broke",
    1009: "a message was too large",
    1012: "the board was unloaded in Home Assistant",
    1013: "Home Assistant has too much to do",
    4401: "nobody knows this address or board: it is wrong, was replaced or is disabled",
    4403: "this board may not connect, or not from here",
    4408: "this board is connected already, or another at its address",
    4409: "a newer connection of this board has replaced this one",
    4410: "the handshake failed",
    4412: "the pairing has ended",
    4413: "too many boards wait to be added",
}


def shorten(address: str) -> str:
    """Return an address with only the beginning of its token."""
    return re.sub(r"(/ws/)([\w-]{6})[\w-]{6,}", r"\1\2…", address)


class Board:
    """One simulated board.

    `source` says what it sends: it is asked once an interval, and the board ends
    when there is no more.
    """

    def __init__(
        self,
        name: str,
        address: str,
        source: Iterator[Frame],
        *,
        interval: float = 2.0,
        say: Callable[[str, str], None] = lambda name, text: None,
    ) -> None:
        """Describe the board; `say` is told its name and what happens to it."""
        self.name = name
        self.address = address
        self.sent = 0
        self.accepted = False  # whether any connection was let in
        self._source = source
        self._interval = interval
        self._tell = say
        self._code: int | None = None  # with which the last connection was closed

    async def run(self) -> None:
        """Play the board until it has no more to send."""
        pause = FIRST_PAUSE
        async with aiohttp.ClientSession(headers={"User-Agent": USER_AGENT}) as session:
            while True:
                sent = self.sent
                try:
                    async with session.ws_connect(
                        self.address, timeout=aiohttp.ClientWSTimeout(ws_close=2)
                    ) as socket:
                        self._say(f"connected to {shorten(self.address)}")
                        if await self._connected(socket):
                            return
                except (aiohttp.ClientError, OSError, TimeoutError) as err:
                    self._say(why_not(err))
                # Whoever could send a few readings was welcome: begin again quickly.
                pause = FIRST_PAUSE if self.sent > sent + 1 else pause
                if self._code == 4409:
                    # Somebody else plays this board now: give way.
                    pause = LONGEST_PAUSE
                self._say(f"trying again in {pause:.0f} s")
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _connected(self, socket: aiohttp.ClientWebSocketResponse) -> bool:
        """Send and read on one connection; tell whether everything was sent."""
        self._code = None
        sender = asyncio.create_task(self._send(socket))
        reader = asyncio.create_task(self._read(socket))
        try:
            await asyncio.wait({sender, reader}, return_when=asyncio.FIRST_COMPLETED)
            if sender.done():
                return sender.result()
            reader.result()
            return False
        finally:
            self.accepted |= self._code not in REFUSALS
            sender.cancel()
            reader.cancel()
            await asyncio.gather(sender, reader, return_exceptions=True)

    async def _send(self, socket: aiohttp.ClientWebSocketResponse) -> bool:
        for frame in self._source:
            if frame is Act.DROP:
                self._say("drops off the network, without a word")
                if (connection := socket.get_extra_info("socket")) is not None:
                    connection.shutdown(2)
                return False
            try:
                if isinstance(frame, str):
                    await socket.send_str(frame)
                elif isinstance(frame, bytes):
                    await socket.send_bytes(frame)
            except ConnectionError:
                await asyncio.sleep(3)  # the reader knows why, and says so
                return False
            if isinstance(frame, Pause):
                await asyncio.sleep(frame.seconds)
                continue
            if frame is not Act.NOTHING:
                self.sent += 1
                self._say(f"→ {_printable(frame)}")
            await asyncio.sleep(self._interval)
        return True

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._say(f"← {describe(message.data)}")
        self._code = socket.close_code or 1006
        self._say(closed(self._code))

    def _say(self, text: str) -> None:
        self._tell(self.name, text)


def why_not(error: Exception) -> str:
    """Return why there is no connection, as a person reads it best."""
    if isinstance(error, aiohttp.WSServerHandshakeError):
        phrase = HTTPStatus(error.status).phrase
        return f"refused with HTTP status {error.status}, {phrase}"
    if isinstance(error, aiohttp.ClientConnectorError):
        reason = os.strerror(error.errno) if error.errno else error.strerror
        return f"no connection to {error.host}:{error.port}: {reason}"
    return f"no connection: {error or 'it took too long'}"


def closed(code: int) -> str:
    """Return what a close code means."""
    return f"closed: {code}, {CLOSE_CODES.get(code, 'for an unknown reason')}"


def describe(text: str) -> str:
    """Return a message of the server's as a person reads it best."""
    try:
        message: dict[str, Any] = json.loads(text)
        if message["type"] == "error":
            return f"error {message['code']}: {message['message']}"
    except ValueError, TypeError, KeyError:
        pass
    return text


def _printable(frame: Frame) -> str:
    text = frame if isinstance(frame, str) else repr(frame)
    return text if len(text) <= 100 else f"{text[:97]}…"

"""What a board on a USB cable is connected to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
import json
from typing import Any

from serialx import open_serial_connection

from tests.emulated_uno import Uno


class Computer:
    """What is at the other end of the cable."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Take a port that was just opened."""
        self._reader = reader
        self._writer = writer
        self.heard: list[str] = []

    def say(self, *lines: str) -> None:
        """Send lines to the board."""
        self._writer.write("".join(f"{line}\n" for line in lines).encode())

    def send(self, *messages: dict[str, Any]) -> None:
        """Send messages to the board."""
        self.say(*(json.dumps(message) for message in messages))

    async def line(self, beginning: str = "", *, timeout: float = 20) -> str:
        """Return the next line that begins so."""

        def find(line: str) -> str | None:
            return line if line.startswith(beginning) else None

        return await self._until(find, f"line {beginning!r}", timeout)

    async def message(
        self, kind: str | None = None, *, timeout: float = 20
    ) -> dict[str, Any]:
        """Return the next message of a type, or the next reading."""

        def find(line: str) -> dict[str, Any] | None:
            message: dict[str, Any] = (
                json.loads(line) if line[:1] == "{" else {"type": 0}
            )
            return message if message.get("type") == kind else None

        return await self._until(find, kind or "reading", timeout)

    async def values(self, *keys: str, timeout: float = 20) -> dict[str, Any]:
        """Return what channels are at, as soon as each was in a reading."""
        values: dict[str, Any] = {}
        async with asyncio.timeout(timeout):
            while not values.keys() >= set(keys):
                values |= await self.message(timeout=timeout)
        return values

    async def reading(
        self, key: str, wanted: Callable[[Any], bool], *, timeout: float = 20
    ) -> Any:
        """Return the next value of a channel that is as wanted."""
        async with asyncio.timeout(timeout):
            while True:
                message = await self.message(timeout=timeout)
                if key in message and wanted(message[key]):
                    return message[key]

    async def quiet(self, seconds: float = 1, *, timeout: float = 20) -> None:
        """Return when the board has said nothing for so long."""
        async with asyncio.timeout(timeout):
            with suppress(TimeoutError):
                while True:
                    await self.line(timeout=seconds)

    async def raw(self, size: int) -> bytes:
        """Return so many bytes, whatever they are."""
        async with asyncio.timeout(20):
            return await self._reader.readexactly(size)

    async def _until[T](
        self, find: Callable[[str], T | None], what: str, timeout: float
    ) -> T:
        try:
            async with asyncio.timeout(timeout):
                while True:
                    read = await self._reader.readline()
                    if not read:
                        raise ConnectionError("The port is closed.")
                    self.heard.append(read.decode("utf-8", "replace").rstrip("\r\n"))
                    if (found := find(self.heard[-1])) is not None:
                        return found
        except TimeoutError:
            message = f"No {what} within {timeout:g} s, but: {self.heard[-5:]}"
            raise TimeoutError(message) from None


@asynccontextmanager
async def opened(
    uno: Uno, baudrate: int = 115200, **options: Any
) -> AsyncIterator[Computer]:
    """Open the board's port as Home Assistant does."""
    reader, writer = await open_serial_connection(str(uno.port), baudrate, **options)
    try:
        yield Computer(reader, writer)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

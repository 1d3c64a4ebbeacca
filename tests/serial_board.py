"""A board that goes on by itself at a serial port: the other end of a real pty."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
import json
import os
from pathlib import Path
import termios
import tty
from typing import Any, Final

_SPEEDS: Final = {
    9600: termios.B9600,
    38400: termios.B38400,
    57600: termios.B57600,
    115200: termios.B115200,
}
_PAUSE: Final = 0.02


class SerialBoard:
    """Prints its lines again and again, and says hello if it is asked to.

    Opened at another speed than its own, it prints what a wrong speed gives.
    """

    def __init__(
        self,
        *lines: object,
        hello: dict[str, Any] | None = None,
        baudrate: int | None = 115200,
    ) -> None:
        """Make a board; a line that is no text is printed as JSON.

        Without a baudrate it has one that nobody finds.
        """
        self.lines: Sequence[object] = lines
        self.hello = hello
        self._speed = _SPEEDS[baudrate] if baudrate is not None else None
        self._board, self._computer = os.openpty()
        # No echo, and every byte as it is.
        tty.setraw(self._computer)
        os.set_blocking(self._board, False)
        self.port = os.ttyname(self._computer)
        self._task = asyncio.create_task(self._run())

    @property
    def is_open(self) -> bool:
        """Return whether somebody in this process listens to the board."""
        open_files = [
            link.readlink()
            for link in Path("/proc/self/fd").iterdir()
            if link.is_symlink()
        ]
        return open_files.count(Path(self.port)) > 1

    async def _run(self) -> None:
        heard = b""
        while True:
            await asyncio.sleep(_PAUSE)
            with suppress(BlockingIOError):
                heard += os.read(self._board, 4096)
            *told, heard = heard.split(b"\n")
            if self.hello is not None and any(b'"hello"' in line for line in told):
                self._print({"type": "hello", **self.hello})
            for line in self.lines:
                self._print(line)

    def _print(self, line: object) -> None:
        text = line if isinstance(line, str) else json.dumps(line)
        data = f"{text}\r\n".encode()
        if termios.tcgetattr(self._computer)[5] != self._speed:
            data = bytes(byte ^ 0xA5 for byte in data)
        # Nobody has to listen.
        with suppress(BlockingIOError):
            os.write(self._board, data)

    async def unplug(self) -> None:
        """Pull the plug."""
        if self._task.done():
            return
        self._task.cancel()
        await asyncio.wait({self._task})
        os.close(self._board)
        os.close(self._computer)

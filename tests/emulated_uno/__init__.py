"""An emulated Arduino Uno, whose USB port is a pseudo-terminal.

It runs what was compiled for a real one: `uno.c` says what it can do.
"""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
import os
from pathlib import Path
from typing import Final

import pytest

SOURCE: Final = Path(__file__).parent / "uno.c"
PLAIN_SKETCH: Final = Path(__file__).parent / "plain.ino"

# Where scripts/setup.sh unpacks Debian's package, and where apt-get would install it.
SIMAVR: Final = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    / "arduino_sensor"
    / "simavr"
    / "usr",
    Path("/usr"),
)


def emulator_command() -> tuple[str | Path, ...]:
    """Return what compiles the emulator, but for where it is to be."""
    for prefix in SIMAVR:
        libraries = [*prefix.glob("lib/*/libsimavr.a")]
        if libraries:
            break
    else:
        pytest.fail("libsimavr is missing: scripts/test unpacks it", pytrace=False)
    return (
        *("gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"),
        *("-isystem", prefix / "include"),
        *(SOURCE, libraries[0], "-lutil", "-lm"),
    )


class Uno:
    """A board with a sketch and a USB cable, which can be pulled."""

    def __init__(
        self,
        emulator: Path,
        sketch: Path,
        folder: Path,
        *,
        boot: float = 1.6,
        trigger: int = 9,
        echo: int = 10,
    ) -> None:
        """Take a board that was just flashed; its folder is where its port appears.

        The boot loader is busy for so many seconds; the HC-SR04 is at these pins.
        """
        self.port = folder / "ttyACM0"
        self.lines: list[str] = []  # all that the emulator has said
        self.outputs = dict[int, int | None]()  # the pins that are driven, and how
        self._eeprom = folder / "eeprom"
        self._command = (
            *(emulator, sketch, "--boot", str(boot)),
            *("--eeprom", self._eeprom),
            *("--trigger", str(trigger), "--echo", str(echo)),
        )
        self._wiring = dict[str, str]()  # what is at the pins, from the last command
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def power(self) -> AsyncIterator[None]:
        """Plug it in, and pull the plug in the end."""
        await self.plug()
        try:
            yield
        finally:
            await self.unplug()

    async def plug(self) -> None:
        """Connect it: it starts, and its port appears."""
        self.lines.clear()
        self.outputs.clear()
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE
        )
        self._reader = asyncio.create_task(self._read())
        said = await self.said("port ")
        self.port.symlink_to(said.removeprefix("port "))
        for command in self._wiring.values():
            self._write(command)

    async def unplug(self) -> None:
        """Pull the plug: the port is gone without a word, and RAM is empty."""
        self.port.unlink(missing_ok=True)
        if self._process is None or self._reader is None:
            return
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await self._reader
        self._process = self._reader = None

    def measure(self, millivolts: int, channel: int = 0) -> None:
        """Set the voltage at an analog input."""
        self._wire(f"adc {channel}", f"adc {channel} {millivolts}")

    def see(self, centimeters: float | None) -> None:
        """Put something before the HC-SR04, or nothing."""
        self._wire("echo", f"echo {'far' if centimeters is None else centimeters}")

    def hold(self, pin: int, level: bool | None) -> None:
        """Connect a pin to 5 V, to ground, or to nothing."""
        symbol = "-" if level is None else f"{level:d}"
        self._wire(f"pin {pin}", f"pin {pin} {symbol}")

    def reset(self) -> None:
        """Press its button."""
        self._write("reset")

    async def unused_memory(self) -> int:
        """Return how many bytes of RAM not even the stack has used since the reset."""
        begin = len(self.lines)
        self._write("memory")
        return int((await self.said("memory ", begin)).split()[1])

    async def said(self, beginning: str, since: int = 0, *, timeout: float = 20) -> str:
        """Return the first line after those that begins so, when it is there."""

        def find() -> str | None:
            lines = self.lines[since:]
            return next((line for line in lines if line.startswith(beginning)), None)

        return await self._until(find, f"{beginning!r}", timeout)

    async def shows(self, pin: int, value: int, *, timeout: float = 20) -> None:
        """Wait until the board drives a pin so: 0, 1, or what analogWrite() was given."""

        def find() -> bool | None:
            return True if self.outputs.get(pin) == value else None

        await self._until(find, f"pin {pin} at {value}", timeout)

    async def _until[T](
        self, find: Callable[[], T | None], what: str, timeout: float
    ) -> T:
        try:
            async with asyncio.timeout(timeout):
                while (found := find()) is None:
                    if self._reader is None or self._reader.done():
                        raise AssertionError(f"The Uno is off: {self.lines[-5:]}")
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            last = ", ".join(self.lines[-5:])
            message = f"{what}: not within {timeout:g} s. The Uno's last words: {last}"
            raise TimeoutError(message) from None
        return found

    def _wire(self, what: str, command: str) -> None:
        self._wiring[what] = command
        if self._process is not None:
            self._write(command)

    def _write(self, command: str) -> None:
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(f"{command}\n".encode())

    async def _read(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        async for line in self._process.stdout:
            words = line.decode().split()
            if words[0] in ("pin", "pwm"):
                level = None if words[2] == "-" else int(words[2])
                self.outputs[int(words[1])] = level
            self.lines.append(" ".join(words))
            self._changed.set()
        self._changed.set()

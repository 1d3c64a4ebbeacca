"""The host board on the command line: `scripts/simulate --native`."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
import os
from pathlib import Path
import re
import signal
from threading import Thread

from .native import BuildError, HostBoard, program
from .readings import readings
from .words import fail, say

# What a person can have happen at the board's pins; firmware/host/Bench.h has it all.
AT_ITS_PINS = """\
  echo 80       something is 80 cm from the HC-SR04; 0: nothing is
  adc 50 755    there are 755 mV at A0: 25.5 °C
  pin 5 1       the input is on: 5 is red, 6 green, 7 blue
  wifi 0        the Wi-Fi is away; wifi 1: it is back
  restart       somebody presses the reset button
  status        how the board is doing"""

_RED, _GREEN, _BLUE = 5, 6, 7
_BY_HAND = re.compile(r"(adc|echo|pin)\b")
_KEY = re.compile("[0-9a-f]{64}\n?")


@dataclass(frozen=True)
class Wishes:
    """What the command line says about the board."""

    id: str
    name: str
    interval: int  # seconds
    seconds: float | None = None
    host: str | None = None  # without it, the board searches
    port: int | None = None
    path: str | None = None
    secret: str | None = None
    key_file: Path | None = None
    outage: tuple[float, float] | None = None  # without Wi-Fi: after, for


def check_key_file(path: Path) -> None:
    """Raise ValueError if the board would write its key over something else."""
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as err:
        raise ValueError(f"{path} cannot be read: {err.strerror}") from err
    if not _KEY.fullmatch(found.decode(errors="replace")):
        raise ValueError(f"{path} is no file with the key of this board")


async def play(wishes: Wishes, on_line: Callable[[str], None]) -> int:
    """Run the board until its time is over, or a signal comes; return the exit code."""
    try:
        compiled = await asyncio.to_thread(program, say=say)
    except BuildError as err:
        fail(str(err), err.advice)
        return 1
    moves = _moves(wishes.interval)
    board = HostBoard(
        compiled,
        on_line=on_line,
        id=wishes.id,
        name=wishes.name,
        interval=wishes.interval,
        host=wishes.host,
        port=wishes.port,
        path=wishes.path,
        secret=wishes.secret,
        key_file=wishes.key_file and wishes.key_file.absolute(),
        bench=next(moves),
    )
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, over.set)
    async with board:
        player = asyncio.create_task(_move(board, moves, wishes.interval))
        outage = asyncio.create_task(_lose_wifi(board, wishes.outage))

        def obey(line: str) -> None:
            # Whoever moves things by hand does not want them to move by themselves.
            if _BY_HAND.match(line):
                player.cancel()
            board.tell(line)

        _read_lines(loop, obey)
        ended = asyncio.create_task(board.wait())
        stop = asyncio.create_task(over.wait())
        await asyncio.wait(
            (ended, stop),
            timeout=wishes.seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
        for task in (player, outage, stop):
            task.cancel()
        code = await board.stop()
        await ended
    if code != 0:
        fail(f"The board's program has ended with an error ({code}).")
    return int(code != 0)


def _moves(interval: float) -> Iterator[str]:
    """Yield what is at the pins, for ever."""
    for reading in readings(interval=interval):
        yield "\n".join(
            (
                f"adc 50 {500 + 10 * float(reading['temp']):.1f}",
                f"echo {reading['distance']}",
                f"pin {_RED} {int(reading['red'])}",
                f"pin {_GREEN} {int(reading['green'])}",
                f"pin {_BLUE} {int(reading['blue'])}",
            )
        )


async def _move(board: HostBoard, moves: Iterator[str], interval: float) -> None:
    """Have the temperature and the distance wander, and the lights take turns."""
    for move in moves:
        await asyncio.sleep(interval)
        board.tell(move)


async def _lose_wifi(board: HostBoard, outage: tuple[float, float] | None) -> None:
    """Have the Wi-Fi go once, for a while."""
    if outage is not None:
        after, seconds = outage
        await asyncio.sleep(after)
        board.tell("wifi 0")
        await asyncio.sleep(seconds)
        board.tell("wifi 1")


def _read_lines(
    loop: asyncio.AbstractEventLoop, on_line: Callable[[str], None]
) -> None:
    """Pass on what is typed.

    In a thread: a terminal that does not wait when it is read does not wait when it is
    written to either, and then output is lost.
    """

    def read() -> None:
        unfinished = b""
        # Without a terminal, and after the end of the loop, nobody types anything.
        with suppress(OSError, RuntimeError):
            while chunk := os.read(0, 1024):
                *lines, unfinished = (unfinished + chunk).split(b"\n")
                for line in lines:
                    text = line.decode(errors="replace").strip()
                    loop.call_soon_threadsafe(on_line, text)

    Thread(target=read, name="typed", daemon=True).start()

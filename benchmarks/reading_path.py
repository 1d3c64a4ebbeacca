"""How much of a processor a reading costs, beside two other ways of taking it.

A real Home Assistant without a recorder takes the same readings in four ways, in
turn, so that a machine whose speed drifts is as unfair to one as to another:
*floor*, *plain* (see `arduino_benchmark`), *ours*, and *serial*, which is ours over a
serial line (a pty). Of each round the processor
time of Home Assistant's event loop is taken, as the kernel accounts for it. Quote
the ratios; the microseconds are this machine's.
"""

import argparse
import asyncio
from contextlib import suppress
from math import sin
import os
from pathlib import Path
import shutil
from statistics import median
import sys
from tempfile import TemporaryDirectory
import tty

import aiohttp
import orjson

from scripts.lib.add import add_board, add_serial
from scripts.lib.home_assistant import HomeAssistant, free_port

CONFIGURATION = """\
api:
config:
onboarding:
logger:
  default: critical
arduino_benchmark:
"""
HELLO = '{"type":"hello","id":"benchmark"}'
COMPONENT = Path(__file__).parent / "arduino_benchmark"


def frames(count: int, *, changing: bool) -> list[str]:
    """Return readings; a light changes with every tenth, the numbers with each."""
    return [
        orjson.dumps(
            {
                "temp": round(22 + 3 * sin(step), 2) if changing else 22.5,
                "distance": round(110 + 90 * sin(step / 7), 1) if changing else 110.5,
                "red": changing and step // 10 % 3 == 0,
                "green": changing and step // 10 % 3 == 1,
                "blue": changing and step // 10 % 3 == 2,
            }
        ).decode()
        for step in range(count)
    ]


def loop_time(pid: int) -> float:
    """Return the processor time of a process's main thread, in seconds.

    The first field of schedstat: proc(5) and the kernel's sched-stats.rst.
    """
    fields = Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()
    return int(fields[0]) / 1e9


async def play(url: str, pid: int, readings: list[str]) -> float:
    """Send all readings, and return the time that taking them took, in seconds."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, autoping=False) as socket,
    ):
        await socket.send_str(readings[-1])
        await answer(socket)
        began = loop_time(pid)
        for reading in readings:
            await socket.send_str(reading)
        await answer(socket)
        return loop_time(pid) - began


async def answer(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Wait until everything that was sent has been taken: a pong comes after it."""
    await socket.ping()
    async with asyncio.timeout(120):
        while (message := await socket.receive()).type is not aiohttp.WSMsgType.PONG:
            if message.type is not aiohttp.WSMsgType.TEXT:
                sys.exit(f"The connection ended: {message}")


class Line:
    """A board's end of a serial line."""

    def __init__(self) -> None:
        """Plug it in."""
        self._board, computer = os.openpty()
        tty.setraw(computer)
        self.port = os.ttyname(computer)

    async def introduce(self, reading: str) -> None:
        """Say what the board is, again and again, until cancelled."""
        while True:
            await asyncio.to_thread(self._write, [reading, HELLO])
            await asyncio.sleep(0.2)

    async def play(self, pid: int, readings: list[str]) -> float:
        """Send all readings, and return the time that taking them took, in seconds."""
        await asyncio.to_thread(self._talk, readings[-1:])
        began = loop_time(pid)
        await asyncio.to_thread(self._talk, readings)
        return loop_time(pid) - began

    def _talk(self, lines: list[str]) -> None:
        """Send lines, and wait until they have been taken: a welcome comes after them."""
        # A welcome to an earlier hello is no answer to this one.
        os.set_blocking(self._board, False)
        with suppress(BlockingIOError):
            while True:
                os.read(self._board, 65536)
        os.set_blocking(self._board, True)
        self._write([*lines, HELLO])
        heard = b""
        while b'"welcome"' not in heard:
            heard += os.read(self._board, 65536)

    def _write(self, lines: list[str]) -> None:
        for line in lines:
            os.write(self._board, f"{line}\r\n".encode())


async def measure(rounds: int, count: int) -> None:
    """Play all rounds and print what they gave."""
    with TemporaryDirectory() as folder:
        server = HomeAssistant(Path(folder), free_port())
        server.prepare(CONFIGURATION)
        shutil.copytree(COMPONENT, Path(folder) / "custom_components" / COMPONENT.name)
        print("Starting Home Assistant …", file=sys.stderr)
        await server.start()
        try:
            await server.onboard()
            async with server.connect() as api:
                entry_id, address = await add_board(api, "Benchmark")
                # Readings come far more often than they would be published.
                await api.change_options(entry_id, publish_interval=0)
                line = Line()
                talking = asyncio.create_task(
                    line.introduce(frames(1, changing=True)[0])
                )
                entry_id = await add_serial(api, "Line", line.port)
                talking.cancel()
                await api.change_options(entry_id, publish_interval=0)
            base = f"ws://127.0.0.1:{server.port}"
            urls = {
                "floor": f"{base}/api/arduino_benchmark/floor",
                "plain": f"{base}/api/arduino_benchmark/plain",
                "ours": address,
            }
            assert server.pid is not None
            for name, changing in (
                ("every value changes", True),
                ("nothing new", False),
            ):
                readings = frames(count, changing=changing)
                times: dict[str, list[float]] = {way: [] for way in (*urls, "serial")}
                for turn in range(rounds + 1):
                    print(f"\r{name}: round {turn}/{rounds} ", end="", file=sys.stderr)
                    for way, url in urls.items():
                        time = await play(url, server.pid, readings)
                        if turn:  # the first round warms up
                            times[way].append(time)
                    time = await line.play(server.pid, readings)
                    if turn:
                        times["serial"].append(time)
                print(file=sys.stderr)
                await check(server, orjson.loads(readings[-1])["temp"])
                report(name, times, count)
        finally:
            await server.stop()


async def check(server: HomeAssistant, temperature: float) -> None:
    """Make sure that all ways ended with the last reading."""
    async with server.connect() as api:
        for entity_id in (
            "sensor.floor_temp",
            "sensor.plain_temp",
            "sensor.benchmark_temperature",
            "sensor.line_temperature",
        ):
            state = (await api.get(f"/api/states/{entity_id}"))["state"]
            if float(state) != temperature:
                sys.exit(f"{entity_id} is {state}, but {temperature} was sent last.")


def report(name: str, times: dict[str, list[float]], count: int) -> None:
    """Print a table: time per reading, and ratios round by round."""
    print(f"\n{name}, {count} readings of five channels a round")
    print(f"{'':8}{'µs a reading':>14}{'x floor':>22}{'x plain':>22}{'x ours':>22}")
    for way, taken in times.items():
        row = f"{way:8}{median(taken) / count * 1e6:14.1f}"
        for other in ("floor", "plain", "ours"):
            ratios = sorted(a / b for a, b in zip(taken, times[other], strict=True))
            row += f"{median(ratios):10.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})"
        print(row)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--readings", type=int, default=4000)
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.rounds, arguments.readings))

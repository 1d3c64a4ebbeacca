"""What a fast board costs: rows, bytes and processor time, with and without the policy.

A real Home Assistant with a real recorder (SQLite, all of it as installed) takes a
hundred readings a second, of four numbers that all change, for a minute: once as a
board is set up, with a new number at most once a second, and once with every reading
shown. What that comes to in an hour is extrapolated.
"""

import argparse
import asyncio
from dataclasses import dataclass
from math import sin
import os
from pathlib import Path
import sqlite3
import sys
from tempfile import TemporaryDirectory
import time

import aiohttp
import orjson

from scripts.lib.add import add_board
from scripts.lib.home_assistant import HomeAssistant, free_port

CONFIGURATION = """\
api:
config:
onboarding:
recorder:
logger:
  default: critical
"""
RATE = 100
QUIET = 15
"""For so many seconds nothing is sent, to know what Home Assistant costs by itself."""

COMMITTED = 7
"""After so many seconds the recorder has written what it has, by its defaults."""

HOUR = 3600


@dataclass(frozen=True)
class Usage:
    """What there is, or was used."""

    rows: int
    size: int
    time: float

    def __sub__(self, other: Usage) -> Usage:
        """Return what has come to it."""
        return Usage(
            self.rows - other.rows, self.size - other.size, self.time - other.time
        )

    def an_hour(self, seconds: float) -> Usage:
        """Return how much that is in an hour, if it goes on like that."""
        return Usage(
            round(self.rows * HOUR / seconds),
            round(self.size * HOUR / seconds),
            self.time * HOUR / seconds,
        )


def usage(server: HomeAssistant) -> Usage:
    """Return how much there is in the database, and the time of all threads."""
    database = server.folder / "home-assistant_v2.db"
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        (rows,) = connection.execute("SELECT COUNT(*) FROM states").fetchone()
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (free,) = connection.execute("PRAGMA freelist_count").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    finally:
        connection.close()
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(") ")[2].split()
    # utime and stime: proc(5).
    ticks = int(fields[11]) + int(fields[12])
    return Usage(rows, (pages - free) * size, ticks / os.sysconf("SC_CLK_TCK"))


def reading(number: int) -> str:
    """Return a reading of which no number is as it was before."""
    return orjson.dumps(
        {
            "temp": round(22 + 3 * sin(number / 50), 3),
            "humidity": round(50 + 9 * sin(number / 70), 3),
            "lux": number % 1000,
            "voltage": round(3.3 + 0.2 * sin(number / 30), 4),
        }
    ).decode()


async def play(address: str, seconds: float) -> None:
    """Send readings for some seconds."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(address) as socket,
    ):
        began = time.monotonic()
        for number in range(round(seconds * RATE)):
            await socket.send_str(reading(number))
            if (wait := began + (number + 1) / RATE - time.monotonic()) > 0:
                await asyncio.sleep(wait)
        if (late := time.monotonic() - began - seconds) > 0.1 * seconds:
            sys.exit(f"This machine is too slow, or too busy: {late:.0f} s too late.")


async def measure(interval: float, seconds: float) -> tuple[Usage, Usage]:
    """Return what Home Assistant uses in an hour: by itself, and with the board."""
    with TemporaryDirectory() as folder:
        server = HomeAssistant(Path(folder), free_port())
        server.prepare(CONFIGURATION)
        await server.start()
        try:
            await server.onboard()
            async with server.connect() as api:
                entry_id, address = await add_board(api, "Flood")
                await api.change_options(entry_id, publish_interval=interval)
            # Its channels are there before the time that is measured.
            await play(address, 1)
            await asyncio.sleep(COMMITTED)
            before = usage(server)
            await asyncio.sleep(QUIET)
            quiet = usage(server)
            await play(address, seconds)
            await asyncio.sleep(COMMITTED)
            after = usage(server)
        finally:
            await server.stop()
    return (quiet - before).an_hour(QUIET), (after - quiet).an_hour(seconds)


async def compare(seconds: float) -> None:
    """Measure both ways, and print what they come to."""
    print(
        f"{RATE} readings a second of four numbers, {seconds:g} s, an hour of which is"
    )
    print(f"{'':24}{'rows':>12}{'MB':>10}{'CPU s':>10}")
    for interval, name in ((1, "at most once a second"), (0, "every reading")):
        print(f"{name} …", end="\r", file=sys.stderr)
        quiet, used = await measure(interval, seconds)
        print(f"{name:24}{used.rows:12,}{used.size / 1e6:10.1f}{used.time:10.0f}")
        print(f"{'  without the board':24}{'':12}{'':10}{quiet.time:10.0f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    asyncio.run(compare(parser.parse_args().seconds))

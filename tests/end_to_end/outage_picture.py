"""The README's picture of an outage. `scripts/screenshots` has it taken; it is no test.

A board that keeps its readings and one that does not lose their Wi-Fi for the same
twenty minutes, and Home Assistant's own history graphs show what is left of each.
"""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
import math
from pathlib import Path
import sys
import time
from typing import Final

import pytest
import pytest_socket

from scripts.lib.add import add_board, add_discovered
from scripts.lib.api import Api
from scripts.lib.home_assistant import (
    CONFIGURATION,
    HOST,
    ROOT,
    HomeAssistant,
    free_port,
)
from scripts.lib.native import HostBoard, strict_program

from .browser import keep_page, log_in, open_browser
from .hurried_clock import HurriedClock
from .line import Line

INTERVAL: Final = 5

BEFORE: Final = timedelta(minutes=14)
OUTAGE: Final = timedelta(minutes=20)
AFTER: Final = timedelta(minutes=11)

THERMOMETER: Final = 50  # the pin at which the sketch expects it

# How many times as fast time goes while something happens, and while nothing does.
TALK: Final = 4
WAIT: Final = 100

WIFI: Final = "input_select.wi_fi"
PLUGGED_IN: Final = "plugged in"
UNPLUGGED: Final = "unplugged here"

CONFIGURED: Final = f"""\
{CONFIGURATION}
input_select:
  wi_fi:
    name: Wi-Fi
    icon: mdi:wifi
    options: ["{PLUGGED_IN}", "{UNPLUGGED}"]
"""


class Picture:
    """What is in the picture."""

    def __init__(self, folder: Path) -> None:
        """Begin so long ago that it ends now: the browser has a clock of its own."""
        self.clock = HurriedClock(
            folder, datetime.now(UTC) - BEFORE - OUTAGE - AFTER - timedelta(minutes=2)
        )
        self.folder = folder
        self.home = HomeAssistant(
            folder / "home", free_port(), environment=self.clock.environment
        )
        self.home.prepare(CONFIGURED)

    async def pass_time(self, seconds: float, rate: float) -> None:
        """Let time go by."""
        self.clock.go(rate)
        await asyncio.sleep(seconds / rate)
        self.clock.go(TALK)

    async def play(self) -> None:
        """Play the outage, and take the picture."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.home.stop)
            await self.home.start()
            await self.home.onboard()
            line = await stack.enter_async_context(Line.running(self.home.port))
            async with self.home.connect() as api:
                await api.wait_running()
                ordinary = await self.add_ordinary(api, line, stack)
                keeping = await self.add_keeping(api, line, stack)
                graphs = [
                    ("Greenhouse: the library kept its readings", keeping),
                    ("Shed: an ordinary sensor", ordinary),
                ]
            await self.live_through(line)
            await self.make_dashboard(graphs)
            # Not faster than any clock while a person looks.
            self.clock.go(1)
            async with open_browser() as page:
                await log_in(page, self.home.url)
                await page.goto(f"{self.home.url}/outage-graphs")
                await keep_page(page, "outage", width=1240, height=500)

    async def add_keeping(self, api: Api, line: Line, stack: AsyncExitStack) -> str:
        """Add a board with the library; return the sensor that is shown of it."""
        board = HostBoard(
            strict_program(),
            environment=self.clock.environment,
            id="greenhouse",
            name="Greenhouse",
            key_file=self.folder / "greenhouse.key",
            interval=INTERVAL,
            host=HOST,
            port=line.port,
        )
        await board.start()
        stack.push_async_callback(board.stop)
        weather = asyncio.create_task(self.change_weather(board))
        stack.callback(weather.cancel)
        found = await board.prints(r"code .*: (\d{3}) (\d{3})", timeout=60)
        code = "".join(found.groups())
        entry = await add_discovered(api, "greenhouse", "Greenhouse", code)
        return await api.entity_of(entry, "-temp")

    async def change_weather(self, board: HostBoard) -> None:
        """Have it get warmer and cooler, as its thermometer (a TMP36) tells it."""
        while True:
            celsius = 21 + 3 * math.sin(self.clock.time() / 520)
            board.tell(f"adc {THERMOMETER} {round(500 + 10 * celsius)}")
            await asyncio.sleep(0.05)

    async def add_ordinary(self, api: Api, line: Line, stack: AsyncExitStack) -> str:
        """Add a board that sends and forgets; return the sensor that is shown of it."""
        entry, address = await add_board(api, "Shed")
        path = address.partition("://")[2].partition("/")[2]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "scripts.lib.simulate", f"ws://{HOST}:{line.port}/{path}"),
            *("--interval", str(INTERVAL)),
            cwd=ROOT,
            env={**self.clock.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
        )

        async def _stop() -> None:
            process.terminate()
            await process.wait()

        stack.push_async_callback(_stop)
        return await api.entity_of(entry, "-temp")

    async def live_through(self, line: Line) -> None:
        """Have the Wi-Fi go, and come back."""
        await self.pass_time(BEFORE.total_seconds(), WAIT)
        await self.select(UNPLUGGED)
        line.cut()
        await self.pass_time(OUTAGE.total_seconds(), WAIT)
        line.mend()
        await self.select(PLUGGED_IN)
        # They find their way back, and hand over.
        await self.pass_time(120, TALK)
        left = time.time() - self.clock.time()
        await self.pass_time(left * WAIT / (WAIT - 1), WAIT)

    async def select(self, option: str) -> None:
        """Have the graphs show how the Wi-Fi is."""
        # What was given when it began is not good for so long.
        async with self.home.connect() as api:
            await api.post(
                "/api/services/input_select/select_option",
                {"entity_id": WIFI, "option": option},
            )

    async def make_dashboard(self, graphs: list[tuple[str, str]]) -> None:
        """Show a graph for each sensor."""
        path = "outage-graphs"
        cards = [
            {
                "type": "history-graph",
                "title": title,
                "hours_to_show": (BEFORE + OUTAGE + AFTER).total_seconds() / 3600,
                "entities": [
                    {"entity": sensor, "name": "Temperature"},
                    {"entity": WIFI, "name": "Wi-Fi"},
                ],
            }
            for title, sensor in graphs
        ]
        both = {"type": "grid", "columns": 2, "square": False, "cards": cards}
        view = {"title": "History", "type": "panel", "cards": [both]}
        async with self.home.connect() as api:
            await api.command(
                "lovelace/dashboards/create",
                url_path=path,
                title="History",
                mode="storage",
            )
            await api.command(
                "lovelace/config/save", url_path=path, config={"views": [view]}
            )


@pytest.mark.timeout(300)
async def test_picture(tmp_path: Path) -> None:
    """Take it."""
    pytest_socket.enable_socket()
    (tmp_path / "home").mkdir()
    await Picture(tmp_path).play()

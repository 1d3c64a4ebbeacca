"""The README's pictures of the dashboard. `scripts/screenshots` takes them: no test.

A house with some boards that have been there for a week, one that is away, and a few
alerts, as Home Assistant shows it: in light and dark, and on a phone.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
import json
from math import exp, pi, sin
from pathlib import Path
import time
from typing import Any, Final

import aiohttp
from playwright.async_api import Page
import pytest
import pytest_socket

from scripts.lib.add import add_board
from scripts.lib.api import Api
from scripts.lib.boards import USER_AGENT
from scripts.lib.device import CHANNELS, introduction
from scripts.lib.home_assistant import HomeAssistant, free_port

from .browser import keep_page, log_in, open_browser

type Reading = dict[str, Any]
type Measure = Callable[[float], Reading]
"""What a board measures at a time, in seconds since 1970."""

WIDE: Final = 1400
PHONE: Final = 390

DAY: Final = timedelta(days=1)
EVERY: Final = timedelta(minutes=5)
BATCH: Final = 20

# So long the live plot has been drawing when it is shown.
LIVE: Final = 32


def wave(at: float, hours: float, shift: float = 0) -> float:
    """Return what goes up and down once in so many hours."""
    return sin(2 * pi * (at / 3600 / hours + shift))


def bump(at: float, hour: float, width: float) -> float:
    """Return what happens once a day, around an hour (UTC)."""
    off = (at / 3600 - hour + 12) % 24 - 12
    return exp(-((off / width) ** 2))


def living_room(at: float) -> Reading:
    """Measure the air of a room in which people are in the evening."""
    ago = (time.time() - at) / 3600 % 24
    clouds = 1 + 0.2 * wave(at, 1.3) + 0.1 * wave(at, 0.31)
    lamp = 130 if ago < 4 else 0
    sun = 600 * clouds * bump(at, 12.5, 3)
    return {
        "temp": round(21.0 + 1.2 * wave(at, 24, -0.4) + 0.2 * wave(at, 2.7), 1),
        "humidity": round(48 + 5 * wave(at, 24, 0.15) + 0.8 * wave(at, 1.9), 1),
        "co2": round(
            540
            + 420 * bump(at, 20.5, 2.6)
            + 260 * bump(at, 7, 1.4)
            + 14 * wave(at, 0.9)
            + 6 * wave(at, 0.005)
        ),
        "lux": round(sun + lamp + (4 * wave(at, 0.004) if lamp else 0)),
        "red": ago < 3 or ago % 1.5 > 1.1,
        "green": 6 < ago < 14,
        "blue": ago < 4 or 15 < ago < 16,
        "door": at % 14700 < 900,
        "battery": 87,
        "rssi": round(-61 + 2 * wave(at, 0.003)),
    }


def greenhouse(at: float) -> Reading:
    """Measure where it is too warm just now, whenever that is."""
    ago = time.time() - at
    return {
        "temp": round(
            26.9
            + 8.4 * wave(ago, 24, 0.25)
            + 0.1 * wave(at, 0.5)
            + 0.1 * wave(at, 0.01),
            1,
        ),
        "humidity": round(64 - 12 * wave(ago, 24, 0.25) + 1.5 * wave(at, 1.1)),
        "soil_moisture_percent": round(31 + 9 * (ago / 3600 % 9) / 9),
        "pressure_hpa": round(1013 + 4 * wave(at, 31) + wave(at, 7), 1),
    }


def workshop(at: float) -> Reading:
    """Measure where things are switched."""
    ago = (time.time() - at) / 3600 % 24
    works = ago < 2.5 or 3.6 <= ago < 8
    return {
        "temp": round(18.4 + 1.6 * wave(at, 24, -0.35) + (1.2 if works else 0), 1),
        "distance": round(148 + 3 * wave(at, 0.7) - (60 if at % 9000 < 1500 else 0)),
        "red": works,
        "green": False,
        "blue": works,
        "relay": works,
        "setpoint": 21.0,
        "mode": "comfort" if works else "eco",
        "display": "Hello",
    }


@dataclass
class ShownBoard:
    """A board that was there all the time, or not any more."""

    name: str
    measure: Measure
    channels: list[dict[str, Any]] = field(default_factory=list)
    middles: tuple[str, ...] = ()
    """The channels of which there is a week."""
    entry_id: str = ""
    handed_over: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def connect(self, session: aiohttp.ClientSession, address: str) -> None:
        """Have it connect, again and again."""
        self._task = asyncio.create_task(self._run(session, address))

    def unplug(self) -> None:
        """Take its power away."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self, session: aiohttp.ClientSession, address: str) -> None:
        while True:
            with suppress(aiohttp.ClientError, ConnectionError):
                async with session.ws_connect(address) as socket:
                    await self._converse(socket)
            await asyncio.sleep(0.5)

    async def _converse(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        if self.channels:
            await socket.send_json(
                {"type": "hello", **introduction("workshop", self.name)}
            )
            await socket.send_json(
                {"type": "channels", "channels": self.channels, "final": True}
            )
        await socket.send_json(self.measure(time.time()))
        if not self.handed_over.is_set():
            await asyncio.sleep(2)
            await self._hand_over(socket)
        while True:
            await socket.send_json(self.measure(time.time()))
            await asyncio.sleep(0.5)

    async def _hand_over(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Give what was measured in the last day."""
        ages = [EVERY * step for step in range(DAY // EVERY, 0, -1)]
        for start in range(0, len(ages), BATCH):
            now = time.time()
            readings = [
                {
                    "age": age.total_seconds(),
                    **self.measure(now - age.total_seconds()),
                }
                for age in ages[start : start + BATCH]
            ]
            for reading in readings:
                # What is not recorded.
                reading.pop("rssi", None)
            await socket.send_json(
                {"type": "backlog", "batch": f"past-{start}", "readings": readings}
            )
            async for message in socket:
                answer = json.loads(message.data)
                assert answer["type"] != "error", answer
                if answer["type"] == "ack":
                    break
        self.handed_over.set()


BOARDS: Final = (
    ShownBoard("Living room", living_room, middles=("temp", "humidity", "co2", "lux")),
    ShownBoard(
        "Greenhouse",
        greenhouse,
        middles=("temp", "humidity", "soil_moisture_percent", "pressure_hpa"),
    ),
    ShownBoard("Workshop", workshop, CHANNELS, ("temp", "distance")),
)

GARAGE: Final = ShownBoard("Garage", lambda at: {"temp": 9.5, "door": False})


async def import_week(api: Api, board: ShownBoard) -> None:
    """Have the statistics of the week before the last day."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for key in board.middles:
        entity_id = await api.entity_of(board.entry_id, f"-{key}")
        rows = []
        for hour in range(7 * 24, 0, -1):
            start = now - timedelta(hours=hour)
            values = [
                board.measure(start.timestamp() + minutes * 60)[key]
                for minutes in range(0, 60, 5)
            ]
            rows.append(
                {
                    "start": start.isoformat(),
                    "mean": sum(values) / len(values),
                    "min": min(values) * 0.985,
                    "max": max(values) * 1.015,
                }
            )
        await api.import_statistics(entity_id, rows)


async def past_alerts(api: Api) -> list[dict[str, Any]]:
    """Return what has been wrong in the last days, as the integration keeps it."""
    now = datetime.now(UTC)
    told = [
        # board, channel, kind, value, unit, limit, begin and end, in minutes ago
        ("Garage", None, "silent", None, "s", "600", 1630, 1412),
        ("Workshop", "-distance", "sensor", "stuck", None, None, 1300, 1263),
        ("Living room", "-co2", "above", "1214", "ppm", "1200", 187, 142),
        ("Greenhouse", "-temp", "above", "35.0", "°C", "35", 26, None),
    ]
    devices = await api.command("config/device_registry/list")
    entries = {entry["title"]: entry["entry_id"] for entry in await api.entries()}
    alerts = []
    for number, (board, key, kind, value, unit, limit, begin, end) in enumerate(told):
        entry_id = entries[board]
        [device] = [one for one in devices if entry_id in one["config_entries"]]
        entity_id = channel = None
        if key is not None:
            entity_id = await api.entity_of(entry_id, key)
            state = await api.state(entity_id)
            assert state is not None
            name = state["attributes"]["friendly_name"]
            channel = name.removeprefix(f"{board} ")
        over = None if end is None else (now - timedelta(minutes=end)).isoformat()
        alerts.append(
            {
                "id": str(number),
                "kind": kind,
                "key": "picture",
                "entry_id": entry_id,
                "device_id": device["id"],
                "entity_id": entity_id,
                "board": board,
                "channel": channel,
                "value": value,
                "unit": unit,
                "limit": limit,
                "message": None,
                "raised": (now - timedelta(minutes=begin)).isoformat(),
                "cleared": over,
            }
        )
    return alerts


def was_there(storage: Path, entity_id: str) -> None:
    """Have Home Assistant remember that a board is away since some hours."""
    path = storage / "core.restore_state"
    kept = json.loads(path.read_text())
    [found] = [one for one in kept["data"] if one["state"]["entity_id"] == entity_id]
    found["extra_data"]["seen"] = (datetime.now(UTC) - timedelta(hours=5)).isoformat()
    path.write_text(json.dumps(kept))


async def make_dashboard(
    api: Api, path: str, config: dict[str, Any], *, listed: bool = True
) -> None:
    """Make a dashboard; it is in the sidebar if it is listed there."""
    await api.command(
        "lovelace/dashboards/create",
        url_path=path,
        title="Arduino boards",
        icon="mdi:developer-board",
        mode="storage",
        show_in_sidebar=listed,
    )
    await api.command("lovelace/config/save", url_path=path, config=config)


@asynccontextmanager
async def furnished(home: HomeAssistant) -> AsyncIterator[None]:
    """Have the house as it is to be shown."""
    async with aiohttp.ClientSession(headers={"User-Agent": USER_AGENT}) as session:
        async with home.connect() as api:
            await api.wait_running()
            for board in (*BOARDS, GARAGE):
                connect = partial(board.connect, session)
                board.entry_id, _ = await add_board(api, board.name, connect)
            for board in BOARDS:
                await import_week(api, board)
            await make_dashboard(
                api, "arduino-boards", {"strategy": {"type": "custom:arduino-boards"}}
            )
            card = {"type": "custom:arduino-alerts-card"}
            section = {"type": "grid", "cards": [card]}
            view = {"type": "sections", "sections": [section]}
            await make_dashboard(api, "alerts-here", {"views": [view]}, listed=False)
            async with asyncio.timeout(120):
                for board in BOARDS:
                    await board.handed_over.wait()
            alerts = await past_alerts(api)
        GARAGE.unplug()
        await home.stop()
        was_there(home.folder / ".storage", "binary_sensor.garage_connectivity")
        (home.folder / ".storage" / "arduino_sensor.alerts").write_text(
            json.dumps(
                {
                    "version": 1,
                    "minor_version": 1,
                    "key": "arduino_sensor.alerts",
                    "data": alerts,
                }
            )
        )
        await home.start()
        async with home.connect() as api:
            await api.wait_running()
        try:
            yield
        finally:
            for board in BOARDS:
                board.unplug()


async def take(page: Page, name: str, *, height: int, phone: int) -> None:
    """Take a page's pictures: light, dark, and on a phone."""
    await keep_page(page, name, width=WIDE, height=height)
    await page.emulate_media(color_scheme="dark")
    await keep_page(page, f"{name}-dark", width=WIDE, height=height)
    await page.emulate_media(color_scheme="light")
    await keep_page(page, f"{name}-phone", width=PHONE, height=phone)


@pytest.mark.timeout(400)
async def test_pictures(tmp_path: Path) -> None:
    """Take them."""
    pytest_socket.enable_socket()
    home = HomeAssistant(tmp_path, free_port())
    home.prepare()
    try:
        await home.start()
        await home.onboard()
        async with furnished(home), open_browser() as page:
            await page.set_viewport_size({"width": WIDE, "height": 1000})
            await log_in(page, home.url)
            await page.goto(f"{home.url}/arduino-boards")
            await page.get_by_role("tab", name="Greenhouse").wait_for()
            # Until there is something to see of each, and no "just connected".
            await asyncio.sleep(15)
            await take(page, "dashboard", height=900, phone=860)
            await page.get_by_role("tab", name="Living room").click()
            await asyncio.sleep(LIVE)
            await take(page, "dashboard-board", height=2050, phone=860)
            await page.get_by_role("tab", name="Workshop").click()
            await asyncio.sleep(LIVE)
            await take(page, "dashboard-controls", height=1000, phone=860)
            await page.goto(f"{home.url}/alerts-here")
            await page.locator("arduino-alerts-card").wait_for()
            await keep_page(page, "alerts", width=560, height=560)
            await page.emulate_media(color_scheme="dark")
            await keep_page(page, "alerts-dark", width=560, height=560)
            await page.emulate_media(color_scheme="light")
            await keep_page(page, "alerts-phone", width=PHONE, height=560)
    finally:
        await home.stop()

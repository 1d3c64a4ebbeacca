"""The demo without a person: a value goes the whole way, and survives a restart."""

import asyncio
from collections.abc import Iterator
import json
from pathlib import Path
import random
import shutil
import tempfile
from time import monotonic

from .add import (
    FixedAddress,
    add_board,
    add_discovered,
    add_fixed_address,
    find_discovered,
)
from .api import Api, ApiError
from .boards import Board
from .client import WS_PATH, Client, Options
from .device import Device, introduction
from .home_assistant import HOST, HomeAssistant, StartError, free_port
from .keys import KeyStore
from .readings import Frame
from .words import detail, fail, say


class Check:
    """The steps, each a line of the table at the end."""

    def __init__(self, folder: Path) -> None:
        """Make what is needed, in this folder."""
        self.home = HomeAssistant(folder, free_port(), say=detail)
        self.lines: list[tuple[str, str]] = []
        self._values: dict[str, float] = {}
        self._entities: dict[str, str] = {}
        self._boards: list[asyncio.Task[None]] = []
        self._began = monotonic()

    async def run(self) -> None:
        """Take every step; raise at the first that fails."""
        await self._start()
        async with self.home.connect() as api:
            version = await api.version()
            self._passed(f"Home Assistant {version} started, onboarding done")
            await self._add_boards(api)
            await self._find(api, "found in the state machine", history=False)
            await self._find(api, "found in the recorder's history", history=True)
        earlier = dict(self._values)
        say("Restarting Home Assistant")
        await self.home.restart()
        async with self.home.connect() as api:
            await api.wait_running()
            self._passed("Home Assistant restarted")
            for board in self._values:
                self._values[board] = _random_temperature()
            await self._find(api, "came after the restart", history=True)
            self._values = earlier
            await self._find(api, "still in the history", history=True)
        self._look_at_log()

    async def _start(self) -> None:
        say(f"Starting Home Assistant on port {self.home.port}")
        self.home.prepare()
        await self.home.start()
        await self.home.onboard()
        async with self.home.connect() as api:
            await api.wait_running()

    async def _add_boards(self, api: Api) -> None:
        say("Adding a board with an address of its own")
        self._values["own"] = _random_temperature()
        entry, _ = await add_board(api, "Kitchen", lambda url: self._play("own", url))
        self._entities["own"] = await api.entity_of(entry, "-temp")
        self._passed("board with an address of its own added")

        fixed = FixedAddress(free_port())
        say(f"Adding a board on port {fixed.port}")
        self._values["fixed"] = _random_temperature()
        entry = await add_fixed_address(api, "Garage", fixed)
        self._play("fixed", fixed.url)
        self._entities["fixed"] = await api.entity_of(entry, "-temp")
        self._passed(f"board on the dedicated port {fixed.port} added")
        await self._switch(api, await self._add_keyed(api))

    async def _add_keyed(self, api: Api) -> tuple[Device, str]:
        """Add a board with a key; return it, and its entry's id."""
        say("Adding a board with a key")
        self._values["keyed"] = _random_temperature()

        def sensors() -> Iterator[dict[str, float]]:
            while True:
                yield {"temp": self._values["keyed"]}

        board_id, device = "check-workshop", Device(sensors())
        client = Client(
            "keyed",
            f"ws://{HOST}:{self.home.port}{WS_PATH}",
            introduction(board_id, "Workshop"),
            device,
            KeyStore(),
            options=Options(interval=0.5),
        )
        self._boards.append(asyncio.create_task(client.run()))
        async with asyncio.timeout(30):
            await client.settled.wait()
        await find_discovered(api, board_id)
        self._passed("board with a key waits on the list of what was discovered")
        entry = await add_discovered(api, board_id, "Workshop", client.code or "")
        self._entities["keyed"] = await api.entity_of(entry, "-temp")
        self._passed("board with a key added with its code")
        return device, entry

    async def _switch(self, api: Api, board: tuple[Device, str]) -> None:
        device, entry = board
        relay = await api.entity_of(entry, "-relay")
        say(f"Switching {relay}")
        for state in ("on", "off"):
            await api.act(f"switch.turn_{state}", relay)
            if device.state["relay"] is not (state == "on"):
                raise ApiError(relay, 500, f"the board was not switched {state}")
            await api.wait_state(relay, state)
        self._passed(f"{relay} switched on and off: the board did it, and said so")

    def _play(self, board: str, address: str) -> None:
        """Let a board send its value, whatever that is at the time."""

        def source() -> Iterator[Frame]:
            while True:
                yield json.dumps({"temp": self._values[board], "red": True})

        played = Board(board, address, source(), interval=0.5)
        self._boards.append(asyncio.create_task(played.run()))

    async def _find(self, api: Api, what: str, *, history: bool) -> None:
        for board, value in self._values.items():
            say(f"Looking for {value} °C: {what}")
            entity = self._entities[board]
            if history:
                # A board tries again within 30 s, and readings are written soon.
                await api.wait_history(entity, value, timeout=60)
            else:
                await api.wait_state(entity, value)
            self._passed(f"{value} °C of {entity} {what}")

    def _look_at_log(self) -> None:
        if bad := self.home.complaints():
            raise StartError("The integration complains in the log:\n" + "\n".join(bad))
        self._passed("nothing of the integration's in the log but good news")

    def _passed(self, what: str) -> None:
        now = monotonic()
        self.lines.append((what, f"{now - self._began:5.1f} s"))
        self._began = now

    async def stop(self) -> None:
        """Stop the boards, then Home Assistant."""
        for board in self._boards:
            board.cancel()
        await asyncio.gather(*self._boards, return_exceptions=True)
        await self.home.stop()


def _random_temperature() -> float:
    """Return a value that nobody finds by accident."""
    return round(random.uniform(-30, 60), 2)


async def run() -> int:
    """Run the check; return the exit code."""
    folder = Path(tempfile.mkdtemp(prefix="arduino_sensor-check-"))
    check = Check(folder)
    error: Exception | None = None
    try:
        async with asyncio.timeout(420):
            await check.run()
    except (StartError, ApiError, TimeoutError, OSError) as err:
        error = err
    finally:
        await asyncio.shield(asyncio.ensure_future(check.stop()))
        if error is None:
            shutil.rmtree(folder, ignore_errors=True)
    table = [("passed", *line) for line in check.lines]
    if error is not None:
        table.append(("FAILED", str(error).splitlines()[0] or repr(error), ""))
    width = max(len(what) for _, what, _ in table)
    print()
    for result, what, duration in table:
        print(f"  {result}  {what:<{width}}  {duration}".rstrip())
    print()
    if error is not None:
        fail(str(error), f"Home Assistant's folder is kept: {folder}")
        return 1
    print("Everything was found.", flush=True)
    return 0

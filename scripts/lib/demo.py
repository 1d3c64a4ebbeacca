"""A real Home Assistant with simulated boards, to look around in."""

import argparse
import asyncio
from collections.abc import Callable, Coroutine
import contextlib
import json
from pathlib import Path
import shutil
import signal
import sys
from typing import Any

from . import check
from .add import FixedAddress, add_board, add_discovered, add_fixed_address
from .api import Api, ApiError, eventually
from .boards import Board
from .client import WS_PATH, Client
from .device import Device, introduction
from .home_assistant import (
    HOST,
    PASSWORD,
    ROOT,
    USER,
    HomeAssistant,
    StartError,
    is_in_use,
)
from .keys import KeyStore
from .readings import frames, readings
from .words import detail, fail, say

FOLDER = ROOT / ".demo"
OWN, FIXED, KEYED, WAITING = "Kitchen", "Garage", "Workshop", "Porch"


class Demo:
    """What runs until Ctrl-C."""

    def __init__(self, folder: Path, port: int, board_port: int) -> None:
        """Say where it lives and which ports it opens."""
        self.home = HomeAssistant(folder, port, say=detail)
        self._fixed = FixedAddress(board_port)
        self._notes = folder / "demo.json"

    async def run(self) -> None:
        """Start everything, say how to get in, and stay until cancelled."""
        try:
            await self._start()
            async with asyncio.TaskGroup() as group:
                own, fixed = await self._add_boards(group)
                await self._add_keyed(group)
                await self._wait_for_readings()
                waiting = await self._let_wait(group)
                self._explain(own, fixed, waiting)
                code = await self.home.wait_ended()
                raise StartError(
                    f"Home Assistant has ended by itself, with code {code}."
                    f" Its last lines:\n{self.home.tail()}"
                )
        finally:
            # A second Ctrl-C must not leave Home Assistant behind.
            await asyncio.shield(asyncio.ensure_future(self._stop()))

    async def _start(self) -> None:
        say(f"Starting Home Assistant on port {self.home.port}")
        self.home.prepare()
        await self.home.start()
        if await self.home.onboard():
            detail(f"user {USER!r} made, onboarding done")
        async with self.home.connect() as api:
            await api.wait_running()
            detail(f"Home Assistant {await api.version()} runs")
            await _tidy(api)

    async def _stop(self) -> None:
        say("Stopping")
        await self.home.stop()

    async def _add_boards(self, group: asyncio.TaskGroup) -> tuple[str, str]:
        """Add what is not there from an earlier start; connect the boards."""
        notes = self._read_notes()
        async with self.home.connect() as api:
            known = {entry["entry_id"] for entry in await api.entries()}
            if notes.get("own", {}).get("entry") in known:
                own = self._address(notes["own"]["path"])
                group.create_task(_play(OWN, own, 1))
            else:
                say(f"Adding a board with an address of its own: {OWN}")

                def connect(address: str) -> None:
                    group.create_task(_play(OWN, address, 1))

                entry, own = await add_board(api, OWN, connect)
                path = own.partition(f":{self.home.port}")[2]
                notes["own"] = {"entry": entry, "path": path}
                self._write_notes(notes)
            if notes.get("fixed", {}).get("entry") in known:
                fixed = FixedAddress(notes["fixed"]["port"])
            else:
                fixed = self._fixed
                say(f"Adding a board on port {fixed.port}: {FIXED}")
                entry = await add_fixed_address(api, FIXED, fixed)
                notes["fixed"] = {"entry": entry, "port": fixed.port}
                self._write_notes(notes)
            group.create_task(_play(FIXED, fixed.url, 2))
        return own, fixed.url

    async def _add_keyed(self, group: asyncio.TaskGroup) -> None:
        """Add a board with a key, with the code that it shows; connect it."""
        notes = self._read_notes()
        board = self._with_key(KEYED, seed=3)
        group.create_task(board.run())
        async with self.home.connect() as api:
            known = {entry["entry_id"] for entry in await api.entries()}
            if notes.get("keyed", {}).get("entry") in known:
                return
            say(f"Adding a board with a key: {KEYED}")
            await _settled(board)
            board_id = _id_of(KEYED)
            entry = await add_discovered(api, board_id, KEYED, board.code or "")
            notes["keyed"] = {"entry": entry}
            self._write_notes(notes)

    async def _let_wait(self, group: asyncio.TaskGroup) -> str | None:
        """Leave one board for a person to add; return its code if nobody has yet."""
        codes: list[str] = []

        def on_code(name: str, code: str) -> None:
            codes.append(code)
            if len(codes) > 1:  # nobody has typed the earlier one in ten minutes
                detail(f"{name}: waits with a new code, {code}")

        board = self._with_key(WAITING, seed=4, on_code=on_code)
        group.create_task(board.run())
        await _settled(board)
        return board.code

    def _with_key(
        self,
        name: str,
        *,
        seed: int,
        on_code: Callable[[str, str], None] = lambda name, code: None,
    ) -> Client:
        return Client(
            name,
            self._address(WS_PATH),
            introduction(_id_of(name), name),
            Device(readings(("temp", "distance"), seed=seed)),
            KeyStore(self.home.folder / "keys.json"),
            say=_tell,
            on_code=on_code,
        )

    async def _wait_for_readings(self) -> None:
        say("Waiting for the boards' readings")
        notes = self._read_notes()
        async with self.home.connect() as api:
            for board in ("own", "fixed", "keyed"):
                entity = await api.entity_of(notes[board]["entry"], "-temp")

                async def known(entity: str = entity) -> dict[str, Any] | None:
                    state = await api.state(entity)
                    away = ("unknown", "unavailable")
                    return state if state and state["state"] not in away else None

                state = await eventually(known, f"a reading for {entity}", timeout=30)
                detail(f"{entity} is {state['state']}")

    def _explain(self, own: str, fixed: str, code: str | None) -> None:
        width = max(map(len, (OWN, FIXED, KEYED, WAITING)))
        waiting = "has a key too: it was added earlier"
        if code is not None:
            waiting = (
                "waits for you to add it, under Settings > Devices & services >\n"
                f"  {'':<{width}}  Discovered. Its code is {code}"
            )
        print(
            f"\n  Look around at   {self.home.url}\n"
            f"  user             {USER}\n"
            f"  password         {PASSWORD}\n\n"
            f"  {OWN:<{width}}  {own}\n"
            f"  {FIXED:<{width}}  {fixed}\n"
            f"  {KEYED:<{width}}  has a key, and a relay, a light and more to control:\n"
            f"  {'':<{width}}  what you do with them is printed here\n"
            f"  {WAITING:<{width}}  {waiting}\n\n"
            "  Ctrl-C stops everything. The next start goes on with the same data;\n"
            "  with --fresh it begins anew.\n",
            flush=True,
        )

    def _address(self, path: str) -> str:
        return f"ws://{HOST}:{self.home.port}{path}"

    def _read_notes(self) -> dict[str, Any]:
        if not self._notes.exists():
            return {}
        notes: dict[str, Any] = json.loads(self._notes.read_text())
        return notes

    def _write_notes(self, notes: dict[str, Any]) -> None:
        self._notes.write_text(json.dumps(notes, indent=2))

    def ports(self) -> list[tuple[int, str]]:
        """Return the ports that it needs, each with the option that changes it."""
        ports = [(self.home.port, "--port")]
        if (earlier := self._read_notes().get("fixed")) is None:
            return [*ports, (self._fixed.port, "--board-port")]
        return [*ports, (earlier["port"], "--fresh --board-port")]


async def _tidy(api: Api) -> None:
    """Put away what Home Assistant says about this machine, not about boards."""
    for issue in (await api.command("repairs/list_issues"))["issues"]:
        if issue["domain"] == "homeassistant" and not issue["ignored"]:
            which = {"domain": issue["domain"], "issue_id": issue["issue_id"]}
            await api.command("repairs/ignore_issue", **which, ignore=True)


async def _play(name: str, address: str, seed: int) -> None:
    """Play one board without a key."""
    source = frames(readings(seed=seed))
    await Board(name, address, source, say=_tell).run()


def _tell(name: str, text: str) -> None:
    """Print what happens to a board, but not what goes well all the time."""
    if not text.startswith(("→", "connected", "welcome")):
        detail(f"{name}: {text}")


def _id_of(name: str) -> str:
    return f"demo-{name.lower()}"


async def _settled(board: Client) -> None:
    """Return when a board waits to be added, or is welcome."""
    async with asyncio.timeout(30):
        await board.settled.wait()


def _port(text: str) -> int:
    if not 1 <= (port := int(text)) <= 65535:
        raise argparse.ArgumentTypeError("must be from 1 to 65535")
    return port


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Start a real Home Assistant with the integration and four"
        " simulated boards. Reachable from this machine only.",
    )
    add = parser.add_argument
    add("--port", type=_port, default=8123, help="Home Assistant's port (%(default)s)")
    add(
        "--board-port",
        type=_port,
        default=8000,
        metavar="PORT",
        help="the dedicated port for the second board (%(default)s)",
    )
    add("--fresh", action="store_true", help="forget what earlier starts left behind")
    add(
        "--check",
        action="store_true",
        help="add boards, find their readings in the state machine and in the history,"
        " and switch a relay: without a person, in a folder of its own, on free ports",
    )
    return parser.parse_args()


async def _until_signal(work: Coroutine[Any, Any, int | None]) -> int:
    """Run this until it ends or somebody asks to stop, which is no failure."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task or 0
    except asyncio.CancelledError:
        return 0


def main() -> int:
    """Run the demo, or the check of it; return the exit code."""
    options = _parse()
    if options.check:
        return asyncio.run(_until_signal(check.run()))
    if options.fresh:
        shutil.rmtree(FOLDER, ignore_errors=True)
    demo = Demo(FOLDER, options.port, options.board_port)
    for port, option in demo.ports():
        if is_in_use(port):
            fail(
                f"Port {port} is in use.",
                f"End what listens there, or choose another: scripts/demo {option} N",
            )
            return 1
    try:
        return asyncio.run(_until_signal(demo.run()))
    except* (StartError, ApiError, TimeoutError) as group:
        for error in _leaves(group):
            fail(str(error), f"Everything that was printed is in {demo.home.console}")
    return 1


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    """Return the exceptions in a group, however deep."""
    found: list[BaseException] = []
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            found += _leaves(error)
        else:
            found.append(error)
    return found


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        sys.exit(main())

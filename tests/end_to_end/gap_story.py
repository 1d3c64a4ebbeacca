"""Two boards and a Home Assistant lose each other in each of the ways that happen.

All of it is real, but for the time: what the programs take for an hour is a minute. It
goes slowly where they talk to each other, so that what they do takes as long for them as
it does in a house, and fast where they wait.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
import re
from typing import Any, Final

from scripts.lib.add import add_by_code
from scripts.lib.api import Api, eventually
from scripts.lib.home_assistant import CONFIGURATION, HOST, HomeAssistant, free_port
from scripts.lib.native import HostBoard, strict_program

from .hurried_clock import HurriedClock
from .line import Line

# So that 13:00, where an hour of statistics begins, is in the middle of the outage.
BEGIN: Final = datetime(2026, 11, 20, 12, 47, tzinfo=UTC)

INTERVAL: Final = 5
OUTAGE: Final = 20 * 60
UNTIL_RESTART: Final = 7 * 60
DEAD: Final = 5 * 60

# How many times as fast time goes while boards and Home Assistant talk, while one tries
# to reach the other, and while they wait. What came live and comes again is told by its
# time, to a second: with time so fast, that is 0.4 s for a reading to travel.
TALK: Final = 2.5
TRY: Final = 8
WAIT: Final = 120

ENTITIES: Final = ("temp", "distance", "red")

# Each time that the temperature is measured it is another one than all of the last
# thousand, up and down: so each value tells which reading it was.
PINS: Final = (
    "adc 50 755\nstep 50 137 1000\nwatch 1\necho 150.2\npin 5 1\npin 6 0\npin 7 1"
)

# Tells of each state that changes, to whoever listens, what an automation hears.
AUTOMATION: Final = """\
- alias: Listener
  mode: parallel
  max: 1000
  triggers:
    - trigger: event
      event_type: state_changed
  conditions:
    - "{{ trigger.event.data.entity_id is search('_temp') }}"
    - "{{ trigger.event.data.new_state is not none }}"
  actions:
    - action: system_log.write
      data:
        level: warning
        logger: listener
        message: >-
          heard {{ trigger.event.data.entity_id }}
          {{ trigger.event.data.new_state.state }}
          {{ trigger.event.data.new_state.last_changed.timestamp() }}
"""


@dataclass(frozen=True)
class Seen:
    """A state in the history, or a value that was measured."""

    at: float
    state: str


@dataclass
class Told:
    """What is known of one board in the end."""

    measured: list[Seen]
    """All that the board has measured, by what its program says."""
    history: dict[str, list[Seen]]
    """What Home Assistant has of it, by channel."""
    heard: list[Seen]
    """What an automation has heard of its temperature."""
    said: list[dict[str, Any]]
    """The messages of the board that got through."""
    five_minutes: list[dict[str, Any]]
    hours: list[dict[str, Any]]

    @property
    def readings(self) -> list[dict[str, Any]]:
        """Return what got through when it was measured."""
        return [one for one in self.said if "type" not in one and "temp" in one]

    @property
    def batches(self) -> list[dict[str, Any]]:
        """Return what got through later, as it was sent."""
        return [one for one in self.said if one.get("type") == "backlog"]

    @property
    def late(self) -> list[dict[str, Any]]:
        """Return the readings in it."""
        return [
            one for batch in self.batches for one in batch["readings"] if "temp" in one
        ]


@dataclass
class Story:
    """What happened, and when."""

    silent: Told
    """The board whose Wi-Fi goes without anybody being told."""
    restarted: Told
    """The board that knows when its Wi-Fi is away, and is restarted meanwhile."""
    moments: dict[str, float] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)


@dataclass
class Player:
    """A board in the story."""

    name: str
    board: HostBoard
    line: Line
    ids: Mapping[str, str] = field(default_factory=dict)
    is_on: bool = False

    async def switch_on(self) -> str:
        """Give it power, and return the code that it prints."""
        await self.board.start()
        self.is_on = True
        found = await self.board.prints(r"code .*: (\d{3}) (\d{3})", timeout=60)
        return "".join(found.groups())

    async def switch_off(self) -> None:
        """Take the power from it; it must not have done harm."""
        if self.is_on:
            self.is_on = False
            code = await self.board.stop()
            assert code == 0, "\n".join(self.board.lines)

    def is_connected(self, since: int) -> bool:
        """Return whether it has a connection that it had not at some line."""
        return any("Connected to" in line for line in self.board.lines[since:])

    @property
    def measured(self) -> list[Seen]:
        """Return what the board has measured, in degrees."""
        found = (
            re.fullmatch(r"read 50 (\d+) at ([\d.]+)", line)
            for line in self.board.lines
        )
        return [
            Seen(float(match[2]), f"{(int(match[1]) - 500) / 10:.1f}")
            for match in found
            if match is not None
        ]

    async def reconnected(self, since: int) -> None:
        """Wait until it has handed over all that it has kept."""
        await self.board.prints("Connected to", since=since, timeout=60)

        async def is_done() -> bool | None:
            since = len(self.board.lines)
            self.board.tell("status")
            status = await self.board.prints("^status ", since=since)
            return True if "ready, backlog 0," in status.string else None

        await eventually(is_done, "all is handed over", timeout=60)


class Teller:
    """Plays the story."""

    def __init__(self, folder: Path, database: str | None) -> None:
        """Prepare a Home Assistant with a database; None is its own."""
        self.clock = HurriedClock(folder, BEGIN)
        self.folder = folder
        self.home = HomeAssistant(
            folder / "home", free_port(), environment=self.clock.environment
        )
        self.moments: dict[str, float] = {}
        recorder = "" if database is None else f"  db_url: {database}\n"
        self.home.folder.mkdir()
        (self.home.folder / "automations.yaml").write_text(AUTOMATION)
        # As it is where nobody has set anything: what came in the last seconds before
        # it is killed is in no database.
        before, _, after = CONFIGURATION.partition("  commit_interval: 1\n")
        self.home.prepare(f"{before}{recorder}  commit_interval: 5\n{after}")

    def note(self, what: str) -> float:
        """Remember when something happened."""
        self.moments[what] = self.clock.time()
        return self.moments[what]

    async def pass_until(self, at: float, rate: float) -> None:
        """Let time go by."""
        self.clock.go(rate)
        while (left := at - self.clock.time()) > 0:
            await asyncio.sleep(left / rate)

    async def talk(self, seconds: float) -> None:
        """Let them talk for a while."""
        await self.pass_until(self.clock.time() + seconds, TALK)

    @asynccontextmanager
    async def player(self, name: str) -> AsyncIterator[Player]:
        """Lay a board on its bench, without power."""
        async with Line.running(self.home.port) as line:
            board = HostBoard(
                strict_program(),
                environment=self.clock.environment,
                id=name,
                name=name.capitalize(),
                key_file=self.folder / f"{name}.key",
                interval=INTERVAL,
                host=HOST,
                port=line.port,
                bench=PINS,
            )
            yield Player(name, board, line)

    async def add(self, api: Api, players: Sequence[Player]) -> None:
        """Switch the boards on and type the codes that they print."""
        for player in players:
            entry = await add_by_code(api, player.name, player.switch_on)
            player.ids = {
                key: await api.entity_of(entry, f"-{key}") for key in ENTITIES
            }

    async def play(self) -> Story:
        """Play it."""
        async with AsyncExitStack() as stack:
            silent, restarted = both = [
                await stack.enter_async_context(self.player(name))
                for name in ("attic", "cellar")
            ]
            stack.push_async_callback(self.home.stop)
            await self.home.start()
            await self.home.onboard()
            for player in both:
                stack.push_async_callback(player.switch_off)
            async with self.home.connect() as api:
                await api.wait_running()
                await self.add(api, both)
            await self.talk(11)
            await self.lose_wifi(silent, restarted)
            await self.talk(11)
            # Its reset button is pressed while all is well.
            await self.press_reset(restarted)
            await self.talk(11)
            await self.kill(both)
            await self.talk(11)
            for player in both:
                await player.switch_off()
            self.note("end")
            # The hour is over, and has statistics.
            await self.pass_until(BEGIN.timestamp() + 73.5 * 60, 3 * WAIT)
            self.clock.go(1)
            async with self.home.connect() as api:
                return Story(
                    await self.look(api, silent),
                    await self.look(api, restarted),
                    self.moments,
                    self.home.complaints(),
                    self.home.tracebacks(),
                )

    async def lose_wifi(self, silent: Player, restarted: Player) -> None:
        """Have the Wi-Fi go for a while; one of the boards is restarted meanwhile."""
        await self.after_reading(restarted)
        begin = self.note("wifi away")
        silent.line.cut()
        restarted.board.tell("wifi 0")
        await self.pass_until(begin + UNTIL_RESTART / 2, WAIT)
        self.clock.go(TALK)
        self.note("red off")
        for player in (silent, restarted):
            player.board.tell("pin 5 0")
        await self.pass_until(begin + UNTIL_RESTART, WAIT)
        await self.after_reading(restarted)
        since = len(restarted.board.lines)
        restarted.board.tell("restart")
        self.note("restart")
        await restarted.board.prints("^read 50", since=since)
        await self.pass_until(begin + OUTAGE, WAIT)
        self.clock.go(TALK)
        sinces = [len(player.board.lines) for player in (silent, restarted)]
        self.note("wifi back")
        silent.line.mend()
        # The first batch gets there, and the board does not hear of it: it comes again.
        silent.line.breaks_after = "backlog"
        restarted.line.called.clear()
        restarted.board.tell("wifi 1")
        await self.hand_over((silent, restarted), sinces)
        self.note("handed over")

    async def press_reset(self, player: Player) -> None:
        """Restart a board that is connected."""
        since = len(player.board.lines)
        self.note("reset")
        player.board.tell("restart")
        await player.reconnected(since)

    async def kill(self, players: Sequence[Player]) -> None:
        """End Home Assistant as a power cut does, and start it after a while."""
        at = self.note("killed")
        self.home.kill()
        sinces = [len(player.board.lines) for player in players]
        await self.pass_until(at + DEAD, WAIT)
        self.clock.go(1)
        self.note("started")
        await self.home.start()
        async with self.home.connect() as api:
            await api.wait_running()
        for player in players:
            player.line.called.clear()
        await self.hand_over(players, sinces)
        self.note("handed over again")

    async def hand_over(self, players: Sequence[Player], sinces: Sequence[int]) -> None:
        """Wait until boards are back, and have handed over what they kept."""
        for player, since in zip(players, sinces, strict=True):
            await self.wait_called(player, since)
        for player, since in zip(players, sinces, strict=True):
            if player.line.breaks_after is not None:
                async with asyncio.timeout(60):
                    await player.line.broken.wait()
                since = len(player.board.lines)
            await player.reconnected(since)

    async def wait_called(self, player: Player, since: int) -> None:
        """Wait until a board tries to connect, which it does after a while only."""
        self.clock.go(TRY)
        async with asyncio.timeout(60):
            while not (player.line.called.is_set() or player.is_connected(since)):
                await asyncio.sleep(0.01)
        self.clock.go(TALK)

    async def after_reading(self, player: Player) -> None:
        """Wait until it is clear for a moment what a board has measured."""
        self.clock.go(TALK)
        since = len(player.board.lines)
        await player.board.prints("^read 50", since=since)
        await self.talk(1)

    async def look(self, api: Api, player: Player) -> Told:
        """Ask Home Assistant for all that it knows of a board."""
        entity_id = player.ids["temp"]
        return Told(
            player.measured,
            {key: await self.history(api, one) for key, one in player.ids.items()},
            [
                Seen(float(match[2]), match[1])
                for match in re.finditer(
                    rf"\[listener\] heard {entity_id} (\S+) ([\d.]+)", self.home.log
                )
            ],
            player.line.messages,
            await self.statistics(api, entity_id, "5minute"),
            await self.statistics(api, entity_id, "hour"),
        )

    async def history(self, api: Api, entity_id: str) -> list[Seen]:
        """Return what the history panel shows of an entity."""
        found = await api.get(
            f"/api/history/period/{BEGIN.isoformat()}",
            end_time=self.clock.now().isoformat(),
            filter_entity_id=entity_id,
            significant_changes_only="0",
        )
        return [
            Seen(
                datetime.fromisoformat(state["last_changed"]).timestamp(),
                state["state"],
            )
            for state in found[0]
        ]

    async def statistics(
        self, api: Api, entity_id: str, period: str
    ) -> list[dict[str, Any]]:
        """Return what a statistics graph shows."""
        hour = BEGIN.replace(minute=0)
        found: dict[str, list[dict[str, Any]]] = await api.command(
            "recorder/statistics_during_period",
            start_time=hour.isoformat(),
            statistic_ids=[entity_id],
            period=period,
            types=["mean", "min", "max"],
        )
        return found.get(entity_id, [])

"""A Home Assistant with a recorder and little else, which kills itself in between.

Run as a program, it dies once at every step, each time with another database, of which
it is given the addresses, and prints what the board was told by the next one and what is
in the database then.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
import json
import os
from pathlib import Path
import signal
import sys
import time
import traceback
from typing import Any, Final, cast

from sqlalchemy import select

from custom_components.arduino_sensor.board import Board
from custom_components.arduino_sensor.channels import Channel
from custom_components.arduino_sensor.history import backfill, journal, recorder_task
from custom_components.arduino_sensor.history.recording import Recording
from custom_components.arduino_sensor.protocol import ChannelType, Value
from homeassistant import loader
from homeassistant.bootstrap import async_load_base_functionality
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.db_schema import (
    States,
    StatesMeta,
    StatisticsMeta,
    StatisticsShortTerm,
)
from homeassistant.components.recorder.util import session_scope
from homeassistant.config_entries import ConfigEntries
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import async_initialize_recorder
from homeassistant.setup import async_setup_component

ENTITY = "sensor.meter"
ATTRIBUTES = {
    "state_class": "total_increasing",
    "device_class": "energy",
    "unit_of_measurement": "kWh",
}

# How much the board's clock goes wrong meanwhile, in seconds.
DRIFT = 3.0

# How many seconds before the first start, and what the meter was at.
READINGS = [(540 - 20 * step, 100.0 + step) for step in range(24)]


def die(*_: object) -> Any:
    """End like a house without power."""
    os.kill(os.getpid(), signal.SIGKILL)


class Meter:
    """Stands for the entity."""

    entity_id = ENTITY
    shown_keys = ("meter",)
    recorded_info = None

    def __init__(self) -> None:
        """Publish once a second."""
        self.channel = Channel("meter", ChannelType.NUMBER)
        self.channel.pause = 0.95
        self.channel.pace.delay = 0.3

    def scaled(self, difference: float) -> float:
        """Return how much a difference is."""
        return difference

    def async_calculate_past(self, values: Mapping[str, Value]) -> Any:
        """Return what it was at."""
        return str(values["meter"]), ATTRIBUTES


@dataclass
class Entry:
    """Stands for the board's entry."""

    entry_id: str = "entry"
    title: str = "Kitchen"

    def async_create_background_task(
        self, hass: HomeAssistant, job: Any, name: str
    ) -> asyncio.Task[None]:
        """Run a task."""
        return hass.async_create_background_task(job, name)


@dataclass
class HeldBoard:
    """Stands for the board."""

    hass: HomeAssistant
    told: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Have one channel."""
        self.entry = Entry()
        self.channels = {"meter": Channel("meter", ChannelType.NUMBER)}
        self.entities = {"meter": Meter()}
        self.dialogue = self

    def send(self, message: dict[str, Any]) -> None:
        """Take what the board is told."""
        self.told.append(message)

    def recall_past(self, _: object) -> None:
        """Show nothing."""


# Where it dies, by what is called there.
STEPS: Final[Mapping[str, tuple[object, str]]] = {
    "before the journal": (journal.Journal, "async_begin"),
    "after the journal": (Recording, "async_write"),
    "in the middle of the states": (Recorder, "_process_one_event"),
    "before the commit": (Recorder, "_commit_event_session"),
    "before the statistics": (recorder_task.SettleTask, "_settle"),
    "in the statistics": (recorder_task, "write_statistics"),
    "before it is done": (journal.Journal, "async_finish"),
    "before the ack": (HeldBoard, "send"),
}


CASES: Final = [*((when, 5) for when in STEPS), ("in the middle of the states", 0)]


def plan_death(when: str) -> None:
    """Have the house die at a step."""
    if when not in STEPS:
        return
    owner, name = STEPS[when]
    take = getattr(owner, name)
    left = len(READINGS) // 2 if name == "_process_one_event" else 0

    def _die_at_last(self: object, event: Any) -> None:
        nonlocal left
        left -= event.data.get("entity_id") == ENTITY
        if left < 0:
            die()
        take(self, event)

    setattr(owner, name, _die_at_last if left else die)


def dump(instance: Recorder) -> dict[str, Any]:
    """Return what is in the database."""
    with session_scope(session=instance.get_session(), read_only=True) as session:
        states = session.execute(
            select(States.last_updated_ts, States.state)
            .join(StatesMeta, StatesMeta.metadata_id == States.metadata_id)
            .where(StatesMeta.entity_id == ENTITY)
            .order_by(States.last_updated_ts, States.state_id)
        ).all()
        statistics = session.execute(
            select(
                StatisticsShortTerm.start_ts,
                StatisticsShortTerm.state,
                StatisticsShortTerm.sum,
            )
            .join(StatisticsMeta, StatisticsMeta.id == StatisticsShortTerm.metadata_id)
            .where(StatisticsMeta.statistic_id == ENTITY)
            .order_by(StatisticsShortTerm.start_ts)
        ).all()
    return {
        "states": [list(row) for row in states],
        "statistics": [list(row) for row in statistics],
    }


async def main(
    folder: Path, url: str, when: str, first: float, commit: int
) -> dict[str, Any]:
    """Take the batch; return what came of it."""
    hass = HomeAssistant(str(folder))
    loader.async_setup(hass)
    hass.config_entries = ConfigEntries(hass, {})
    hass.config.skip_pip = True
    await async_load_base_functionality(hass)
    async_initialize_recorder(hass)
    config = {"recorder": {"db_url": url, "commit_interval": commit}}
    assert await async_setup_component(hass, "recorder", config)
    assert await async_setup_component(hass, "sensor", {})
    await hass.async_start()
    instance = get_instance(hass)
    await instance.async_block_till_done()
    plan_death(when)

    board = HeldBoard(hass)
    fill = backfill.Backfill(hass)
    await fill.async_load()
    past = backfill.Past(fill, cast("Board", board))
    # Perhaps it came before; its ages are those of now, by the board's own clock.
    late = time.time() - first
    readings = [{"age": age + late, "meter": value} for age, value in READINGS]
    past.take({"batch": "0badc0de-1", "readings": readings})
    async with asyncio.timeout(20):
        while past.waiting:
            await asyncio.sleep(0.01)
    await instance.async_block_till_done()
    found = await instance.async_add_executor_job(dump, instance)
    await hass.async_stop(force=True)
    return {**found, "told": board.told}


def live(folder: Path, url: str, when: str, first: float, commit: int) -> int:
    """Run a house; return the signal by which it died, or 0."""
    if (child := os.fork()) == 0:
        code = 1
        try:
            result = asyncio.run(main(folder, url, when, first, commit))
            (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")
            code = 0
        finally:
            traceback.print_exc()
            # The recorder's thread would keep it alive.
            os._exit(code)
    return os.waitpid(child, 0)[1]


def live_twice(folder: Path, url: str, when: str, commit: int) -> dict[str, Any]:
    """Have a house die, and start again; return what came of it."""
    folder.mkdir()
    first = time.time()
    died = live(folder, url, when, first, commit)
    # What the board's clock says of then is not quite the same the second time.
    ended = live(folder, url, "never", first - DRIFT, commit)
    found: dict[str, Any] = json.loads((folder / "result.json").read_bytes())
    return {**found, "first": first, "died": died, "ended": ended}


if __name__ == "__main__":
    # With an interval of 0, each state is committed by itself.
    results = {
        f"{when}, {commit}": live_twice(
            Path(sys.argv[1]) / f"{when}, {commit}", url, when, commit
        )
        for (when, commit), url in zip(CASES, sys.argv[2:], strict=True)
    }
    sys.stdout.write(json.dumps(results))

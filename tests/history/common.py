"""A board with a recorder, and what the database has of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from homeassistant.components.recorder import get_instance, history
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.components.recorder.tasks import StatisticsTask
from homeassistant.components.recorder.util import session_scope
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
from tests.common import Connect, Sketch, disconnect, wait_until

BEGIN = "2026-06-01 12:00:00+00:00"
TEMPERATURE = "sensor.kitchen_temperature"
ENERGY = "sensor.kitchen_energy"
DOOR = "binary_sensor.kitchen_door"

type Seen = list[tuple[float, str]]
"""States, each with the second since the begin."""


class House:
    """Home Assistant with a recorder and the board in the kitchen."""

    def __init__(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        entry: MockConfigEntry,
        connect: Connect,
    ) -> None:
        """Begin at a full hour."""
        self.hass = hass
        self.freezer = freezer
        self.entry = entry
        self._connect = connect
        self.begin = dt_util.utcnow()
        self._compiled = self.begin
        self.board: Sketch | None = None
        self.sent = 0

    @property
    def now(self) -> float:
        """Return the second since the begin."""
        return (dt_util.utcnow() - self.begin).total_seconds()

    def at(self, second: float) -> datetime:
        """Return the time of a second since the begin."""
        return self.begin + timedelta(seconds=second)

    async def connect(self) -> dict[str, Any]:
        """Have the board connect and say hello; return its welcome."""
        self.board = await self._connect()
        (welcome,) = await self.board.send({"type": "hello", "v": 1})
        assert welcome["type"] == "welcome"
        return welcome

    async def disconnect(self) -> None:
        """Have the board lose its connection."""
        assert self.board is not None
        await disconnect(self.hass, self.board)
        self.board = None

    async def live(self, second: float, **values: Any) -> list[dict[str, Any]]:
        """Have the board send a reading at a second; return the answers."""
        await self.wait(second)
        assert self.board is not None
        return await self.board.send(values)

    async def wait(self, second: float) -> None:
        """Let time pass. Every five minutes Home Assistant makes statistics."""
        while self._compiled + timedelta(minutes=5) <= self.at(second):
            start, self._compiled = (
                self._compiled,
                self._compiled + timedelta(minutes=5),
            )
            await self._go(self._compiled)
            get_instance(self.hass).queue_task(StatisticsTask(start, False))
            await async_wait_recording_done(self.hass)
        await self._go(self.at(second))

    async def _go(self, at: datetime) -> None:
        # In steps, so that what happens after a while does so at its time.
        while (now := dt_util.utcnow()) < at:
            now = min(now + timedelta(seconds=10), at)
            self.freezer.move_to(now)
            async_fire_time_changed(self.hass, now)
            await self.hass.async_block_till_done()

    def message(
        self, *readings: tuple[float, Mapping[str, Any]], batch: str | None = None
    ) -> dict[str, Any]:
        """Return a batch with readings of these seconds."""
        if batch is None:
            self.sent += 1
            batch = f"0badc0de-{self.sent}"
        return {
            "type": "backlog",
            "batch": batch,
            "readings": [
                {"age": round(self.now - second, 1), **values}
                for second, values in readings
            ],
        }

    async def hand_over(
        self, *readings: tuple[float, Mapping[str, Any]], batch: str | None = None
    ) -> list[dict[str, Any]]:
        """Have the board send a batch; return what it is told, the ack included."""
        return await self.send(self.message(*readings, batch=batch))

    async def send(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """Send a message with a batch, and wait until it is dealt with."""
        assert self.board is not None
        answers = await self.board.send(message)
        past = self.entry.runtime_data.past
        await wait_until(self.hass, lambda: not past.waiting)
        return answers + await self.board.answers()

    async def states(self, entity_id: str) -> Seen:
        """Return all states of an entity as the history API has them."""
        return [
            (
                round(state.last_updated_timestamp - self.begin.timestamp(), 3),
                state.state,
            )
            for state in await self._history(entity_id)
        ]

    async def attributes(self, entity_id: str) -> list[Mapping[str, Any]]:
        """Return the attributes of all states of an entity."""
        return [state.attributes for state in await self._history(entity_id)]

    async def _history(self, entity_id: str) -> Sequence[State]:
        await async_wait_recording_done(self.hass)

        def _states() -> Mapping[str, Sequence[State]]:
            with session_scope(hass=self.hass, read_only=True) as session:
                return history.get_full_significant_states_with_session(
                    self.hass,
                    session,
                    self.begin - timedelta(days=12),
                    entity_ids=[entity_id],
                    include_start_time_state=False,
                )

        found = await get_instance(self.hass).async_add_executor_job(_states)
        return found.get(entity_id, ())

    async def statistics(
        self,
        entity_id: str,
        period: Literal["5minute", "hour"] = "5minute",
        units: dict[str, str] | None = None,
    ) -> dict[float, dict[str, Any]]:
        """Return the statistics of an entity by their seconds since the begin."""
        await async_wait_recording_done(self.hass)
        found = await get_instance(self.hass).async_add_executor_job(
            statistics_during_period,
            self.hass,
            self.begin - timedelta(days=12),
            None,
            {entity_id},
            period,
            units,
            {"mean", "min", "max", "state", "sum"},
        )
        return {
            row["start"] - self.begin.timestamp(): {
                key: value
                for key, value in row.items()
                if key not in ("start", "end") and value is not None
            }
            for row in found.get(entity_id, ())
        }

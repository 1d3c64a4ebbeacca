"""Statistics of what was not published, and how much is written of a fast board."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
import json
import math
import sys
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed_exact,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from sqlalchemy import select, update

from custom_components.arduino_sensor.board import Board
from custom_components.arduino_sensor.const import (
    CONF_CALIBRATION,
    CONF_DESCRIBED,
    CONF_PUBLISH,
    DOMAIN,
)
from custom_components.arduino_sensor.history import widening
from custom_components.arduino_sensor.history.extremes import (
    MAX_PERIODS,
    Extremes,
    Received,
    async_get_extremes,
)
from custom_components.arduino_sensor.transports.virtual import VirtualConnection
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.const import (
    EVENT_RECORDER_5MIN_STATISTICS_GENERATED,
)
from homeassistant.components.recorder.db_schema import (
    States,
    StatesMeta,
    StatisticsShortTerm,
)
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.components.recorder.tasks import StatisticsTask
from homeassistant.components.recorder.util import session_scope
from homeassistant.components.sensor import SensorEntityDescription, SensorStateClass
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import TemperatureConverter
from tests.common import add, token_entry

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TEMPERATURE = "sensor.kitchen_temperature"


@pytest.fixture
def every_reading() -> None:
    """Have numbers wait, as they do everywhere else."""


@pytest.fixture
def options() -> dict[str, Any]:
    """Return the options of the board: a test can have others."""
    return {}


@pytest.fixture
def begin() -> datetime:
    """Return when it all begins: a test can have another time."""
    return NOON


@pytest.fixture
def described() -> dict[str, Any]:
    """Return what the board says of its thermometer: a test can have it say more."""
    return {}


@pytest.fixture
def entry(options: dict[str, Any], described: dict[str, Any]) -> MockConfigEntry:
    """Return a board with four numbers."""
    keys = ("temp", "humidity", "lux", "angle")
    entry = token_entry(channels=dict.fromkeys(keys, "number"), options=options)
    if described:
        entry.data["channels"]["temp"][CONF_DESCRIBED] = {
            "kind": "sensor",
            **described,
        }
    return entry


class Room:
    """A recorder, and a board that is told what to send at which second."""

    def __init__(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        board: Board,
        begin: datetime,
    ) -> None:
        """Begin."""
        self.hass = hass
        self.freezer = freezer
        self.board = board
        self.begin = begin
        board.connect(VirtualConnection())

    def send(self, second: float, **values: Any) -> None:
        """Have the board send a reading."""
        self.go(second)
        self.board.receive(json.dumps(values).encode())

    def go(self, second: float) -> None:
        """Let time pass, and do what is to be done meanwhile."""
        until = self.begin + timedelta(seconds=second)
        while (left := self.board.publishing._timer_at - time.monotonic()) < (
            until - dt_util.utcnow()
        ).total_seconds():
            self.freezer.tick(max(left, 0) + 1e-5)
            async_fire_time_changed_exact(self.hass)
        self.freezer.move_to(until)

    async def compile(self, second: float, *, fire_events: bool = True) -> None:
        """Have Home Assistant make the statistics of five minutes."""
        self.go(max(second + 310, (dt_util.utcnow() - self.begin).total_seconds()))
        await async_wait_recording_done(self.hass)
        start = self.begin + timedelta(seconds=second)
        get_instance(self.hass).queue_task(StatisticsTask(start, fire_events))
        await async_wait_recording_done(self.hass)
        await async_wait_recording_done(self.hass)

    async def statistics(
        self, entity_id: str = TEMPERATURE, period: str = "5minute"
    ) -> dict[float, tuple[float | None, float | None]]:
        """Return the extremes of an entity by their seconds since the begin."""
        await async_wait_recording_done(self.hass)
        found = await get_instance(self.hass).async_add_executor_job(
            statistics_during_period,
            self.hass,
            self.begin - timedelta(hours=1),
            None,
            {entity_id},
            period,
            None,
            {"mean", "min", "max"},
        )
        return {
            row["start"] - self.begin.timestamp(): (row["min"], row["max"])
            for row in found.get(entity_id, ())
        }

    async def rows(self) -> dict[str, list[tuple[float, str]]]:
        """Return all states in the database."""
        await async_wait_recording_done(self.hass)

        def _read() -> dict[str, list[tuple[float, str]]]:
            found: dict[str, list[tuple[float, str]]] = {}
            with session_scope(hass=self.hass, read_only=True) as session:
                for entity_id, at, state in session.execute(
                    select(StatesMeta.entity_id, States.last_updated_ts, States.state)
                    .join(StatesMeta, States.metadata_id == StatesMeta.metadata_id)
                    .order_by(States.last_updated_ts)
                ):
                    found.setdefault(entity_id, []).append((at, state))
            return found

        return await get_instance(self.hass).async_add_executor_job(_read)


@pytest.fixture
async def room(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    socket_enabled: None,
    entry: MockConfigEntry,
    begin: datetime,
) -> Room:
    """Return a room at noon."""
    freezer.move_to(begin)
    assert await async_setup_component(hass, "sensor", {})
    await add(hass, entry)
    return Room(hass, freezer, entry.runtime_data, begin)


@pytest.mark.timeout(180)
async def test_a_hundred_a_second(room: Room) -> None:
    """Ten minutes of a fast board: no more rows than there may be, and nothing lost."""
    names = {
        "temp": TEMPERATURE,
        "humidity": "sensor.kitchen_humidity",
        "lux": "sensor.kitchen_illuminance",
        "angle": "sensor.kitchen_angle",
    }
    sent: dict[str, list[list[float]]] = {key: [[], []] for key in names}
    for number in range(60000):
        # Neither in step with the interval, nor with each other.
        values = {
            "temp": round(20 + 5 * math.sin(number / 7.3), 3),
            "humidity": round(50 + 9 * math.sin(number / 31.7), 3),
            "lux": number % 997,
            "angle": 59999 - number,
        }
        # Not just when a period begins.
        room.send(number / 100 + 0.005, **values)
        for key, value in values.items():
            sent[key][number // 30000].append(value)
        if number == 30999:
            await room.compile(0)
        elif number % 1000 == 0:
            await room.hass.async_block_till_done()
    room.go(610)
    await room.compile(300)
    rows = await room.rows()
    for key, entity_id in names.items():
        known = [(at, state) for at, state in rows[entity_id] if state[0] != "u"]
        # One a second, one at the begin, and the last.
        assert 590 <= len(known) <= 602
        assert float(known[-1][1]) == sent[key][1][-1]
        gaps = [later - sooner for (sooner, _), (later, _) in pairwise(known)]
        assert min(gaps) > 0.74, gaps
        # What is shown when a period begins is in it, too.
        noon = room.begin.timestamp()
        before = [float(state) for at, state in known if at < noon + 300][-1]
        sent[key][1].append(before)
        assert await room.statistics(entity_id) == {
            part * 300: (min(sent[key][part]), max(sent[key][part])) for part in (0, 1)
        }
    # The hour is made from its parts.
    for part in range(600, 3600, 300):
        await room.compile(part)
    for key, entity_id in names.items():
        everything = [*sent[key][0], *sent[key][1]]
        assert await room.statistics(entity_id, "hour") == {
            0: (min(everything), max(everything))
        }


@pytest.mark.parametrize("begin", [NOON + timedelta(minutes=55)])
async def test_end_of_an_hour(room: Room) -> None:
    """The hour's row is made together with that of its last part, and is widened too."""
    room.send(1, temp=20)
    room.send(1.1, temp=99)
    room.send(1.2, temp=-40)
    room.send(1.3, temp=21)
    await room.compile(0)
    assert (await room.rows())[TEMPERATURE][-1][1] == "21"
    assert await room.statistics() == {0: (-40, 99)}
    assert await room.statistics(period="hour") == {-3300: (-40, 99)}


@pytest.mark.parametrize("options", [{CONF_PUBLISH: "mean"}])
async def test_means(room: Room) -> None:
    """What a mean was made of is in the statistics; the mean of those is of means."""
    for number, value in enumerate((20, 10, 30, 26)):
        room.send(1 + number / 10, temp=value)
    await room.compile(0)
    assert await room.statistics() == {0: (10, 30)}


@pytest.mark.parametrize("described", [{"deadband": 5, "unit": "°C"}])
async def test_deadband(room: Room) -> None:
    """So is what was no change."""
    for number, value in enumerate((20, 24, 18)):
        room.send(10 * number, temp=value)
    await room.compile(0)
    assert (await room.rows())[TEMPERATURE][-1][1] == "20"
    assert await room.statistics() == {0: (18, 24)}


@pytest.mark.parametrize(
    "options", [{CONF_CALIBRATION: {"temp": {"offset": 1, "factor": 10}}}]
)
async def test_calibrated(room: Room) -> None:
    """Corrected sensors have corrected extremes."""
    for number, value in enumerate((2, 9, 1, 2)):
        room.send(number / 10, temp=value)
    await room.compile(0)
    assert await room.statistics() == {0: (11, 91)}


async def test_next_period(room: Room) -> None:
    """What comes just before a period ends is in that one, whenever it is published."""
    room.send(299.5, temp=20)
    room.send(299.9, temp=30)
    room.send(300.2, temp=20)
    room.send(303, temp=21)
    room.send(303.1, temp=22)
    await room.compile(0)
    await room.compile(300)
    assert await room.statistics() == {0: (20, 30), 300: (20, 22)}


async def test_a_persons_unit(room: Room) -> None:
    """Statistics are in the unit that a person has chosen."""
    er.async_get(room.hass).async_update_entity_options(
        TEMPERATURE, "sensor", {"unit_of_measurement": "°F"}
    )
    await room.hass.async_block_till_done()
    room.send(0, temp=20)
    room.send(0.1, temp=100)
    room.send(0.2, temp=-40)
    room.send(0.3, temp=20)
    await room.compile(0)
    ((least, most),) = (await room.statistics()).values()
    assert [least, most] == pytest.approx([-40, 212])


@pytest.mark.parametrize("wrong", ["%", None])
async def test_unit_of_before(room: Room, wrong: str | None) -> None:
    """Statistics in a unit that says nothing of the sensor's stay as they are."""
    room.send(0, temp=20)
    room.send(0.1, temp=100)
    room.send(0.2, temp=20)
    async_get_extremes(room.hass)._channels[  # type: ignore[union-attr]
        room.board.entry.entry_id, "temp"
    ].unit = wrong
    await room.compile(0)
    assert await room.statistics() == {0: (20, 20)}


async def test_no_equivalent(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that has none in the statistics' unit is passed over."""

    monkeypatch.setattr(
        TemperatureConverter,
        "converter_factory",
        lambda *_: lambda value: 1 / (value - 100),
    )
    room.send(0, temp=20)
    room.send(0.1, temp=100)
    room.send(0.2, temp=20)
    async_get_extremes(room.hass)._channels[  # type: ignore[union-attr]
        room.board.entry.entry_id, "temp"
    ].unit = "K"
    await room.compile(0)
    assert await room.statistics() == {0: (20, 20)}


async def test_not_recorded(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what a person does not want to have recorded there is nothing to widen."""
    monkeypatch.setattr(widening.WidenTask, "run", pytest.fail)
    instance = get_instance(room.hass)
    room.send(0, temp=20)
    room.send(0.1, temp=99)
    room.send(0.2, temp=20)
    monkeypatch.setattr(instance, "entity_filter", lambda entity_id: False)
    await room.compile(0)
    (received,) = _received(room)
    assert not received.pending


def _received(room: Room) -> list[Received]:
    """Return what has taken something that was not published."""
    known = async_get_extremes(room.hass)
    assert isinstance(known, Extremes)
    return [one for one in known._channels.values() if one.over(math.inf)]


async def test_nothing_held_back(room: Room) -> None:
    """A board that sends once a second has nothing that states do not have."""
    for number in range(10):
        room.send(number, temp=number, lux=None)
    assert _received(room) == []


@pytest.mark.parametrize(
    "described",
    [
        {"state_class": "total"},
        {"state_class": "measurement_angle", "unit": "°"},
    ],
)
async def test_no_extremes(room: Room, described: dict[str, Any]) -> None:
    """A counter has none, nor has an angle."""
    assert room.board.channels["temp"].pace.received is None


async def test_set_up_anew(room: Room) -> None:
    """What was received is not forgotten when the entry is set up anew."""
    room.send(0, temp=20)
    room.send(0.1, temp=99)
    room.send(0.2, temp=20)
    await room.hass.config_entries.async_reload(room.board.entry.entry_id)
    await room.compile(0)
    assert await room.statistics() == {0: (20, 99)}


@pytest.mark.parametrize("unit", ["°C", "°F"])
async def test_home_assistant_restarts(room: Room, unit: str) -> None:
    """The row that is made after the next start has what was received before."""
    room.send(0, temp=20)
    room.send(0.1, temp=99)
    room.send(0.2, temp=20)
    first = async_get_extremes(room.hass)
    assert first is not None
    # Not by the event, which is the recorder's end as well.
    await first._async_save(Event(EVENT_HOMEASSISTANT_FINAL_WRITE))
    after = Extremes(room.hass)
    await after.async_load()
    (look,) = (
        received.unit for (_, key), received in first._channels.items() if key == "temp"
    )
    assert look == "°C"
    described = SensorEntityDescription(
        key="temp",
        native_unit_of_measurement=unit,
        state_class=SensorStateClass.MEASUREMENT,
    )
    entry_id = room.board.entry.entry_id
    received = after.received(entry_id, "temp", described)
    assert received is not None
    if unit == "°F":
        # Numbers of another unit say nothing.
        assert not received.pending
        return
    # Nothing that was received is known to the first one any more.
    first._channels.clear()
    await room.compile(0)
    assert await room.statistics() == {0: (20, 99)}
    assert not received.pending
    # And not a second time.
    assert after.received(entry_id, "temp", described) is received


async def test_nothing_to_keep(room: Room, hass_storage: dict[str, Any]) -> None:
    """What is in the rows is not kept."""
    room.send(0, temp=20)
    room.send(0.1, temp=99)
    await room.compile(0)
    room.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await room.hass.async_block_till_done()
    assert hass_storage[f"{DOMAIN}.extremes"]["data"] == {}


def test_past_alone() -> None:
    """A channel of which all is shown as it comes may have a past without end."""
    received = Received(None)
    for number in range(2 * MAX_PERIODS):
        received.note_past(300.0 * number, number)
    assert len(received.over(math.inf)) == len(received.pending) == MAX_PERIODS


def test_past(freezer: FrozenDateTimeFactory) -> None:
    """What is noted of the past is beside what comes live."""
    freezer.move_to(NOON)
    received = Received(None)
    noon = int(NOON.timestamp())
    received.note_past(noon + 10, None)
    received.note_past(noon + 10, 20)
    received.note(30, time.monotonic())
    received.note_past(noon - 10, 7)
    received.note_past(noon - 20, 5.5)
    received.note_past(noon + 20, 10)
    freezer.tick(1)
    received.note(40, time.monotonic())
    assert received.over(noon) == {noon - 300: (5.5, 7)}
    assert received.over(noon + 300) == {noon - 300: (5.5, 7), noon: (10, 40)}
    assert received.pending == {noon, noon - 300}
    # What comes live stays, however much there is of the past.
    for number in range(MAX_PERIODS + 3):
        received.note_past(noon - 300 * number, number)
    assert received.over(noon + 300)[noon] == (0, 40)
    assert len(received.over(noon + 300)) == MAX_PERIODS


async def test_statistics_are_late(room: Room) -> None:
    """A period that Home Assistant has not been through waits."""
    room.send(0, temp=20)
    room.send(0.1, temp=99)
    room.send(0.2, temp=20)
    room.go(320)
    room.hass.bus.async_fire(EVENT_RECORDER_5MIN_STATISTICS_GENERATED)
    await async_wait_recording_done(room.hass)
    (received,) = _received(room)
    assert received.pending
    await room.compile(0)
    assert await room.statistics() == {0: (20, 99)}
    assert not received.pending


async def test_trouble(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be written is tried again with the next statistics."""

    def _fail(*_: object) -> None:
        raise OSError

    room.send(0, temp=20)
    room.send(0.1, temp=99)
    room.send(0.2, temp=20)
    with monkeypatch.context() as patched:
        patched.setattr(widening, "_widen", _fail)
        await room.compile(0)
    assert await room.statistics() == {0: (20, 20)}
    room.send(301, temp=20)
    await room.compile(300)
    assert await room.statistics() == {0: (20, 99), 300: (20, 20)}


async def test_nothing_to_widen(room: Room) -> None:
    """A sensor of which there are no statistics gets none."""
    room.send(0, temp=20)
    received = room.board.channels["humidity"].pace.received
    assert received is not None
    received.note(40, time.monotonic())
    await room.compile(0)
    assert await room.statistics("sensor.kitchen_humidity") == {}
    assert not received.pending


async def test_widen_again(room: Room) -> None:
    """Statistics that were made again get their extremes again."""
    room.send(0, temp=20)
    room.send(0.1, temp=99)
    room.send(0.2, temp=20)
    await room.compile(0)

    def _narrow() -> None:
        with session_scope(hass=room.hass) as session:
            session.execute(update(StatisticsShortTerm).values(max=20))

    known = async_get_extremes(room.hass)
    assert known is not None
    for since, expected in ((300, 20), (299, 99)):
        await get_instance(room.hass).async_add_executor_job(_narrow)
        known.async_widen_again(NOON.timestamp() + since)
        await async_wait_recording_done(room.hass)
        assert await room.statistics() == {0: (20, expected)}


async def test_deleted_board(room: Room) -> None:
    """What was received of a board is forgotten with its entry."""
    room.send(0, temp=20)
    room.send(0.1, temp=99)
    room.send(0.2, temp=20)
    await room.hass.config_entries.async_remove(room.board.entry.entry_id)
    assert len(_received(room)) == 1
    await room.compile(0)
    assert _received(room) == []


async def test_no_such_tasks(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A release of Home Assistant that takes no tasks is no trouble for boards."""
    monkeypatch.setitem(sys.modules, widening.__name__, None)
    room.send(0, temp=20)
    room.send(0.1, temp=99)
    room.send(0.2, temp=20)
    await room.compile(0)
    await room.compile(300)
    assert await room.statistics() == {0: (20, 20), 300: (20, 20)}
    assert caplog.text.count("does not let statistics have the extremes") == 1


async def test_no_recorder(hass: HomeAssistant) -> None:
    """Without a recorder there are no statistics."""
    assert async_get_extremes(hass) is None


def test_bounds(freezer: FrozenDateTimeFactory) -> None:
    """Only so many periods are remembered, the latest."""
    freezer.move_to(NOON)
    received = Received("°C")
    for number in range(MAX_PERIODS + 5):
        received.note(number, time.monotonic())
        freezer.tick(300)
    periods = received.over(time.time())
    first = int(NOON.timestamp()) + 5 * 300
    assert list(periods) == [first + 300 * number for number in range(MAX_PERIODS)]
    assert received.pending == periods.keys()
    assert periods[first] == (5, 5)
    assert first not in received.over(first + 299)


def test_clock_that_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A period that comes again keeps what it had."""
    wall = 3000.0
    monkeypatch.setattr(time, "time", lambda: wall)
    received = Received("°C")
    for now, value in ((0, 20), (1, 99), (301, 10)):
        wall = 3000.0 + now
        received.note(value, now)
    wall = 3100.0
    received.note(30, 601)
    assert received.over(3600) == {3000: (20, 99), 3300: (10, 10)}

"""Statistics of what was handed over are those that Home Assistant makes of the same."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
import random
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from sqlalchemy import select

from custom_components.arduino_sensor.history.database import _FIELDS
from custom_components.arduino_sensor.history.mode import Mode
from custom_components.arduino_sensor.history.recording import Recording, _event
from custom_components.arduino_sensor.history.row import Row
from custom_components.arduino_sensor.history.thinning import Source
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.db_schema import (
    Statistics,
    StatisticsMeta,
    StatisticsShortTerm,
)
from homeassistant.components.recorder.tasks import (
    CompileMissingStatisticsTask,
    StatisticsTask,
)
from homeassistant.components.recorder.util import session_scope
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .common import BEGIN

pytestmark = pytest.mark.freeze_time(BEGIN)

SOURCES: Final = defaultdict[str, Source](lambda: Source(None, None))

OURS = "sensor.ours"
ORACLE = "sensor.oracle"

CELSIUS = {
    "state_class": "measurement",
    "device_class": "temperature",
    "unit_of_measurement": "°C",
}
FAHRENHEIT = {**CELSIUS, "unit_of_measurement": "°F"}
ANGLE = {"state_class": "measurement_angle", "unit_of_measurement": "°"}
NTU = {"state_class": "measurement", "unit_of_measurement": "NTU"}
TOTAL = {
    "state_class": "total",
    "device_class": "energy",
    "unit_of_measurement": "kWh",
}
INCREASING = {**TOTAL, "state_class": "total_increasing"}
WATT_HOURS = {**INCREASING, "unit_of_measurement": "Wh"}


@pytest.fixture
async def recorder(recorder_mock: Recorder, hass: HomeAssistant) -> Recorder:
    """Return a recorder that makes statistics of sensors."""
    assert await async_setup_component(hass, "sensor", {})
    await async_wait_recording_done(hass)
    return recorder_mock


def write(recorder: Recorder, entity_id: str, rows: Sequence[Row]) -> None:
    """Have states in the database as if they had come in time."""
    for row in rows:
        recorder.queue_task(_event(entity_id, row, None))


async def compile_periods(hass: HomeAssistant, recorder: Recorder, count: int) -> None:
    """Have Home Assistant make its statistics, from the begin on."""
    begin = dt_util.parse_datetime(BEGIN)
    assert begin is not None
    for number in range(count):
        recorder.queue_task(
            StatisticsTask(begin + timedelta(minutes=5 * number), False)
        )
    await async_wait_recording_done(hass)


def rows_of(
    recorder: Recorder, table: type[Statistics | StatisticsShortTerm], entity_id: str
) -> dict[float, dict[str, float]]:
    """Return rows of statistics as they are in the database, by their seconds."""
    with session_scope(session=recorder.get_session(), read_only=True) as session:
        found = session.execute(
            select(table.start_ts, *(getattr(table, name) for name in _FIELDS))
            .join(StatisticsMeta, StatisticsMeta.id == table.metadata_id)
            .where(StatisticsMeta.statistic_id == entity_id)
        ).all()
    begin = dt_util.parse_datetime(BEGIN)
    assert begin is not None
    return {
        start - begin.timestamp(): {
            name: value
            for name, value in zip(_FIELDS, row, strict=True)
            if value is not None
        }
        for start, *row in sorted(found)
    }


async def compare(hass: HomeAssistant, recorder: Recorder) -> int:
    """Check that the statistics of both sensors are the same; return how many."""
    count = 0
    for table in (StatisticsShortTerm, Statistics):
        ours, oracle = [
            await recorder.async_add_executor_job(rows_of, recorder, table, entity_id)
            for entity_id in (OURS, ORACLE)
        ]
        assert ours.keys() == oracle.keys()
        for start, row in oracle.items():
            assert ours[start] == pytest.approx(row, rel=1e-6, abs=1e-6), start
        count += len(oracle)
    with session_scope(session=recorder.get_session(), read_only=True) as session:
        columns = [
            column for column in StatisticsMeta.__table__.c if column.name != "id"
        ]
        metadata = {
            row.statistic_id: row._asdict() for row in session.execute(select(*columns))
        }
    if count:
        assert metadata[OURS] == {**metadata[ORACLE], "statistic_id": OURS}
    return count


def timeline(
    seed: int, values: Sequence[str], attributes: Mapping[str, Any]
) -> tuple[list[Row], list[Row], list[float]]:
    """Return states of two hours, those that came live, and when a batch heard."""
    begin = dt_util.parse_datetime(BEGIN)
    assert begin is not None
    dice = random.Random(seed)
    at = begin.timestamp() + dice.uniform(30, 400)
    everything: list[Row] = []
    last = None
    while at < begin.timestamp() + 7150:
        value = dice.choice(values)
        if value != last:
            everything.append(Row(round(at, 3), value, attributes))
            last = value
        # More than a second, so that none stands for another.
        at += dice.choice((1.5, 7, 40, 130, 700)) * dice.uniform(1, 1.4)
    away = sorted(dice.uniform(0, 7200) + begin.timestamp() for _ in range(2))
    past = [row for row in everything if away[0] <= row.at < away[1]]
    return everything, past, [row.at for row in past]


NUMBERS = ["20", "21.5", "-3", "0", "20.25", "1e3", "unknown"]
COUNTS = ["0", "1", "5", "8", "9", "10", "9.5", "100", "101.5", "unknown"]
NEGATIVE = [*COUNTS, "-2"]
ANGLES = ["0", "10", "350", "180", "359.9", "90", "unknown"]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("values", "attributes", "later"),
    [
        (NUMBERS, CELSIUS, CELSIUS),
        (NUMBERS, FAHRENHEIT, FAHRENHEIT),
        (NUMBERS, CELSIUS, FAHRENHEIT),
        (NUMBERS, NTU, NTU),
        (ANGLES, ANGLE, ANGLE),
        (COUNTS, TOTAL, TOTAL),
        (NEGATIVE, INCREASING, INCREASING),
        (COUNTS, INCREASING, WATT_HOURS),
    ],
)
async def test_same_as_home_assistants(
    hass: HomeAssistant,
    recorder: Recorder,
    seed: int,
    values: list[str],
    attributes: dict[str, Any],
    later: dict[str, Any],
) -> None:
    """Value by value, whatever the sensor is, and if its unit has been changed."""
    everything, past, heard = timeline(seed, values, attributes)
    # Before, in the unit in which statistics began.
    first = Row(everything[0].at - 20, values[0], attributes)
    everything = [row._replace(attributes=later) for row in everything]
    past = [row._replace(attributes=later) for row in past]
    live = [row for row in everything if row not in past]
    for entity_id in (OURS, ORACLE):
        hass.states.async_set(entity_id, "unknown", later)
    write(recorder, ORACLE, [first, *everything])
    write(recorder, OURS, [first, *live])
    await async_wait_recording_done(hass)
    # The last period is not over.
    await compile_periods(hass, recorder, 23)
    recording = Recording(hass)
    # In three batches.
    third = len(past) // 3 + 1
    for place in range(0, len(past), third):
        await recording.async_write(
            {OURS: past[place : place + third]}, heard[place : place + third], SOURCES
        )
    assert recording.mode is Mode.ALL
    assert await compare(hass, recorder) > 12
    # What is still to come goes on from there.
    begin = dt_util.parse_datetime(BEGIN)
    assert begin is not None
    recorder.queue_task(StatisticsTask(begin + timedelta(minutes=115), False))
    await async_wait_recording_done(hass)
    assert await compare(hass, recorder) > 12


async def test_periods_that_are_home_assistants(
    hass: HomeAssistant, recorder: Recorder
) -> None:
    """Where it has no statistics yet, there are none of ours in its way."""
    begin = dt_util.parse_datetime(BEGIN)
    assert begin is not None
    ago = begin.timestamp()
    for entity_id in (OURS, ORACLE):
        hass.states.async_set(entity_id, "unknown", CELSIUS)
    past = [Row(ago + at, str(at), CELSIUS) for at in (10, 400, 700, 1000)]
    write(recorder, ORACLE, past)
    await compile_periods(hass, recorder, 2)
    await Recording(hass).async_write({OURS: past}, [row.at for row in past], SOURCES)
    ours = await recorder.async_add_executor_job(
        rows_of, recorder, StatisticsShortTerm, OURS
    )
    assert list(ours) == [0, 300]
    await compile_periods(hass, recorder, 12)
    assert await compare(hass, recorder) == 12 + 1


async def test_home_assistant_was_away(
    hass: HomeAssistant, recorder: Recorder, freezer: FrozenDateTimeFactory
) -> None:
    """Periods that it makes up for at its start are put right, hours included."""
    begin = dt_util.parse_datetime(BEGIN)
    assert begin is not None
    ago = begin.timestamp()
    for entity_id in (OURS, ORACLE):
        hass.states.async_set(entity_id, "unknown", INCREASING)
    freezer.tick(9000)
    live = [Row(ago + at, str(at), INCREASING) for at in (10, 5000, 8900)]
    past = [Row(ago + at, str(at % 700), INCREASING) for at in range(706, 4000, 199)]
    write(recorder, ORACLE, sorted(live + past))
    write(recorder, OURS, live)
    recorder.queue_task(CompileMissingStatisticsTask())
    await async_wait_recording_done(hass)
    await Recording(hass).async_write({OURS: past}, [row.at for row in past], SOURCES)
    assert await compare(hass, recorder) == 9000 / 300 + 2


async def test_no_statistics(hass: HomeAssistant, recorder: Recorder) -> None:
    """What has no state class, no number or another unit by now has none."""
    begin = dt_util.parse_datetime(BEGIN)
    assert begin is not None
    ago = begin.timestamp()
    hass.states.async_set(OURS, "1", NTU)
    write(recorder, OURS, [Row(ago + 1, "1", NTU)])
    await compile_periods(hass, recorder, 3)
    before = await recorder.async_add_executor_job(
        rows_of, recorder, StatisticsShortTerm, OURS
    )
    recording = Recording(hass)
    rows = {
        "sensor.text": [Row(ago + 20, "open", {})],
        "sensor.null": [Row(ago + 20, "unknown", NTU)],
        "binary_sensor.door": [Row(ago + 20, "on", {"state_class": "measurement"})],
        OURS: [Row(ago + 20, "2", {**NTU, "unit_of_measurement": "FNU"})],
    }
    await recording.async_write(rows, [ago + 20], SOURCES)
    for entity_id in rows:
        assert await recorder.async_add_executor_job(
            rows_of, recorder, StatisticsShortTerm, entity_id
        ) == (before if entity_id == OURS else {})
    # An angle whose statistics are those of a plain number.
    await recording.async_write(
        {OURS: [Row(ago + 40, "3", {**ANGLE, "unit_of_measurement": "NTU"})]},
        [ago + 40],
        SOURCES,
    )
    after = await recorder.async_add_executor_job(
        rows_of, recorder, StatisticsShortTerm, OURS
    )
    assert after == before

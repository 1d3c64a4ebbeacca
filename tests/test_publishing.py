"""When what a board sends is published: numbers every so often, all else at once."""

from collections.abc import Callable
from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location
import json
import random
import sys
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed_exact,
)

from custom_components.arduino_sensor import publishing
from custom_components.arduino_sensor.board import Board
from custom_components.arduino_sensor.const import (
    CONF_CALIBRATION,
    CONF_FACTOR,
    CONF_GRACE,
    CONF_OFFSET,
    CONF_PUBLISH,
    CONF_PUBLISH_INTERVAL,
    CONF_SILENCE,
)
from custom_components.arduino_sensor.history.row import Row
from custom_components.arduino_sensor.history.thinning import Policy, thin
from custom_components.arduino_sensor.publishing import (
    BURST,
    PUNCTUAL,
    RATE,
    REFRESH_INTERVAL,
    TELL_INTERVAL,
)
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .common import (
    Connect,
    add,
    channels,
    disconnect,
    pass_time,
    state,
    token_entry,
    wait_until,
)

TEMPERATURE = "sensor.kitchen_temperature"
DOOR = "binary_sensor.kitchen_door"
KNOWN = {"temp": "number", "humidity": "number", "door": "boolean", "note": "text"}


@pytest.fixture
def every_reading() -> None:
    """Have numbers wait, as they do everywhere else."""


@pytest.fixture
def options() -> dict[str, Any]:
    """Return the options of the board: a test can have others."""
    return {}


@pytest.fixture
def entry(options: dict[str, Any]) -> MockConfigEntry:
    """Return a board whose channels are known."""
    return token_entry(channels=KNOWN, options=options)


class House:
    """The board, and what is published of it."""

    def __init__(
        self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, board: Board
    ) -> None:
        """Begin to listen."""
        self.hass = hass
        self.freezer = freezer
        self.board = board
        self._begin = dt_util.utcnow()
        self._events = async_capture_events(hass, EVENT_STATE_CHANGED)

    async def send(self, second: float, **values: Any) -> None:
        """Have the board send a reading at a second."""
        await self.wait(second)
        self.board.receive(json.dumps(values).encode())
        await self.hass.async_block_till_done()

    async def wait(self, second: float) -> None:
        """Let time pass, from one thing that is to be done to the next."""
        until = self._begin + timedelta(seconds=second)
        while (now := dt_util.utcnow()) < until:
            left = self.board.publishing._timer_at - time.monotonic()
            step = timedelta(seconds=min(1, max(left, 0) + 1e-5))
            self.freezer.move_to(min(now + step, until))
            async_fire_time_changed_exact(self.hass, dt_util.utcnow())
        await self.hass.async_block_till_done()

    def published(self, entity_id: str) -> list[tuple[float, str]]:
        """Return the states of an entity, each with the second of its change."""
        return [
            (
                round((new.last_updated - self._begin).total_seconds(), 2),
                new.state,
            )
            for event in self._events
            if (new := event.data["new_state"]) is not None
            and new.entity_id == entity_id
        ]


@pytest.fixture
async def house(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    connect_token: Connect,
) -> House:
    """Return a house in which the board is connected, and silent."""
    await add(hass, entry)
    await connect_token()
    return House(hass, freezer, entry.runtime_data)


def timer(house: House) -> object:
    """Return the timer of what waits."""
    return house.board.publishing._timer


# Numbers.


@pytest.mark.parametrize(
    "options",
    [
        {},
        {CONF_PUBLISH_INTERVAL: 10},
        {CONF_PUBLISH_INTERVAL: 10, CONF_PUBLISH: "mean"},
    ],
)
@pytest.mark.parametrize("step", [0.3, 1.0, 4.0])
async def test_the_same_as_of_the_past(house: House, step: float) -> None:
    """What a board has kept is thinned as what comes in time."""
    chance = random.Random(step)
    readings: list[tuple[float, float]] = []
    for number in range(1, 60):
        at, value = round(number * step + chance.uniform(-0.1, 0.1), 3), number % 7
        readings.append((at, value))
        await house.send(at, temp=value)
    await house.wait(readings[-1][0] + 12)
    channel = house.board.channels["temp"]
    policy = Policy(
        channel.pause, channel.slack, channel.pace.delay, channel.pace.has_mean, 0
    )
    past = [Row(at, str(value), {}) for at, value in readings]
    news = [True] * len(past)
    thinned = thin([], past, news, policy, readings[-1][0] + 0.1)
    live = house.published(TEMPERATURE)
    # Only what waits at the end does not.
    assert len(thinned) == pytest.approx(len(live), abs=1)
    for (at, shown), row in zip(live[:-1], thinned, strict=False):
        assert (row.at, float(row.state)) == pytest.approx((at, float(shown)), abs=0.02)


async def test_a_reading_each_second(house: House) -> None:
    """Nothing waits, also if what travels is not punctual."""
    seconds = [0, 1.1, 2, 2.9, 4.1, 5, 5.9, 7.1]
    for number, second in enumerate(seconds):
        await house.send(second, temp=number)
        assert timer(house) is None
    assert house.published(TEMPERATURE) == [
        (second, str(number)) for number, second in enumerate(seconds)
    ]


async def test_fast_clock(house: House) -> None:
    """A board that takes 0.96 s for a second does not wait either."""
    for number in range(200):
        await house.send(number * 0.96, temp=number)
        assert timer(house) is None
    assert len(house.published(TEMPERATURE)) == 200


async def test_more_than_one_a_second(house: House) -> None:
    """Those in between wait for their time, and the newest counts."""
    for number in range(31):
        await house.send(number / 10, temp=number)
    await house.wait(10)
    assert house.published(TEMPERATURE) == [
        (0, "0"),
        (1, "9"),
        (2, "19"),
        (3, "29"),
        (4, "30"),
    ]
    assert timer(house) is None


@pytest.mark.parametrize(
    "options",
    [{}, {CONF_CALIBRATION: {"temp": {CONF_FACTOR: 1, CONF_OFFSET: 0}}}],
    ids=["usual", "corrected"],
)
async def test_not_more_in_the_long_run(house: House) -> None:
    """What may come a little early is no way around."""
    for number in range(101):
        await house.send(number * 0.8, temp=number)
    assert len(house.published(TEMPERATURE)) <= 80 / PUNCTUAL + 2
    await house.wait(90)
    assert float(house.published(TEMPERATURE)[-1][1]) == 100


async def test_back_where_it_was(house: House) -> None:
    """What is at last as it was is no news: nothing waits any more."""
    await house.send(0, temp=20)
    await house.send(0.1, temp=25)
    assert timer(house) is not None
    await house.send(0.2, temp=20)
    assert house.board.publishing.as_dict()["waiting"] == []
    await house.wait(5)
    assert house.published(TEMPERATURE) == [(0, "20")]
    # And the next one does not wait.
    await house.send(5, temp=21)
    assert house.published(TEMPERATURE)[-1] == (5, "21")


async def test_channels_by_themselves(house: House) -> None:
    """Each channel waits for its own time, with one timer."""
    await house.send(0, temp=20)
    await house.send(0.5, humidity=40)
    await house.send(0.6, temp=21)
    first = timer(house)
    await house.send(0.7, humidity=41)
    assert timer(house) is first
    assert house.board.publishing.as_dict()["waiting"] == ["humidity", "temp"]
    await house.wait(3)
    assert house.published(TEMPERATURE) == [(0, "20"), (1, "21")]
    assert house.published("sensor.kitchen_humidity")[1:] == [(0.5, "40"), (1.5, "41")]


async def test_sooner_than_the_timer(house: House) -> None:
    """A channel that is due before the one that waits has the timer set anew."""
    await house.send(0, humidity=40)
    await house.send(0.5, temp=20)
    await house.send(0.6, temp=21)
    await house.send(0.65, humidity=41)
    await house.wait(3)
    assert house.published(TEMPERATURE)[1:] == [(0.5, "20"), (1.5, "21")]
    assert house.published("sensor.kitchen_humidity") == [(0, "40"), (1, "41")]


async def test_null_waits_too(house: House) -> None:
    """A loose wire is no flood; it is shown in the end."""
    await house.send(0, temp=20)
    for number in range(1, 6):
        await house.send(number / 10, temp=None if number % 2 else 20)
    await house.wait(2)
    assert house.published(TEMPERATURE) == [(0, "20"), (1, "unknown")]


async def test_refreshed(hass: HomeAssistant, house: House) -> None:
    """An unchanged value is written again once a minute, which is no change."""
    await house.send(0, temp=20)
    reported = hass.states.get(TEMPERATURE)
    assert reported is not None
    begin = reported.last_reported
    await house.send(REFRESH_INTERVAL - 1, temp=20)
    assert hass.states.get(TEMPERATURE).last_reported == begin  # type: ignore[union-attr]
    await house.send(REFRESH_INTERVAL, temp=20)
    reported = hass.states.get(TEMPERATURE)
    assert reported is not None
    assert reported.last_reported - begin == timedelta(seconds=REFRESH_INTERVAL)
    await house.send(REFRESH_INTERVAL + 0.1, temp=21)
    assert house.published(TEMPERATURE) == [(0, "20"), (60.1, "21")]


@pytest.mark.parametrize("options", [{CONF_PUBLISH_INTERVAL: 0}])
async def test_every_reading(house: House) -> None:
    """A person can have each of them."""
    for number in range(20):
        await house.send(number / 100, temp=number)
        assert timer(house) is None
    assert len(house.published(TEMPERATURE)) == 20


@pytest.mark.parametrize("options", [{CONF_PUBLISH_INTERVAL: 10}])
async def test_a_longer_interval(house: House) -> None:
    """Or one every ten seconds."""
    for number in range(26):
        await house.send(number, temp=number)
    await house.wait(40)
    assert house.published(TEMPERATURE) == [
        (0, "0"),
        (10, "9"),
        (20, "19"),
        (30, "25"),
    ]


async def test_set_from_home_assistant(hass: HomeAssistant, house: House) -> None:
    """What a command came to is newer than what waits."""
    await house.send(0, temp=20)
    await house.send(0.1, temp=30)
    house.board.show(house.board.channels["temp"], 25)
    assert house.board.publishing.as_dict()["waiting"] == []
    await house.wait(3)
    assert [value for _, value in house.published(TEMPERATURE)] == ["20", "25"]


# The mean.


@pytest.mark.parametrize(
    "options",
    [{CONF_PUBLISH: "mean"}, {CONF_PUBLISH: "mean", CONF_PUBLISH_INTERVAL: 2}],
)
async def test_mean(house: House, options: dict[str, Any]) -> None:
    """Each reading of a window counts the same, unchanged ones too."""
    window = options.get(CONF_PUBLISH_INTERVAL, 1)
    await house.send(0, temp=20)
    for part, value in ((0.1, 20), (0.2, 20), (0.9, 26)):
        await house.send(part * window, temp=value)
    await house.wait(window)
    assert house.published(TEMPERATURE) == [(0, "20"), (window, "22.0")]
    # The sum is not carried along.
    await house.send(window * 1.5, temp=10.1)
    await house.send(window * 1.6, temp=10.2)
    await house.wait(window * 4)
    assert house.published(TEMPERATURE)[2:] == [(window * 2, "10.15")]


@pytest.mark.parametrize("options", [{CONF_PUBLISH: "mean"}])
async def test_mean_and_null(house: House) -> None:
    """Null counts as soon as it is the latest, and what was before it does not."""
    await house.send(0, temp=20)
    await house.send(0.1, temp=30)
    await house.send(0.2, temp=None)
    await house.wait(1)
    assert house.published(TEMPERATURE)[-1] == (1, "unknown")
    await house.send(1.05, temp=40)
    await house.send(1.1, temp=None)
    await house.send(1.2, temp=5)
    await house.send(1.3, temp=7)
    await house.wait(3)
    assert house.published(TEMPERATURE)[-1] == (2, "6.0")


@pytest.mark.parametrize("options", [{CONF_PUBLISH: "mean"}])
async def test_mean_that_is_refreshed(hass: HomeAssistant, house: House) -> None:
    """A mean that does not change is written again once a minute, too."""
    await house.send(0, temp=20)
    for number in range(1, 650):
        await house.send(number / 10, temp=20)
    found = hass.states.get(TEMPERATURE)
    assert found is not None
    assert 60 <= (found.last_reported - found.last_updated).total_seconds() <= 61


@pytest.mark.parametrize("options", [{CONF_PUBLISH: "mean"}])
async def test_no_mean(house: House) -> None:
    """A counter and an angle have none, and what is set has its latest, too."""
    house.board.dialogue.receive(
        channels(
            {"key": "energy", "kind": "sensor", "state_class": "total_increasing"},
            {
                "key": "course",
                "kind": "sensor",
                "unit": "°",
                "state_class": "measurement_angle",
            },
            {"key": "volume", "kind": "number"},
            {"key": "plain", "kind": "sensor"},
        )
    )
    await house.hass.async_block_till_done()
    house.board = house.board.entry.runtime_data
    keys = ("energy", "course", "volume", "plain")
    for second, value in ((0, 10), (0.2, 20), (0.4, 40)):
        await house.send(second, **dict.fromkeys(keys, value))
    await house.wait(3)
    assert [house.board.channels[key].value for key in keys] == [40, 40, 40, 30]


@pytest.mark.parametrize("options", [{CONF_PUBLISH: "mean"}])
async def test_mean_of_much(house: House) -> None:
    """What no number can hold is not shown as one."""
    await house.send(0, temp=1.5)
    await house.send(0.1, temp=1.7e308)
    await house.send(0.2, temp=1.6e308)
    await house.wait(2)
    assert house.published(TEMPERATURE)[-1] == (1, "1.6e+308")


# What the board says of its channels.


async def describe(house: House, **more: Any) -> None:
    """Have the board describe its thermometer."""
    house.board.dialogue.receive(
        channels({"key": "temp", "kind": "sensor", "unit": "°C", **more})
    )
    await house.hass.async_block_till_done()
    house.board = house.board.entry.runtime_data
    await house.send(0, temp=20)


async def test_deadband(house: House) -> None:
    """Small changes are none, beside what was published; null and back always are."""
    await describe(house, deadband=0.5)
    for second, value in enumerate(
        (20.3, 19.8, 20.4, 20.5, 20.1, 20.9, None, 20.6, 20.6), 2
    ):
        await house.send(second * 2, temp=value)
    await house.wait(30)
    assert house.published(TEMPERATURE)[-4:] == [
        (0, "20"),
        (10, "20.5"),
        (16, "unknown"),
        (18, "20.6"),
    ]


async def test_deadband_of_what_is_not_exact(house: House) -> None:
    """A change by as much as the deadband counts, whatever its last binary digit."""
    await describe(house, deadband=0.2)
    await house.send(2, temp=20.2)
    assert house.published(TEMPERATURE)[-1] == (2, "20.2")


async def test_deadband_and_refresh(hass: HomeAssistant, house: House) -> None:
    """What is published again after a minute is what was published."""
    await describe(house, deadband=0.5)
    await house.send(61, temp=20.3)
    found = hass.states.get(TEMPERATURE)
    assert found is not None
    assert found.state == "20"
    assert (found.last_reported - found.last_updated).total_seconds() == 61
    # Also when it comes too soon to be a change.
    await house.send(120, temp=22)
    await house.send(120.1, temp=22.1)
    await house.send(183, temp=22.1)
    await house.send(183.1, temp=22.1)
    assert house.published(TEMPERATURE)[-1] == (120, "22")


async def test_deadband_and_waiting(house: House) -> None:
    """What waits is forgotten when the newest is within the deadband again."""
    await describe(house, deadband=0.5)
    await house.send(0.1, temp=30)
    await house.send(0.2, temp=20.1)
    await house.wait(5)
    assert house.published(TEMPERATURE)[-1] == (0, "20")


async def test_least_interval(house: House) -> None:
    """A channel can have a longer interval than its board; refreshing costs nothing."""
    await describe(house, min_interval=100)
    await house.send(61, temp=20)
    await house.send(62, temp=21)
    await house.send(63, temp=22)
    await house.wait(99.9)
    assert house.published(TEMPERATURE)[-1] == (0, "20")
    await house.wait(101)
    assert house.published(TEMPERATURE)[-1] == (100, "22")
    # The least interval is no reason to be seldom seen.
    await house.send(165, temp=22)
    found = house.hass.states.get(TEMPERATURE)
    assert found is not None
    assert (found.last_reported - found.last_updated).total_seconds() == (
        pytest.approx(65, abs=0.01)
    )


async def test_shorter_than_the_boards(house: House) -> None:
    """A least interval that is shorter changes nothing."""
    await describe(house, min_interval=0.1)
    await house.send(0.5, temp=21)
    await house.wait(2)
    assert house.published(TEMPERATURE)[-1] == (1, "21")


async def test_remembered(house: House) -> None:
    """Both are there again after a restart, before the board says anything."""
    await describe(house, deadband=0.5, min_interval=3)
    entry = house.board.entry
    await house.hass.config_entries.async_reload(entry.entry_id)
    channel = entry.runtime_data.channels["temp"]
    assert (channel.pace.deadband, channel.pause) == (0.5, 3 * PUNCTUAL)


# Nothing is lost.


@pytest.mark.parametrize("options", [{CONF_GRACE: 5, CONF_PUBLISH_INTERVAL: 30}])
async def test_connection_drops(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    connect_token: Connect,
) -> None:
    """What waits is published when the connection drops."""
    await add(hass, entry)
    board = await connect_token()
    await board.send({"temp": 20})
    await board.send({"temp": 21})
    assert state(hass, TEMPERATURE) == "20"
    await disconnect(hass, board)
    assert state(hass, TEMPERATURE) == "21"
    await pass_time(hass, freezer, 6)
    assert state(hass, TEMPERATURE) == "unavailable"
    # The first one of a board that is back does not wait.
    board = await connect_token()
    await board.send({"temp": 22})
    assert state(hass, TEMPERATURE) == "22"


@pytest.mark.parametrize("options", [{CONF_SILENCE: 10, CONF_PUBLISH_INTERVAL: 60}])
async def test_board_falls_silent(house: House) -> None:
    """What waits is published before the board counts as gone."""
    await house.send(0, temp=20)
    await house.send(1, temp=21)
    await house.wait(12)
    assert house.published(TEMPERATURE) == [(0, "20"), (11, "21"), (11, "unavailable")]
    await house.send(13, temp=22)
    assert house.published(TEMPERATURE)[-1] == (13, "22")
    await house.wait(100)


@pytest.mark.parametrize("options", [{CONF_PUBLISH_INTERVAL: 60}])
@pytest.mark.parametrize("values", [{"temp": 21}, {"temp": None}])
async def test_set_up_anew(house: House, values: dict[str, Any]) -> None:
    """What waits is published before the entry is unloaded, and is there after it."""
    await house.send(0, temp=20)
    await house.send(0.1, **values)
    before = house.board
    await house.hass.config_entries.async_reload(before.entry.entry_id)
    await house.hass.async_block_till_done()
    shown = "unknown" if values["temp"] is None else "21"
    # Before the entity is gone for a moment, and again after it.
    assert house.published(TEMPERATURE)[1:] == [
        (0.1, shown),
        (0.1, "unavailable"),
        (0.1, shown),
    ]
    assert state(house.hass, TEMPERATURE) == shown
    assert before.publishing._timer is None


@pytest.mark.parametrize("options", [{CONF_PUBLISH_INTERVAL: 60}])
async def test_waiting_when_it_is_taken_down(house: House) -> None:
    """What comes while entities are being removed is in what the next board gets."""
    await house.send(0, temp=20)
    await house.send(0.1, temp=21)
    snapshot = house.board.snapshot()
    assert snapshot.values["temp"] == 21


@pytest.mark.parametrize("options", [{CONF_PUBLISH_INTERVAL: 60}])
async def test_described_anew(house: House) -> None:
    """What waits is published before a channel becomes another one."""
    await house.send(0, temp=20)
    await house.send(0.1, temp=21)
    house.board.dialogue.receive(
        channels({"key": "temp", "kind": "sensor", "name": "Oven"})
    )
    await house.hass.async_block_till_done()
    assert state(house.hass, TEMPERATURE) == "21"


async def test_a_new_channel(house: House) -> None:
    """What is new is published at once, and then every so often."""
    await house.send(0, lux=1)
    await house.send(0.1, lux=2)
    assert state(house.hass, "sensor.kitchen_illuminance") == "1"
    await house.wait(1.1)
    assert state(house.hass, "sensor.kitchen_illuminance") == "2"


# What is no number.


async def test_edges(house: House) -> None:
    """What is on or off, and texts, do not wait."""
    for number in range(20):
        await house.send(number / 100, door=number % 2 == 0, note=str(number))
    assert len(house.published(DOOR)) == 20
    assert len(house.published("sensor.kitchen_note")) == 20
    assert timer(house) is None
    await house.send(61, door=False, note="19")
    found = house.hass.states.get(DOOR)
    assert found is not None
    assert (found.last_reported - found.last_updated).total_seconds() > 60


async def test_flood_of_edges(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    connect_token: Connect,
) -> None:
    """A flood of them is told to the board once, and the last of each second counts."""
    await add(hass, entry)
    board = await connect_token()
    await board.send({"door": False})
    house = House(hass, freezer, entry.runtime_data)
    answers = []
    for number in range(BURST + 10):
        answers += await board.send({"door": number % 2 == 0})
    (answer,) = answers
    assert answer["code"] == "too_fast"
    assert answer["key"] == "door"
    assert len(house.published(DOOR)) == BURST
    assert entry.runtime_data.publishing.held_back == 9
    # Nothing of it was wrong.
    assert entry.runtime_data.reporter.count == 0
    await board.send({"door": True})
    await house.wait(1.1)
    assert house.published(DOOR)[BURST:] == [(1, "on")]
    # It goes on, which it has been told.
    await house.wait(3)
    for number in range(40):
        assert await board.send({"door": number % 2 == 0}) == []
    assert entry.runtime_data.publishing.as_dict()["waiting"] == ["door"]
    # Slowly again: nothing waits any more.
    await house.wait(10)
    before = len(house.published(DOOR))
    for number in range(20):
        assert await board.send({"door": number % 2 == 0}) == []
    assert len(house.published(DOOR)) == before + 20
    # And another flood is told of.
    await house.wait(TELL_INTERVAL + 1)
    told = [await board.send({"door": number % 2 == 0}) for number in range(80)]
    assert len([one for one in told if one]) == 1


async def test_told_later(
    hass: HomeAssistant, entry: MockConfigEntry, connect_token: Connect
) -> None:
    """Where another error was told of just now, a flood is told of when it lasts."""
    await add(hass, entry)
    board = await connect_token()
    (answer,) = await board.send({"temp": "warm"})
    assert answer["code"] == "wrong_type"
    for number in range(BURST + 5):
        assert await board.send({"door": number % 2 == 0}) == []
    # It waits, and what is repeated is not held back once more.
    held_back = entry.runtime_data.publishing.held_back
    await board.send({"door": (BURST + 4) % 2 == 0})
    assert entry.runtime_data.publishing.held_back == held_back


async def test_flood_that_lasts(house: House) -> None:
    """For as long as it lasts, there are some each second, and the last one is shown."""
    for number in range(1000):
        await house.send(number / 50, door=number % 2 == 0)
    await house.send(20.01, door=True)
    await house.wait(30)
    assert len(house.published(DOOR)) <= BURST + 20 * (RATE + 1)
    assert house.published(DOOR)[-1][1] == "on"


async def test_back_in_a_flood(house: House) -> None:
    """What is back where it was after a flood is no news."""
    for number in range(BURST + 2):
        await house.send(0, door=number % 2 == 0)
    assert house.board.publishing.as_dict()["waiting"] == ["door"]
    before = house.published(DOOR)
    # It was to be off, but is on as it was.
    await house.send(0.1, door=True)
    await house.wait(5)
    assert house.published(DOOR) == before


async def test_events(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    connect_token: Connect,
) -> None:
    """Events do not wait; of a flood, the last one of each second counts."""
    await add(hass, entry)
    board = await connect_token()
    await board.send(channels({"key": "bell", "kind": "event", "options": ["a", "b"]}))
    bell = "event.kitchen_bell"
    await wait_until(hass, lambda: state(hass, bell) is not None)
    events = async_capture_events(hass, EVENT_STATE_CHANGED)

    def rung() -> list[str]:
        return [
            event.data["new_state"].attributes["event_type"]
            for event in events
            if event.data["entity_id"] == bell
        ]

    for _ in range(BURST):
        # An event's state is its time.
        freezer.tick(0.001)
        assert await board.send({"type": "event", "key": "bell", "event": "a"}) == []
    assert rung() == ["a"] * BURST
    (answer,) = await board.send({"type": "event", "key": "bell", "event": "a"})
    assert (answer["code"], answer["key"]) == ("too_fast", "bell")
    await board.send({"type": "event", "key": "bell", "event": "b"})
    assert len(rung()) == BURST
    await pass_time(hass, freezer, 1.1)
    assert rung()[BURST:] == ["b"]
    assert entry.runtime_data.publishing.held_back == 1


async def test_diagnostics(
    hass: HomeAssistant, house: House, hass_client: Callable[..., Any]
) -> None:
    """A bug report has how it goes."""
    await house.send(0, temp=20)
    await house.send(0.1, temp=21)
    assert house.board.publishing.as_dict() == {
        "interval": 1,
        "mode": "last",
        "waiting": ["temp"],
        "held_back": 0,
    }


async def test_timer_that_fires_early(house: House) -> None:
    """What is not due yet goes on waiting."""
    await house.send(0, temp=20)
    await house.send(0.1, temp=21)
    house.board.publishing._publish_due()
    assert state(house.hass, TEMPERATURE) == "20"
    await house.wait(1.1)
    assert state(house.hass, TEMPERATURE) == "21"


async def test_nothing_is_left_behind(house: House) -> None:
    """A board that is let go of has no timer any more."""
    await house.send(0, temp=20)
    await house.send(0.1, temp=21)
    assert timer(house) is not None
    house.board.close()
    assert timer(house) is None


async def test_recorder_is_another(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recorder in which something is missing is no reason to do without boards."""
    hass.config.components.add("recorder")
    package = "custom_components.arduino_sensor"
    monkeypatch.setitem(sys.modules, f"{package}.history.extremes", None)
    # As it is when Home Assistant starts.
    spec = spec_from_file_location(f"{package}.again", publishing.__file__)
    assert spec is not None and spec.loader is not None
    again = module_from_spec(spec)
    spec.loader.exec_module(again)
    assert again.Publishing(Board(hass, token_entry())).as_dict()["held_back"] == 0

"""What of numbers of the past is written: no more than if they had come in time."""

import random
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor.const import (
    CONF_DESCRIBED,
    CONF_PUBLISH,
    CONF_PUBLISH_INTERVAL,
    PUBLISH_LAST,
    PUBLISH_MEAN,
)
from custom_components.arduino_sensor.history.merging import merge
from custom_components.arduino_sensor.history.row import Row
from custom_components.arduino_sensor.history.thinning import Policy, thin
from homeassistant.components.recorder.const import (
    EVENT_RECORDER_5MIN_STATISTICS_GENERATED,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.common import token_entry

from .common import BEGIN, TEMPERATURE, House

pytestmark = pytest.mark.freeze_time(BEGIN)

TEN_SECONDS = Policy(pause=9.5, slack=1.0, delay=1.5, has_mean=False, deadband=0.0)
MEAN = TEN_SECONDS._replace(has_mean=True)
COARSE = Policy(pause=0.0, slack=0.0, delay=0.0, has_mean=False, deadband=0.5)
POLICIES = [
    pytest.param(TEN_SECONDS, id="last"),
    pytest.param(MEAN, id="mean"),
    pytest.param(TEN_SECONDS._replace(deadband=2.0), id="deadband"),
    pytest.param(Policy(0.95, 0.25, 0.3, False, 0.0), id="default"),
]


def _entry(deadband: float | None = None, mode: str = PUBLISH_LAST) -> MockConfigEntry:
    """Return a board of which a number is shown every ten seconds."""
    entry = token_entry(
        channels={"temp": "number"},
        options={CONF_PUBLISH_INTERVAL: 10, CONF_PUBLISH: mode},
    )
    if deadband is not None:
        described = {"kind": "sensor", "deadband": deadband}
        entry.data["channels"]["temp"][CONF_DESCRIBED] = described
    return entry


type Pairs = list[tuple[float, str]]


def rows(*pairs: tuple[float, Any], **attributes: Any) -> list[Row]:
    """Return rows with these times and states."""
    return [Row(at, str(state), attributes) for at, state in pairs]


def thinned(
    known: Pairs, past: Pairs, policy: Policy, until: float = 1e6
) -> list[tuple[float, str]]:
    """Return times and states of what is left."""
    found = thin(rows(*known), rows(*past), [True] * len(past), policy, until)
    return [(row.at, row.state) for row in found]


@pytest.mark.parametrize(
    ("policy", "known", "past", "left"),
    [
        pytest.param(
            TEN_SECONDS,
            [],
            [(second, str(second)) for second in range(1, 32)],
            [(1, "1"), (11, "11"), (21, "21"), (31, "31")],
            id="each second",
        ),
        pytest.param(
            TEN_SECONDS, [], [(0, "1"), (2, "2"), (60, "3")],
            [(0, "1"), (10, "2"), (60, "3")], id="waits",
        ),
        pytest.param(
            TEN_SECONDS, [], [(0, "1"), (2, "2"), (4, "1"), (30, "3")],
            [(0, "1"), (30, "3")], id="back where it was",
        ),
        pytest.param(
            TEN_SECONDS, [(0, "1")], [(2, "2"), (9.6, "3")], [(9.6, "3")], id="known",
        ),
        pytest.param(
            TEN_SECONDS, [(0, "1"), (10, "3")], [(2, "2"), (9.6, "3")],
            [], id="between two that are known",
        ),
        pytest.param(
            TEN_SECONDS, [(0, "1"), (10, "5")], [(2, "2"), (9.2, "3"), (12, "7")],
            [(12, "7")], id="and something after them",
        ),
        pytest.param(
            TEN_SECONDS, [(0, "1"), (10, "5")], [(9.2, "3"), (40, "7")],
            [(20, "3"), (40, "7")], id="the last before it was lost",
        ),
        pytest.param(
            MEAN, [(0, "1"), (10, "5")], [(2, "4"), (9.2, "3")],
            [(20, "3")], id="mean, and the last before it was lost",
        ),
        pytest.param(
            TEN_SECONDS, [(0, "1"), (14, "5")], [(2, "2"), (3, "9")],
            [(10, "9")], id="too far apart",
        ),
        pytest.param(
            TEN_SECONDS, [(0, "1"), (8, "unavailable")], [(2, "2"), (9, "3"), (10, "4")],
            [(2, "2"), (9, "3"), (10, "4")], id="unavailable",
        ),
        pytest.param(
            MEAN, [(0, "1")], [(2, "2"), (4, "4"), (10, "6"), (12, "9")],
            [(10, "4.0"), (12, "9")], id="mean",
        ),
        pytest.param(
            MEAN, [(0, "1")], [(2, "2"), (4, "unknown"), (10, "6")],
            [(10, "6")], id="mean, and nothing for a moment",
        ),
        pytest.param(
            COARSE, [(0, "20.0")], [(1, "20.4"), (2, "20.5"), (3, "20.9"), (4, "19.9")],
            [(2, "20.5"), (4, "19.9")], id="deadband",
        ),
        pytest.param(
            TEN_SECONDS, [(0, "20")], [(30, "unknown"), (32, "21")],
            [(30, "unknown"), (32, "21")], id="nothing",
        ),
    ],
)  # fmt: skip
def test_thin(policy: Policy, known: Pairs, past: Pairs, left: Pairs) -> None:
    """It is as when it comes live."""
    assert thinned(known, past, policy) == left


def test_not_in_the_future() -> None:
    """What waits at the end is there now, and not later than what comes next."""
    assert thinned([(0, "1")], [(2, "2")], TEN_SECONDS, 5) == [(2, "2")]
    lost: Pairs = [(0, "1"), (10, "5")]
    assert thinned(lost, [(9.2, "3")], TEN_SECONDS, 15) == [(15, "3")]
    # The board's clock may be ahead.
    assert thinned(lost, [(9.2, "3")], TEN_SECONDS, 9) == [(10, "3")]


def test_in_pieces() -> None:
    """How readings are cut into batches loses none of the last ones."""
    default = Policy(0.95, 0.25, 0.3, has_mean=False, deadband=0.0)
    first = thinned([], [(100, "20"), (100.5, "21")], default, 100.6)
    assert first == [(100, "20"), (100.5, "21")]
    second = thinned(first, [(100.8, "22"), (900, "25")], default, 900.1)
    assert second == [(101.75, "22"), (900, "25")]
    # Sent live: 21 waited until 6.0, and 22 never came.
    found = thinned([(5, "20"), (6.0, "21")], [(5.5, "21"), (5.9, "22")], default)
    assert found == [(7.0, "22")]


def test_other_unit() -> None:
    """The same number in another unit is another."""
    known = rows((0, "5"), unit_of_measurement="°C")
    past = rows((20, "5"), unit_of_measurement="°F")
    assert thin(known, past, [True], TEN_SECONDS, 1e6) == past


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", range(8))
def test_again(policy: Policy, seed: int) -> None:
    """What was written once is not written again, and there is not more than may be."""
    chance = random.Random(seed)
    at, past = 0.0, []
    for _ in range(300):
        at += chance.choice((0.1, 0.5, 1.0, 3.0, 30.0))
        past.append(Row(round(at, 3), str(chance.randint(0, 9)), {}))
    written: list[Row] = []
    for part in (past[:100], past[100:200], past[200:]):
        # In pieces, as batches are.
        times = [row.at for row in part]
        written += merge(written, part, times, None, policy, part[-1].at + 0.05)
        assert merge(written, part, times, None, policy, part[-1].at + 60) == []
    assert len(written) > 20
    # In the long run, and where a piece ends one more.
    assert len(written) <= at / policy.pause + 3 + 1


@pytest.fixture
def every_reading() -> None:
    """Have numbers wait, as they do everywhere else."""


@pytest.mark.parametrize(
    ("entry", "new"),
    [
        pytest.param(
            _entry(),
            ["29", "39", "49", "50", "60", "70", "75"],
            id="last",
        ),
        pytest.param(
            _entry(mode=PUBLISH_MEAN),
            ["24.5", "34.5", "49.8", "50", "55.5", "65.5", "73.0"],
            id="mean",
        ),
    ],
)
async def test_as_it_was_set(house: House, new: list[str]) -> None:
    """A board that reports each second, of which each ten seconds one is shown."""
    for second in range(20):
        await house.live(second, temp=second)
    await house.disconnect()
    live = await house.states(TEMPERATURE)
    await house.wait(100)
    await house.connect()
    readings = [
        (second - 0.2, {"temp": 100 if second == 47 else second})
        for second in range(5, 76)
    ]
    await house.hand_over(*readings)
    await house.live(100.5, temp=21)
    await house.live(400, temp=22)
    assert (await house.states(TEMPERATURE))[len(live) :] == [
        *zip((29.5, 39.5, 48.8), new[:3], strict=True),
        (49, "unavailable"),
        *zip((49.8, 59.8, 69.8, 74.8), new[3:], strict=True),
        (100.5, "21"),
        (400, "22"),
    ]
    # What was at no time shown is in the statistics.
    house.hass.bus.async_fire(EVENT_RECORDER_5MIN_STATISTICS_GENERATED)
    await house.hass.async_block_till_done()
    statistics = await house.statistics(TEMPERATURE)
    assert (statistics[0]["min"], statistics[0]["max"]) == (0, 100)


@pytest.mark.parametrize("entry", [_entry(0.5)])
async def test_unit_of_a_person(house: House, hass: HomeAssistant) -> None:
    """How much a number has to change is told in the board's unit."""
    er.async_get(hass).async_update_entity_options(
        TEMPERATURE, "sensor", {"unit_of_measurement": "°F"}
    )
    await hass.async_block_till_done()
    await house.live(1, temp=20)
    await house.disconnect()
    await house.wait(100)
    await house.connect()
    await house.hand_over(
        *((at, {"temp": temp}) for at, temp in ((20, 20.4), (40, 20.5), (60, 20.9)))
    )
    assert (await house.states(TEMPERATURE))[-2:] == [(31, "unavailable"), (40, "68.9")]


@pytest.mark.parametrize("entry", [_entry()])
async def test_home_assistant_stops(house: House, hass: HomeAssistant) -> None:
    """What waits is written before the recorder ends."""
    await house.live(1, temp=20)
    await house.live(2, temp=21)
    assert (await house.states(TEMPERATURE))[-1] == (1, "20")
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert (await house.states(TEMPERATURE))[-1] == (2, "21")

"""Boards that change all the time, or talk while nobody is there to hear them."""

import asyncio
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.arduino_sensor import refusals
from custom_components.arduino_sensor.const import CONF_ABOUT, CONF_CHANNELS, DOMAIN
from custom_components.arduino_sensor.pacing import BURST, INTERVAL, Allowance
from custom_components.arduino_sensor.transports.websocket import URL_SHARED
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .common import Connect, Sketch, add, channels, pass_time, state, token_entry
from .test_handshake import challenged, key_entry, prove

NAMES = [f"k{number}" for number in range(12)]


def switches(*keys: str, final: bool = True, **more: Any) -> dict[str, Any]:
    """Return a description of switches."""
    items = [{"key": key, "kind": "switch", **more} for key in keys]
    return channels(*items, final=final)


@pytest.fixture
def writes(hass: HomeAssistant) -> list[None]:
    """Return a list that grows with each change of a config entry."""
    found: list[None] = []

    @callback
    def _changed(*_: object) -> None:
        found.append(None)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, _changed)
    return found


def test_allowance(freezer: FrozenDateTimeFactory) -> None:
    """Some at once, and then one every so often."""
    allowance = Allowance()
    assert [allowance.take() for _ in range(BURST)] == [0] * BURST
    assert allowance.take() == pytest.approx(INTERVAL)
    freezer.tick(INTERVAL - 1)
    assert allowance.take() == pytest.approx(1)
    freezer.tick(1)
    assert allowance.take() == 0
    assert allowance.take() > 0
    freezer.tick(2 * BURST * INTERVAL)
    assert [allowance.take() for _ in range(BURST)] == [0] * BURST
    assert allowance.take() > 0


async def test_another_name_in_every_loop(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    writes: list[None],
) -> None:
    """A hello that changes all the time is no flood of writes; the last one counts."""
    entry = await add(hass, token_entry())
    board = await connect_token()
    del writes[:]
    for number in range(60):
        await board.send({"type": "hello", "firmware": str(number)})
    assert len(writes) <= BURST + 1
    assert entry.data[CONF_ABOUT] != {"firmware": "59"}
    await pass_time(hass, freezer, INTERVAL)
    assert entry.data[CONF_ABOUT] == {"firmware": "59"}


async def test_news_that_is_none_any_more(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, connect_token: Connect
) -> None:
    """What is as it was has nothing to wait for."""
    entry = await add(hass, token_entry())
    board = await connect_token()
    for number in range(BURST):
        await board.send({"type": "hello", "firmware": str(number)})
    await board.send({"type": "hello", "firmware": "other"})
    await board.send({"type": "hello", "firmware": str(BURST - 1)})
    await pass_time(hass, freezer, INTERVAL)
    assert entry.data[CONF_ABOUT] == {"firmware": str(BURST - 1)}


async def test_another_description_in_every_loop(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    writes: list[None],
) -> None:
    """Nor does a description that changes set the entry up anew for ever."""
    entry = await add(hass, token_entry())
    board = await connect_token()
    await board.send(switches("k", name="first"))
    del writes[:]
    for number in range(40):
        await board.send(switches("k", name=f"Name {number}"))
    # Each is kept, unloaded and set up.
    assert len(writes) < 8 * BURST
    assert await board.send({"k": True}) == []
    await pass_time(hass, freezer, INTERVAL)
    await pass_time(hass, freezer, 1)
    assert entry.data[CONF_CHANNELS]["k"]["described"]["name"] == "Name 39"
    assert await board.send({"k": False}) == []
    assert state(hass, "switch.kitchen_first") == "off"


async def test_the_same_again_costs_nothing(
    hass: HomeAssistant,
    connect_token: Connect,
    writes: list[None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A description with many mistakes that is sent again and again is no burden."""
    await add(hass, token_entry())
    board = await connect_token()
    slips = [
        {"key": f"k{number}", "kind": "sensor", "device_class": "warmth"}
        for number in range(60)
    ]
    await board.send(channels(*slips))
    del writes[:]
    monkeypatch.setattr(refusals, "refusals", lambda *_: pytest.fail("looked again"))
    for _ in range(20):
        await board.send(channels(*slips))
    assert writes == []


async def test_errors_of_many_parts_are_limited(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, connect_token: Connect
) -> None:
    """Eight at once, but not in every message."""
    await add(hass, token_entry())
    board = await connect_token()
    wrong = channels(*({"key": name} for name in NAMES))
    assert len(await board.send(wrong)) == 8
    for _ in range(5):
        assert await board.send(wrong) == []
    freezer.tick(2)
    assert len(await board.send(wrong)) == 8


# Said while nobody was there to hear it.


async def parts(board: Sketch) -> None:
    """Describe channels one by one, with readings between them."""
    for name in NAMES:
        await board.send({"temp": 20})
        await board.send(switches(name, final=name == NAMES[-1]))


@pytest.mark.parametrize("known", [False, True])
async def test_before_the_entry_is_set_up(
    hass: HomeAssistant, connect_token: Connect, known: bool
) -> None:
    """A long description is whole, whenever it came; nothing is removed by mistake."""
    entry = token_entry()
    entry.add_to_hass(hass)
    if known:
        stored = {
            name: {"type": "boolean", "described": {"kind": "switch"}} for name in NAMES
        }
        hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_CHANNELS: stored}
        )
    board = await connect_token()
    await board.send({"type": "hello", "model": "ESP32-C3"})
    await parts(board)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert {*NAMES, "temp"} == entry.data[CONF_CHANNELS].keys()
    assert entry.data[CONF_ABOUT] == {"model": "ESP32-C3"}
    (welcome,) = await board.answers()
    assert welcome["type"] == "welcome"


async def test_reload_between_parts(
    hass: HomeAssistant, connect_token: Connect
) -> None:
    """Enabling an entity does not lose the first half of a description."""
    entry = await add(hass, token_entry())
    board = await connect_token()
    await board.send(switches("a", "b"))
    await board.send(switches("a", final=False))
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await board.send(switches("b", "c"))
    assert entry.data[CONF_CHANNELS].keys() == {"a", "b", "c"}


async def test_wrong_item_before_the_entry_is_set_up(
    hass: HomeAssistant, connect_token: Connect
) -> None:
    """Its author is told all the same."""
    entry = token_entry()
    entry.add_to_hass(hass)
    board = await connect_token()
    (answer,) = await board.send(channels({"key": "a"}))
    assert (answer["code"], answer["field"]) == ("invalid_channel", "kind")
    # Commands and events have nobody yet.
    assert await board.send({"type": "event", "key": "a"}) == []
    assert await board.send("[") == []


async def test_impatient_board_is_welcomed(
    hass: HomeAssistant, connect_token: Connect
) -> None:
    """A board with a key that reports too soon is welcomed all the same."""
    entry = key_entry()
    entry.add_to_hass(hass)
    board = await connect_token(URL_SHARED)
    assert await prove(board) == []
    for number in range(20):
        assert await board.send({"temp": number}) == []
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    (welcome,) = await board.answers()
    assert welcome["type"] == "welcome"
    assert state(hass, "sensor.kitchen_temperature") == "19"


async def test_stop(hass: HomeAssistant, connect_token: Connect) -> None:
    """Who is still proving who it is, is told that Home Assistant stops."""
    board = await connect_token(URL_SHARED)
    await challenged(board)
    hass.bus.async_fire("homeassistant_stop")
    async with asyncio.timeout(5):
        assert (await board.end())[1] == 1001


async def test_a_number_that_no_float_holds(
    hass: HomeAssistant, connect_token: Connect
) -> None:
    """It is named as such, and not by what stands for it here."""
    await add(hass, token_entry())
    board = await connect_token()
    errors = await board.send('{"type":"hello","interval":1e400}')
    assert "a number that is too large" in errors[0]["message"]


async def test_reserved_id(hass: HomeAssistant, connect_token: Connect) -> None:
    """The id of the board that plays inside Home Assistant is no other's."""
    assert not hass.config_entries.async_entries(DOMAIN)
    board = await connect_token(URL_SHARED)
    await board.socket.send_json({"type": "hello", "id": "virtual", "nonce": "00" * 16})
    (answer,), code = await board.end()
    assert (answer["code"], answer["field"], code) == ("invalid_hello", "id", 4410)


async def test_news_outlives_a_reload(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, connect_token: Connect
) -> None:
    """What had to wait is not forgotten when the entry is set up anew meanwhile."""
    entry = await add(hass, token_entry())
    board = await connect_token()
    for number in range(BURST + 5):
        await board.send({"type": "hello", "firmware": str(number)})
    await board.send(switches("a"))
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.data[CONF_ABOUT] == {"firmware": str(BURST - 1)}
    # A second later nothing more is allowed yet; then one after the other.
    await pass_time(hass, freezer, 1)
    assert entry.data[CONF_ABOUT] == {"firmware": str(BURST - 1)}
    await pass_time(hass, freezer, INTERVAL)
    assert entry.data[CONF_ABOUT] == {"firmware": str(BURST + 4)}
    await pass_time(hass, freezer, INTERVAL)
    assert entry.data[CONF_CHANNELS].keys() == {"a"}
    assert await board.send({"a": True}) == []
    assert state(hass, "switch.kitchen_a") == "on"


async def test_refused_late_is_told_late(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, connect_token: Connect
) -> None:
    """The author of a description that had to wait is told what is wrong with it."""
    await add(hass, token_entry())
    board = await connect_token()
    for number in range(BURST):
        await board.send({"type": "hello", "firmware": str(number)})
    wrong = {"key": "a", "kind": "sensor", "device_class": "warmth"}
    assert await board.send(channels(wrong)) == []
    await pass_time(hass, freezer, INTERVAL)
    (answer,) = await board.answers()
    assert (answer["code"], answer["key"]) == ("refused_channel", "a")

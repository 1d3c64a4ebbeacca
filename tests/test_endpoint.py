"""A connection and its board: reloads, replacements, ends."""

from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor.const import (
    CONF_GRACE,
    CONF_NETWORKS,
    CONF_SILENCE,
    DEFAULT_SILENCE,
)
from custom_components.arduino_sensor.endpoint import PARK_TIME
from custom_components.arduino_sensor.lobby import MAX_READINGS
from custom_components.arduino_sensor.pending import new_token
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import CONF_TOKEN, STATE_OFF
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .common import (
    Connect,
    add,
    assert_quiet,
    fixed_entry,
    pass_time,
    state,
    token_entry,
    wait_until,
)

TEMPERATURE = "sensor.kitchen_temperature"
CONNECTION = "binary_sensor.kitchen_connectivity"


@pytest.fixture
async def entry(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, connect_token: Connect
) -> MockConfigEntry:
    """Return the entry of a board that was added; time stands still."""
    return await add(hass, token_entry())


# Set-ups anew, under a client that never reconnects.


async def test_enable_an_entity(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_token: Connect,
    entity_registry: er.EntityRegistry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Enabling an entity sets the entry up anew; the connection stays."""
    board = await connect_token()
    await board.send({"temp": 20})
    first = entry.runtime_data
    entity_id = entity_registry.async_get_entity_id(
        "sensor", "arduino_sensor", f"{entry.entry_id}_rejected"
    )
    assert entity_id is not None
    entity_registry.async_update_entity(entity_id, disabled_by=None)
    await hass.async_block_till_done()
    # Home Assistant waits a while for more to be enabled.
    await pass_time(hass, freezer, 31)
    await wait_until(hass, lambda: entry.runtime_data is not first)
    await wait_until(hass, lambda: entry.state is ConfigEntryState.LOADED)
    assert state(hass, entity_id) == "0"
    assert state(hass, TEMPERATURE) == "20"
    await board.send({"temp": 21})
    assert state(hass, TEMPERATURE) == "21"
    # Nor is it closed later.
    await pass_time(hass, freezer, PARK_TIME + 1)
    (answer,) = await board.send("garbage")
    assert answer["code"] == "invalid_json"
    assert state(hass, entity_id) == "1"


async def test_change_an_option(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_token: Connect,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Changing an option sets the entry up anew; the connection stays."""
    board = await connect_token()
    await board.send({"temp": 20})
    first = entry.runtime_data
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    await hass.config_entries.options.async_configure(
        flow["flow_id"], {CONF_GRACE: 10, CONF_SILENCE: 20}
    )
    await hass.async_block_till_done()
    assert entry.runtime_data is not first
    assert state(hass, TEMPERATURE) == "20"
    await board.send({"temp": 21})
    assert state(hass, TEMPERATURE) == "21"
    await pass_time(hass, freezer, 21)
    assert state(hass, TEMPERATURE) == "unavailable"
    await board.send({"temp": 22})
    assert state(hass, TEMPERATURE) == "22"


async def test_frames_wait_for_the_set_up(
    hass: HomeAssistant, entry: MockConfigEntry, connect_token: Connect
) -> None:
    """What comes while no board is there is kept: the latest, and only some."""
    board = await connect_token()
    await board.send({"temp": 20})
    assert await hass.config_entries.async_unload(entry.entry_id)
    await board.send({"humidity": 50})
    assert await board.send("garbage, not answered while nobody listens") == []
    for number in range(MAX_READINGS - 1):
        await board.send({"temp": 30 + number})
    await board.socket.send_bytes(b"binary, not kept")
    await board.answers()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, TEMPERATURE) == str(30 + MAX_READINGS - 2)
    assert hass.states.get("sensor.kitchen_humidity") is None
    # The one that waited and was no good is answered now.
    assert [answer["code"] for answer in await board.answers()] == ["invalid_json"]


async def test_lost_while_parked(
    hass: HomeAssistant, entry: MockConfigEntry, connect_token: Connect
) -> None:
    """A board can go, and another connection come, while no board is there."""
    board = await connect_token()
    await board.send({"temp": 20})
    assert await hass.config_entries.async_unload(entry.entry_id)
    await board.socket.close()
    await hass.async_block_till_done()
    again = await connect_token()
    await again.send({"temp": 21})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, TEMPERATURE) == "21"
    await again.send({"temp": 22})
    assert state(hass, TEMPERATURE) == "22"


async def test_nobody_comes_back(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_token: Connect,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A connection does not wait for ever."""
    board = await connect_token()
    await board.send({"temp": 20})
    assert await hass.config_entries.async_unload(entry.entry_id)
    await pass_time(hass, freezer, PARK_TIME - 1)
    await board.answers()
    await pass_time(hass, freezer, 1)
    assert await board.end() == ([], 1012)


async def test_start_up(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, connect_token: Connect
) -> None:
    """A board that connects before its entry is set up waits for it."""
    entry = token_entry()
    entry.add_to_hass(hass)
    board = await connect_token()
    await board.send({"temp": 20})
    await add(hass, entry)
    assert state(hass, TEMPERATURE) == "20"
    assert state(hass, CONNECTION) == "on"
    await pass_time(hass, freezer, PARK_TIME + 1)
    await board.send({"temp": 21})
    assert state(hass, TEMPERATURE) == "21"


async def test_start_up_that_fails(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, connect_token: Connect
) -> None:
    """If that does not happen, the board is told to try again."""
    token_entry().add_to_hass(hass)
    board = await connect_token()
    await board.send({"temp": 20})
    await pass_time(hass, freezer, PARK_TIME + 1)
    assert await board.end() == ([], 1012)


# Replacements and ends.


async def test_second_connection_replaces_the_first(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_token: Connect,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The newer connection counts, and the older one learns why it ended."""
    first = await connect_token()
    await first.send({"temp": 20})
    second = await connect_token()
    await second.send({"temp": 21})
    (answer,), code = await first.end()
    assert (answer["code"], code) == ("replaced", 4409)
    assert "newer connection" in answer["message"]
    # The end of the first is not the end of the second.
    assert state(hass, CONNECTION) == "on"
    assert state(hass, TEMPERATURE) == "21"
    await second.send({"temp": 22})
    assert state(hass, TEMPERATURE) == "22"
    await second.socket.close()
    await wait_until(hass, lambda: state(hass, CONNECTION) == STATE_OFF)
    assert_quiet(caplog)


async def test_delete(
    hass: HomeAssistant, entry: MockConfigEntry, connect_token: Connect
) -> None:
    """Deleting a board closes its connection, for good."""
    board = await connect_token()
    await board.send({"temp": 20})
    await hass.config_entries.async_remove(entry.entry_id)
    (answer,), code = await board.end()
    assert (answer["code"], code) == ("unknown_address", 4401)
    assert "deleted" in answer["message"]
    assert (await (await connect_token()).end())[1] == 4401


async def test_disable(
    hass: HomeAssistant, entry: MockConfigEntry, connect_token: Connect
) -> None:
    """Disabling a board closes its connection; it may come back when enabled."""
    board = await connect_token()
    await board.send({"temp": 20})
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    (answer,), code = await board.end()
    assert (answer["code"], code) == ("unknown_address", 4401)
    assert "disabled" in answer["message"]
    (answer,), code = await (await connect_token()).end()
    assert (answer["message"], code) == (
        "This board is disabled in Home Assistant.",
        4401,
    )
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await hass.async_block_till_done()
    again = await connect_token()
    await again.send({"temp": 21})
    assert state(hass, TEMPERATURE) == "21"


async def test_new_address(
    hass: HomeAssistant, entry: MockConfigEntry, connect_token: Connect
) -> None:
    """A board that has another address now loses the connection to the old one."""
    board = await connect_token()
    await board.send({"temp": 20})
    token = new_token()
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_TOKEN: token}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    (answer,), code = await board.end()
    assert (answer["code"], code) == ("unknown_address", 4401)
    assert "new address" in answer["message"]
    assert entry.state is ConfigEntryState.LOADED
    again = await connect_token(f"/api/arduino_sensor/ws/{token}")
    await again.send({"temp": 21})
    assert state(hass, TEMPERATURE) == "21"


async def test_home_assistant_stops(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    connect_token: Connect,
    connect_fixed: Connect,
    port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Home Assistant's stop closes all connections, the parked ones too."""
    await add(hass, fixed_entry(port))
    token_entry("parked").add_to_hass(hass)
    boards = [
        await connect_token(),
        await connect_token("/api/arduino_sensor/ws/parked"),
        await connect_fixed(port),
    ]
    for board in boards:
        await board.send({"temp": 20})
    # The clients answer the closing handshake while Home Assistant stops.
    ends = [hass.loop.create_task(board.end()) for board in boards]
    await hass.async_stop(force=True)
    assert [await end for end in ends] == [([], 1001)] * 3
    assert_quiet(caplog)


async def test_other_networks(
    hass: HomeAssistant, connect_fixed: Connect, port: int
) -> None:
    """A board that is not in the entry's networks any more is closed."""
    entry = await add(hass, fixed_entry(port))
    inside = await connect_fixed(port, source="127.0.0.2")
    await inside.send({"temp": 20})
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_NETWORKS: ["127.0.0.2/32"]}
    )
    assert await hass.config_entries.async_reload(entry.entry_id)
    await inside.send({"temp": 21})
    assert state(hass, "sensor.shed_temperature") == "21"

    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_NETWORKS: ["192.168.77.0/24"]}
    )
    ending = hass.loop.create_task(inside.end())
    assert await hass.config_entries.async_reload(entry.entry_id)
    (answer,), code = await ending
    assert (answer["code"], code) == ("not_allowed", 4403)


async def test_another_silence(
    hass: HomeAssistant, entry: MockConfigEntry, connect_token: Connect
) -> None:
    """A connection that is there follows the option."""
    board = await connect_token()
    await board.send({"temp": 20})
    connection = entry.runtime_data.connection
    assert connection.silence == DEFAULT_SILENCE
    hass.config_entries.async_update_entry(entry, options={CONF_SILENCE: 86400})
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.runtime_data.connection is connection
    assert connection.silence == 86400


async def test_entry_for_one_source(
    hass: HomeAssistant, connect_fixed: Connect, port: int
) -> None:
    """A board that has been added for itself leaves the entry for any."""
    await add(hass, fixed_entry(port))
    board = await connect_fixed(port, source="127.0.0.2")
    await board.send({"temp": 20})
    await add(hass, fixed_entry(port, source="127.0.0.2", title="Mine"))
    await board.send({"temp": 21})
    assert state(hass, "sensor.mine_temperature") == "21"
    assert state(hass, "binary_sensor.shed_connectivity") == "off"
    # Whose place is free now.
    other = await connect_fixed(port, source="127.0.0.3")
    await other.send({"temp": 22})
    assert state(hass, "sensor.shed_temperature") == "22"
    await board.socket.close()
    await wait_until(
        hass, lambda: state(hass, "binary_sensor.mine_connectivity") == "off"
    )
    assert state(hass, "binary_sensor.shed_connectivity") == "on"


async def test_deleted_after_a_failed_unload(
    hass: HomeAssistant, connect_token: Connect
) -> None:
    """An entry that cannot be unloaded leaves no connection when it is deleted."""
    entry = await add(hass, token_entry())
    board = await connect_token()
    await board.send({"temp": 20})
    ending = hass.loop.create_task(board.end())
    with patch.object(
        hass.config_entries, "async_unload_platforms", return_value=False
    ):
        await hass.config_entries.async_remove(entry.entry_id)
    (answer,), code = await ending
    assert (answer["code"], code) == ("unknown_address", 4401)
    assert not entry.runtime_data.connected

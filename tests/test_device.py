"""A board as a device: what its page shows, and what it is called."""

from typing import Any

import pytest

from custom_components.arduino_sensor.const import CONF_ABOUT, DOMAIN
from custom_components.arduino_sensor.device import distinct_name, escape_markdown
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import CONNECTION_NETWORK_MAC, DeviceEntry

from .common import Connect, Sketch, add, fixed_entry, token_entry

HELLO = {
    "type": "hello",
    "id": "esp32-a0b1c2d3e4f5",
    "name": "Kitchen",
    "manufacturer": "Espressif",
    "model": "ESP32-C3",
    "hardware": "rev 4",
    "firmware": "1.2.0",
    "mac": "a0:b1:c2:d3:e4:f5",
}


@pytest.fixture
async def board(hass: HomeAssistant, connect_token: Connect) -> Sketch:
    """Return a board called Kitchen that is connected."""
    await add(hass, token_entry())
    return await connect_token()


def device(hass: HomeAssistant, entry_id: str | None = None) -> DeviceEntry:
    """Return the device of a board, the first if none is named."""
    entry_id = entry_id or hass.config_entries.async_entries(DOMAIN)[0].entry_id
    (found,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry_id)
    return found


async def test_page(hass: HomeAssistant, board: Sketch) -> None:
    """What a board says of itself is on its page, and follows it."""
    assert (device(hass).manufacturer, device(hass).connections) == (None, set())
    (welcome,) = await board.send(HELLO)
    assert welcome["type"] == "welcome"
    assert "proof" not in welcome
    found = device(hass)
    assert found.name == "Kitchen"
    assert found.manufacturer == "Espressif"
    assert found.model == "ESP32-C3"
    assert found.hw_version == "rev 4"
    assert found.sw_version == "1.2.0"
    assert found.serial_number == "esp32-a0b1c2d3e4f5"
    assert found.connections == {(CONNECTION_NETWORK_MAC, "a0:b1:c2:d3:e4:f5")}

    await board.send({**HELLO, "firmware": "1.3.0", "mac": "00:00:00:00:00:01"})
    assert device(hass).id == found.id
    assert device(hass).sw_version == "1.3.0"
    assert device(hass).connections == {(CONNECTION_NETWORK_MAC, "00:00:00:00:00:01")}
    await board.send({"type": "hello"})
    assert (device(hass).manufacturer, device(hass).connections) == (None, set())


async def test_after_a_restart(hass: HomeAssistant, board: Sketch) -> None:
    """It is on the page before the board is there again."""
    await board.send(HELLO)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.data[CONF_ABOUT] == {
        key: value for key, value in HELLO.items() if key != "type"
    }
    await hass.config_entries.async_reload(entry.entry_id)
    assert device(hass).model == "ESP32-C3"


async def test_nothing_new_is_not_kept_again(
    hass: HomeAssistant, board: Sketch
) -> None:
    """A hello with each connection costs nothing."""
    await board.send(HELLO)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    modified = entry.modified_at
    await board.send(HELLO)
    assert entry.modified_at == modified


async def test_mac_address_that_anyone_can_claim(
    hass: HomeAssistant, connect_fixed: Connect, port: int
) -> None:
    """At a fixed address anybody in the network could take another device's place."""
    await add(hass, fixed_entry(port))
    board = await connect_fixed(port)
    await board.send(HELLO)
    assert device(hass).model == "ESP32-C3"
    assert device(hass).connections == set()


async def test_one_mac_address_twice(
    hass: HomeAssistant, board: Sketch, connect_token: Connect
) -> None:
    """Two boards with one MAC address, of a cheap chip, stay two."""
    other = await add(hass, token_entry("b" * 32, title="Garage"))
    second = await connect_token(f"/api/arduino_sensor/ws/{'b' * 32}")
    await board.send(HELLO)
    await second.send({**HELLO, "model": "other"})
    first = device(hass)
    assert first.id != device(hass, other.entry_id).id
    assert (first.name, first.model) == ("Kitchen", "ESP32-C3")
    assert device(hass, other.entry_id).name == "Garage"
    await board.send({"temp": 1})
    await second.send({"temp": 2})
    registry = er.async_get(hass)
    for entry in hass.config_entries.async_entries(DOMAIN):
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
            assert entity.device_id == device(hass, entry.entry_id).id


@pytest.mark.parametrize(
    ("title", "old", "new", "expected"),
    [
        # The board's own name, also with a number of ours.
        ("Kitchen", "Kitchen", "Pantry", "Pantry"),
        ("Kitchen 2", "Kitchen", "Pantry", "Pantry"),
        ("Kitchen", "Kitchen", "Shed", "Shed 2"),
        # A person's.
        ("Mine", "Kitchen", "Pantry", "Mine"),
        ("Kitchen sink", "Kitchen", "Pantry", "Kitchen sink"),
        # Nothing to go by.
        ("Kitchen", None, "Pantry", "Kitchen"),
        ("Kitchen", "Kitchen", None, "Kitchen"),
    ],
)
async def test_renamed(
    hass: HomeAssistant,
    connect_token: Connect,
    title: str,
    old: str | None,
    new: str | None,
    expected: str,
) -> None:
    """A device follows the board's name, unless a person has chosen another."""
    await add(hass, token_entry("s" * 32, title="Shed"))
    entry = await add(hass, token_entry(title=title))
    board = await connect_token()
    await board.send({"type": "hello", "name": old})
    assert entry.title == title
    await board.send({"type": "hello", "name": new})
    assert entry.title == expected
    assert device(hass, entry.entry_id).name == expected


async def test_distinct_names(hass: HomeAssistant) -> None:
    """Two boards of one name can be told apart."""
    entry = token_entry()
    entry.add_to_hass(hass)
    token_entry("b" * 32, title="Kitchen 2").add_to_hass(hass)
    assert distinct_name(hass, "Pantry") == "Pantry"
    assert distinct_name(hass, "Kitchen") == "Kitchen 3"
    assert distinct_name(hass, "Kitchen", entry) == "Kitchen"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Kitchen", "Kitchen"),
        ("[x](y)", r"\[x\]\(y\)"),
        ("<img src=x>", r"\<img src=x\>"),
        ("**a** `b` _c_", r"\*\*a\*\* \`b\` \_c\_"),
        ("http://x.y", r"http\://x\.y"),
    ],
)
def test_markdown(text: str, escaped: str) -> None:
    """A board's name is shown as it is, whatever is in it."""
    assert escape_markdown(text) == escaped


async def test_wrong_members_are_told(hass: HomeAssistant, board: Sketch) -> None:
    """What is wrong in a hello is told by its name; the rest counts."""
    wrong: dict[str, Any] = {**HELLO, "model": "x" * 65, "interval": 0}
    answers = await board.send(wrong)
    assert [answer["type"] for answer in answers] == ["error", "welcome"]
    assert (answers[0]["code"], answers[0]["field"]) == ("invalid_hello", "model")
    assert answers[0]["more"] == 1
    assert (device(hass).manufacturer, device(hass).model) == ("Espressif", None)

"""What a person attaches to a bug report."""

from collections.abc import Awaitable, Callable
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.arduino_sensor.const import DOMAIN
from custom_components.arduino_sensor.domain import async_get_domain
from custom_components.arduino_sensor.endpoint import SerialAddress
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component

from .common import Connect, Sketch, add, token_entry, wait_until
from .serial_cable import Cable, is_open, is_temperature, serial_entry

TOKEN = "7hq2nxw5kd9rbe4zt6gmvp3ycsfj8aui"
KEY = "0badc0de5eed1e55f00dfeed0ddba115" * 2
NEW_KEY = "d15ea5edca11ab1e7e57ab1e0ff1ce5e" * 2
BOARD_ID = "esp32-a0b1c2d3e4f5"
MAC = "a0:b1:c2:d3:e4:f5"

type Report = Callable[[], Awaitable[dict[str, Any]]]


@pytest.fixture
def entry() -> MockConfigEntry:
    """Return a board that has said who it is and what its channels are."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Kitchen",
        options={"grace": 5},
        data={
            "link": "token",
            "token": TOKEN,
            "about": {"id": BOARD_ID, "mac": MAC, "model": "ESP32-C3"},
            "channels": {
                "temp": {"type": "number"},
                "source": {"type": "text"},
                "heater": {
                    "type": "boolean",
                    "described": {"kind": "switch", "name": "Heater"},
                },
            },
        },
    )


@pytest.fixture
async def diagnostics(hass: HomeAssistant, loopback: None) -> None:
    """Set up what downloads reports, before anybody connects."""
    assert await async_setup_component(hass, "diagnostics", {})


@pytest.fixture
async def board(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    diagnostics: None,
    connect_token: Connect,
    entry: MockConfigEntry,
) -> Sketch:
    """Return the board, connected; time stands still."""
    await add(hass, entry)
    return await connect_token(f"/api/arduino_sensor/ws/{TOKEN}")


@pytest.fixture
def report(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> Report:
    """Return what downloads the report, as a person does."""

    async def _report() -> dict[str, Any]:
        found: dict[str, Any] = await get_diagnostics_for_config_entry(
            hass, hass_client, entry
        )
        return found

    return _report


async def test_what_is_known_of_a_board(
    board: Sketch, report: Report, freezer: FrozenDateTimeFactory
) -> None:
    """The channels, their last values, and how the link does are in the report."""
    await board.send({"temp": 25.5, "heater": True})
    freezer.tick(2)
    (answer,) = await board.send({"temp": 26, "x": [1]})
    freezer.tick(1)

    found = await report()

    assert found["entry"] == {
        "link": "token",
        "token": "**REDACTED**",
        "about": {"id": "**REDACTED**", "mac": "**REDACTED**", "model": "ESP32-C3"},
        "channels": {
            "temp": {"type": "number"},
            "source": {"type": "text"},
            "heater": {
                "type": "boolean",
                "described": {"kind": "switch", "name": "Heater"},
            },
        },
    }
    assert found["options"] == {"grace": 5}
    assert (found["available"], found["connected"]) == (True, True)
    assert found["rejected"] == 1
    assert found["channels"] == {
        "temp": {
            "kind": "sensor",
            "type": "number",
            "value": 26,
            "description": None,
        },
        "source": {
            "kind": "sensor",
            "type": "text",
            "value": None,
            "description": None,
        },
        "heater": {
            "kind": "switch",
            "type": "boolean",
            "value": True,
            "description": {"kind": "switch", "name": "Heater"},
        },
    }
    link = found["link"]
    frames = link.pop("frames")
    assert link == {
        "connects": 1,
        "drops": 0,
        "moves": 0,
        "reconnects_in_24_hours": 0,
        "received": 2,
        "sent": 1,
        "last_connect_age": 3.0,
        "last_drop_age": None,
    }
    assert frames == [
        {"age": 3.0, "direction": "in", "frame": '{"temp": 25.5, "heater": true}'},
        {"age": 1.0, "direction": "in", "frame": '{"temp": 26, "x": [1]}'},
        {"age": 1.0, "direction": "out", "frame": frames[-1]["frame"]},
    ]
    assert json.loads(frames[-1]["frame"]) == answer


async def test_the_link_is_remembered(
    hass: HomeAssistant, board: Sketch, report: Report, entry: MockConfigEntry
) -> None:
    """What happened before an option was changed is part of the story."""
    await board.send({"temp": 25.5})
    hass.config_entries.async_update_entry(entry, options={"grace": 6})
    assert await hass.config_entries.async_reload(entry.entry_id)
    await board.send("temp=26")

    link = (await report())["link"]

    assert (link["connects"], link["drops"]) == (1, 0)
    assert [frame["frame"] for frame in link["frames"][:2]] == [
        '{"temp": 25.5}',
        "temp=26",
    ]


async def test_the_device_has_the_same_report(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    device_registry: dr.DeviceRegistry,
    board: Sketch,
    report: Report,
    entry: MockConfigEntry,
) -> None:
    """A person may ask for it on the page of the board."""
    await board.send({"temp": 25.5})
    expected = await report()
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)

    found = await get_diagnostics_for_device(hass, hass_client, entry, device)

    assert found == expected


async def test_a_token_is_shown_nowhere(
    board: Sketch, report: Report, freezer: FrozenDateTimeFactory
) -> None:
    """A sketch that sends the address that it was given does not give it away."""
    address = f"ws://192.168.1.2:8123/api/arduino_sensor/ws/{TOKEN}"
    for frame in (
        {"token": TOKEN, "temp": 1},
        {"address": address, TOKEN: 1},
        f'{{"token": "{TOKEN}", "temp": 1',
        f"connecting to {address}",
        {"type": "hello", "token": TOKEN},
        {"type": "unknown", "token": [TOKEN]},
        f"{TOKEN}{TOKEN}, {TOKEN[:20]} and {TOKEN[-8:]}",
        # What is wrong is answered with a part of it.
        f'{{"x": "{TOKEN}',
    ):
        freezer.tick(1)
        await board.send(frame)

    found = await report()

    value = found["channels"]["address"]["value"]
    assert value == "ws://192.168.1.2:8123/api/arduino_sensor/ws/**REDACTED**"
    assert "**REDACTED**" in found["channels"]
    frames = found["link"]["frames"]
    assert {"in", "out"} == {frame["direction"] for frame in frames}
    assert "**REDACTED**, **REDACTED** and **REDACTED**" in [
        frame.get("frame") for frame in frames
    ]
    text = json.dumps(found)
    assert not any(TOKEN[at : at + 8] in text for at in range(len(TOKEN) - 7))


@pytest.mark.parametrize("disabled", [True, False])
async def test_a_key_is_shown_nowhere(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    diagnostics: None,
    disabled: bool,
) -> None:
    """Nor are both keys of a board that is getting a new one, nor what it is called."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Kitchen",
        unique_id=BOARD_ID,
        data={
            "link": "key",
            "board": BOARD_ID,
            "key": KEY,
            "new_key": NEW_KEY,
            "about": {"id": BOARD_ID, "mac": MAC},
            "channels": {"key": {"type": "text"}},
        },
        disabled_by=ConfigEntryDisabler.USER if disabled else None,
    )
    entry.add_to_hass(hass)
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    if not disabled:
        entry.runtime_data.receive(b'{"key": "K is %b"}' % KEY.encode())
        entry.runtime_data.receive(b'{"new_key": "%b"' % NEW_KEY.encode())

    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)

    assert ("channels" in found) is not disabled
    assert found["entry"]["channels"] == {"key": {"type": "text"}}
    text = json.dumps(found)
    for secret in (KEY, NEW_KEY, BOARD_ID, MAC):
        assert secret not in text


async def test_diagnostics_of_a_board_that_is_not_set_up(
    hass: HomeAssistant, diagnostics: None, hass_client: ClientSessionGenerator
) -> None:
    """What is stored can be had of a disabled board too, again without its token."""
    entry = token_entry(
        TOKEN, options={"grace": 5}, disabled_by=ConfigEntryDisabler.USER
    )
    entry.add_to_hass(hass)
    assert await async_setup_component(hass, DOMAIN, {})

    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)

    assert found == {
        "entry": {"link": "token", "token": "**REDACTED**", "channels": {}},
        "options": {"grace": 5},
    }


async def test_board_on_a_cable(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    diagnostics: None,
    cable: Cable,
) -> None:
    """How its port is, and what its sketch printed for people, are in the report."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    cable.send("half", "ready", {"temp": 1})
    await is_temperature(hass, "1")

    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["port"] == {
        "open": True,
        "openings": 1,
        "error": None,
        "printed": ["ready"],
    }

    cable.unplug()
    domain = await async_get_domain(hass)
    address = SerialAddress(cable.port, 115200, None)
    await wait_until(
        hass, lambda: domain.serial_ports.state(address)["error"] is not None
    )
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["port"] == {
        "open": False,
        "openings": 1,
        "error": "port_missing",
        "printed": ["ready"],
    }

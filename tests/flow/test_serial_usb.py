"""Boards that are offered when they are plugged in."""

from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.arduino_sensor.const import (
    CONF_BAUDRATE,
    CONF_BOARD,
    CONF_CHANNELS,
    CONF_LINK,
    DOMAIN,
    LINK_SERIAL,
)
from custom_components.arduino_sensor.port_flow import CONF_USB
from custom_components.arduino_sensor.usb_board import async_usb_board, usb_board
from homeassistant.components.usb import USBDevice, async_register_serial_port_scanner
from homeassistant.config_entries import SOURCE_IGNORE
from homeassistant.const import CONF_NAME, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.usb import UsbServiceInfo
from tests.common import add, state, wait_until
from tests.serial_cable import serial_entry

from .serial_steps import (
    HELLO,
    READING,
    Plug,
    discover,
    introduce,
    listen,
    offered_on_usb,
    plug_in,
    shown,
)
from .steps import choose, submit, suggested_by

USB_ID = "2341:0043:7573530353"


async def test_found(hass: HomeAssistant, plug: Plug) -> None:
    """An Uno is offered by its name, and left alone until somebody asks for it."""
    board = plug(READING)
    result = await discover(hass, plug_in(hass, board.port))
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "usb_confirm")
    assert shown(result, "board") == "Arduino Uno"
    (offer,) = offered_on_usb(hass)
    assert offer["context"]["title_placeholders"] == {"name": "Arduino Uno"}
    assert not board.is_open
    assert suggested_by(result) == {CONF_BAUDRATE: "115200"}

    result = await submit(hass, result, {CONF_BAUDRATE: "fast"})
    assert result["errors"] == {CONF_BAUDRATE: "invalid_baudrate"}
    result = await listen(hass, result, None)
    assert result["step_id"] == "serial_received"
    assert shown(result, "board") == "Arduino Uno"
    assert suggested_by(result) == {CONF_NAME: "Arduino Uno"}
    result = await submit(hass, result, {CONF_NAME: "Bench"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {
        CONF_LINK: LINK_SERIAL,
        CONF_PORT: board.port,
        CONF_BAUDRATE: 115200,
        CONF_USB: USB_ID,
        CONF_CHANNELS: {"temp": {"type": "number"}, "led": {"type": "boolean"}},
    }
    assert not offered_on_usb(hass)
    await wait_until(hass, lambda: state(hass, "sensor.bench_temperature") == "21.5")

    # Plugged in again, it is not offered again.
    result = await discover(hass, plug_in(hass, board.port))
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "already_configured",
    )


async def test_gone_again(hass: HomeAssistant, plug: Plug) -> None:
    """A board that cannot be opened is said to be so, for its only port."""
    board = plug(READING)
    result = await discover(hass, plug_in(hass, board.port))
    await board.unplug()
    result = await submit(hass, result, {CONF_BAUDRATE: "115200"})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "usb_confirm")
    assert result["errors"] == {"base": "port_missing"}


async def test_silent(hass: HomeAssistant, plug: Plug) -> None:
    """Another speed can be chosen for the same port."""
    board = plug(hello=None)
    result = await discover(hass, plug_in(hass, board.port))
    result = await listen(hass, result, None)
    assert result["step_id"] == "serial_silent"
    board.lines = [READING]
    result = await choose(hass, result, "serial_again")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "usb_confirm")
    result = await listen(hass, result, None)
    assert result["step_id"] == "serial_received"


async def test_added_by_hand(hass: HomeAssistant, plug: Plug) -> None:
    """Whoever chooses the port instead has the board offered no more."""
    board, other = plug(READING, hello=HELLO), plug(READING)
    await discover(hass, plug_in(hass, board.port))
    await discover(hass, plug_in(hass, other.port, serial_number="x-2"))
    result = await introduce(hass, board)
    # USB knows what it is, and the board who it is.
    assert shown(result, "board") == r"Greenhouse \(Uno R3\)"
    result = await submit(hass, result, {CONF_NAME: "Greenhouse"})
    assert result["data"][CONF_USB] == USB_ID
    assert result["result"].unique_id == "uno-1"
    (offer,) = offered_on_usb(hass)
    assert offer["context"]["unique_id"] == f"serial-{other.port}"


async def test_found_at_another_port(hass: HomeAssistant, plug: Plug) -> None:
    """Without a name that stays, its serial number tells that it is the same board."""
    await add(hass, serial_entry("/dev/ttyACM6", title="Desk"))
    entry = await add(hass, on_usb(serial_entry("/dev/ttyACM7", title="Bench")))
    board = plug(READING)
    result = await discover(hass, plug_in(hass, board.port))
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "already_configured",
    )
    await hass.async_block_till_done()
    assert entry.data[CONF_PORT] == board.port
    await wait_until(hass, lambda: state(hass, "sensor.bench_temperature") == "21.5")


def on_usb(entry: MockConfigEntry) -> MockConfigEntry:
    """Return an entry whose board's serial number is known."""
    data = {**entry.data, CONF_USB: USB_ID}
    return type(entry)(
        domain=DOMAIN, title=entry.title, unique_id=entry.unique_id, data=data
    )


def all_plugged_in(hass: HomeAssistant, *found: UsbServiceInfo) -> None:
    """Have Home Assistant find several devices at once."""
    devices = [
        USBDevice(
            device=info.device,
            vid=info.vid,
            pid=info.pid,
            serial_number=info.serial_number,
            manufacturer=info.manufacturer,
            description=info.description,
        )
        for info in found
    ]
    async_register_serial_port_scanner(hass, lambda _: devices)


async def test_another_board_at_the_old_port(hass: HomeAssistant, plug: Plug) -> None:
    """When a board has moved, what is plugged in where it was is another."""
    new, old = plug(READING), plug({"temp": 5})
    entry = await add(hass, on_usb(serial_entry(old.port, title="Bench")))
    await wait_until(hass, lambda: entry.runtime_data.connected)
    await old.unplug()
    await wait_until(hass, lambda: not entry.runtime_data.connected)
    result = await discover(hass, plug_in(hass, new.port))
    assert result["reason"] == "already_configured"
    await hass.async_block_till_done()
    assert entry.data[CONF_PORT] == new.port
    assert entry.unique_id == f"serial-{new.port}"

    result = await discover(hass, plug_in(hass, old.port, serial_number="other-1"))
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "usb_confirm")


async def test_moved_to_an_ignored_port(hass: HomeAssistant, plug: Plug) -> None:
    """A board can come to where another was ignored; one with an id keeps that."""
    board, other = plug(READING), plug(READING)
    for number, port in enumerate((board.port, other.port)):
        info = plug_in(hass, port, serial_number=f"x-{number}")
        await discover(hass, info)
        await hass.config_entries.flow.async_init(
            DOMAIN,
            context={"source": SOURCE_IGNORE},
            data={"unique_id": f"serial-{port}", "title": "Arduino Uno"},
        )
    entry = await add(hass, on_usb(serial_entry("/dev/ttyACM7")))
    await discover(hass, plug_in(hass, board.port))
    await hass.async_block_till_done()
    assert entry.unique_id == f"serial-{board.port}"
    ignored = hass.config_entries.async_entries(DOMAIN)
    ignored.remove(entry)
    assert [each.unique_id for each in ignored] == [f"serial-{other.port}"]
    await hass.config_entries.async_remove(entry.entry_id)

    entry = await add(hass, on_usb(serial_entry("/dev/ttyACM8", board="uno-1")))
    await discover(hass, plug_in(hass, other.port))
    await hass.async_block_till_done()
    assert (entry.data[CONF_PORT], entry.unique_id) == (other.port, "uno-1")


async def test_twin(hass: HomeAssistant, plug: Plug) -> None:
    """A copy with the same serial number is offered, and takes nobody's place."""
    first, second = plug(READING), plug({"temp": 99})
    entry = await add(hass, on_usb(serial_entry(first.port, title="Bench")))
    await wait_until(hass, lambda: state(hass, "sensor.bench_temperature") == "21.5")
    result = await discover(hass, plug_in(hass, second.port))
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "usb_confirm")
    assert entry.data[CONF_PORT] == first.port

    # Not even if its own is there and does not answer, as when Home Assistant starts.
    await hass.config_entries.async_unload(entry.entry_id)
    ports = [plug_in(hass, port) for port in (first.port, second.port)]
    all_plugged_in(hass, *ports)
    result = await discover(hass, ports[1])
    assert result["reason"] == "already_in_progress"
    result = await discover(hass, ports[0])
    assert result["reason"] == "already_configured"
    assert entry.data[CONF_PORT] == first.port


async def test_another_at_its_port(hass: HomeAssistant, plug: Plug) -> None:
    """A board is not where it was if USB says that another is, whatever that sends."""
    old, new = plug({"temp": 99}), plug(READING)
    entry = await add(hass, on_usb(serial_entry(old.port, title="Bench")))
    await wait_until(hass, lambda: entry.runtime_data.connected)
    at_old = plug_in(hass, old.port, serial_number="x-2")
    at_new = plug_in(hass, new.port)
    all_plugged_in(hass, at_old, at_new)
    await discover(hass, at_new)
    await hass.async_block_till_done()
    assert entry.data[CONF_PORT] == new.port


async def test_another_name(hass: HomeAssistant, plug: Plug, tmp_path: Path) -> None:
    """A board whose port has another name now is no second one."""
    board = plug(READING)
    link = tmp_path / "by-id"
    link.symlink_to(board.port)
    entry = await add(hass, on_usb(serial_entry(str(link), title="Bench")))
    await wait_until(hass, lambda: entry.runtime_data.connected)
    result = await discover(hass, plug_in(hass, board.port))
    assert result["reason"] == "already_configured"
    await hass.async_block_till_done()
    assert entry.data[CONF_PORT] == board.port


async def test_ignored(hass: HomeAssistant, plug: Plug) -> None:
    """A board that was ignored stays so, until somebody adds it by hand."""
    board = plug(READING, hello=HELLO)
    info = plug_in(hass, board.port)
    result = await discover(hass, info)
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": f"serial-{board.port}", "title": "Arduino Uno"},
    )
    await hass.async_block_till_done()
    assert not offered_on_usb(hass)
    result = await discover(hass, info)
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "already_configured",
    )

    result = await introduce(hass, board)
    result = await submit(hass, result, {CONF_NAME: "Bench"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.data[CONF_BOARD] == "uno-1"


@pytest.mark.parametrize(
    ("usb", "label", "model", "board_id"),
    [
        ({}, "Arduino Uno", "Arduino Uno", USB_ID),
        (
            {"pid": "0042"},
            "Arduino Mega 2560",
            "Arduino Mega 2560",
            "2341:0042:7573530353",
        ),
        ({"vid": "2A03"}, "Arduino Uno", "Arduino Uno", "2a03:0043:7573530353"),
        (
            {"pid": "8036", "description": "Arduino Leonardo", "serial_number": None},
            "Arduino Leonardo",
            "Arduino Leonardo",
            None,
        ),
        ({"pid": "FFFF"}, "Arduino", "Arduino", "2341:ffff:7573530353"),
        # Others give one number to all of theirs.
        (
            {"vid": "10C4", "description": "CP2102 ", "serial_number": "0001"},
            "CP2102",
            None,
            None,
        ),
        ({"vid": "1A86", "manufacturer": " "}, "/dev/ttyACM0", None, None),
        ({"vid": "1A86", "manufacturer": "QinHeng"}, "QinHeng", None, None),
    ],
)
def test_what_usb_says(
    usb: dict[str, Any], label: str, model: str | None, board_id: str | None
) -> None:
    """A board has its own name, or Arduino's, or what else is known of it."""
    info: dict[str, Any] = {
        "device": "/dev/ttyACM0",
        "vid": "2341",
        "pid": "0043",
        "serial_number": "7573530353",
        "manufacturer": "Arduino (www.arduino.cc)",
        "description": None,
        **usb,
    }
    board = usb_board(UsbServiceInfo(**info))
    assert (board.label, board.model, board.id) == (label, model, board_id)


async def test_what_is_at_a_port(
    hass: HomeAssistant, integration: None, tmp_path: Path
) -> None:
    """A port has several names; what is in the network is not on USB."""
    plug_in(hass, "/dev/null")
    link = tmp_path / "by-id"
    link.symlink_to("/dev/null")
    found = await async_usb_board(hass, str(link))
    assert found is not None
    assert found.model == "Arduino Uno"
    assert await async_usb_board(hass, "/dev/zero") is None
    assert await async_usb_board(hass, "socket://127.0.0.1:1") is None

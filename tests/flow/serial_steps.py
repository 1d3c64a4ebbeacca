"""What the tests of boards on a cable share: a bench, and what is done there."""

from collections.abc import Callable
from typing import Any

from custom_components.arduino_sensor.const import CONF_BAUDRATE
from homeassistant.components.usb import USBDevice, async_register_serial_port_scanner
from homeassistant.config_entries import SOURCE_USB, ConfigFlowResult
from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.usb import UsbServiceInfo
from tests.serial_board import SerialBoard

from .steps import after_progress, progress, start, submit

type Plug = Callable[..., SerialBoard]

READING = {"temp": 21.5, "led": True}
HELLO = {"id": "uno-1", "name": "Greenhouse", "model": "Uno R3"}


async def listen(
    hass: HomeAssistant,
    result: ConfigFlowResult,
    port: str | None,
    baudrate: str = "115200",
) -> ConfigFlowResult:
    """Fill in the form, and return what is shown when the board was listened to."""
    form = {CONF_BAUDRATE: baudrate}
    if port is not None:
        form[CONF_PORT] = port
    result = await submit(hass, result, form)
    assert result["step_id"] == "serial_listen"
    return await after_progress(hass, result)


async def introduce(
    hass: HomeAssistant, board: SerialBoard, baudrate: str = "115200"
) -> ConfigFlowResult:
    """Choose a board's port in a new dialog, and return what is shown then."""
    result = await start(hass, "serial")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "serial")
    return await listen(hass, result, board.port, baudrate)


def plug_in(hass: HomeAssistant, port: str, **usb: Any) -> UsbServiceInfo:
    """Have Home Assistant find a device at a port; return what it says of it."""
    info: dict[str, Any] = {
        "vid": "2341",
        "pid": "0043",
        "serial_number": "7573530353",
        "manufacturer": "Arduino (www.arduino.cc)",
        "description": None,
        **usb,
    }
    device = USBDevice(device=port, **info)
    async_register_serial_port_scanner(hass, lambda _: [device])
    return UsbServiceInfo(device=port, **info)


async def discover(hass: HomeAssistant, info: UsbServiceInfo) -> ConfigFlowResult:
    """Return what becomes of a device that is plugged in."""
    return await hass.config_entries.flow.async_init(
        "arduino_sensor", context={"source": SOURCE_USB}, data=info
    )


def offered_on_usb(hass: HomeAssistant) -> list[ConfigFlowResult]:
    """Return the boards that are shown as discovered."""
    return [flow for flow in progress(hass) if flow["context"]["source"] == SOURCE_USB]


def shown(result: ConfigFlowResult, name: str) -> str:
    """Return what a step shows in place of a name."""
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    return placeholders[name]

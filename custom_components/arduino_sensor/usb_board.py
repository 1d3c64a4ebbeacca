"""Boards as the computer's USB sees them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from homeassistant.components import usb
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service_info.usb import UsbServiceInfo

VENDORS: Final = frozenset({"2341", "2A03"})
"""The USB vendors of Arduino's own boards."""

# These do not say themselves what they are; most others do.
_MODELS: Final = {
    "0001": "Arduino Uno",
    "0043": "Arduino Uno",
    "0243": "Arduino Uno",
    "0010": "Arduino Mega 2560",
    "0042": "Arduino Mega 2560",
    "0242": "Arduino Mega 2560",
    "003F": "Arduino Mega ADK",
    "0044": "Arduino Mega ADK",
}


@dataclass(frozen=True, slots=True)
class UsbBoard:
    """What is known of what is plugged in, without having talked to it."""

    label: str
    """What it is, for people."""

    model: str | None
    """Which of Arduino's boards it is, if it is one."""

    id: str | None
    """What tells it from all others at whatever port it is, if it has such a thing."""


def usb_board(info: UsbServiceInfo | usb.USBDevice) -> UsbBoard:
    """Return what USB says of a device."""
    said = (info.description or "").strip()
    model = None
    if info.vid.upper() in VENDORS:
        model = said or _MODELS.get(info.pid.upper()) or "Arduino"
    serial = info.serial_number
    return UsbBoard(
        label=model or said or (info.manufacturer or "").strip() or info.device,
        model=model,
        # Others give the same serial number to all that they make.
        id=f"{info.vid}:{info.pid}:{serial}".lower() if model and serial else None,
    )


async def async_usb_board(hass: HomeAssistant, port: str) -> UsbBoard | None:
    """Return what is plugged in at a port; None if it is not one of USB."""
    if not port.startswith("/"):
        return None
    ports = [
        found
        for found in await usb.async_scan_serial_ports(hass)
        if isinstance(found, usb.USBDevice)
    ]

    def _at_port() -> UsbBoard | None:
        path = Path(port).resolve()
        for found in ports:
            if Path(found.device).resolve() == path:
                return usb_board(found)
        return None

    return await hass.async_add_executor_job(_at_port)

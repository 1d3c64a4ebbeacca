"""A board as a device: what its page shows."""

from collections.abc import Iterable
import re

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import CONNECTION_NETWORK_MAC, DeviceInfo

from .const import CONF_ABOUT, CONF_LINK, DOMAIN, LINK_FIXED
from .hello import About


def about(entry: ConfigEntry) -> About:
    """Return what a board has said of itself."""
    return About.from_stored(entry.data.get(CONF_ABOUT, {}))


def entry_of(hass: HomeAssistant, device_id: str) -> ConfigEntry | None:
    """Return the entry of a board by its device."""
    if (device := dr.async_get(hass).async_get(device_id)) is None:
        return None
    entry_id = next(
        (value for domain, value in device.identifiers if domain == DOMAIN), ""
    )
    return hass.config_entries.async_get_entry(entry_id)


def device_info(entry: ConfigEntry) -> DeviceInfo:
    """Return what the device registry is to have of a board."""
    board = about(entry)
    info = DeviceInfo(
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        manufacturer=board.manufacturer,
        model=board.model,
        hw_version=board.hardware,
        sw_version=board.firmware,
        serial_number=board.id,
    )
    # At a fixed address anyone in the network can say whose MAC address it has.
    if board.mac is not None and entry.data[CONF_LINK] != LINK_FIXED:
        info["connections"] = {(CONNECTION_NETWORK_MAC, board.mac)}
    return info


@callback
def async_update_device(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Bring the device registry up to date with what the board says."""
    registry = dr.async_get(hass)
    info = device_info(entry)
    device = registry.async_get_or_create(config_entry_id=entry.entry_id, **info)
    # A board that took another's place has another address.
    connections = info.get("connections", set())
    if device.connections != connections:
        registry.async_update_device(device.id, new_connections=connections)


def distinct_name(
    hass: HomeAssistant,
    name: str,
    entry: ConfigEntry | None = None,
    also_taken: Iterable[str] = (),
) -> str:
    """Return a name that no other board has: with a number if another has it.

    `entry` is that of the board itself; `also_taken` are names that are spoken for.
    """
    taken = {
        other.title
        for other in hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        if other is not entry
    }
    taken.update(also_taken)
    distinct, number = name, 1
    while distinct in taken:
        number += 1
        distinct = f"{name} {number}"
    return distinct


def renamed(
    hass: HomeAssistant, entry: ConfigEntry, old: str | None, new: str | None
) -> str:
    """Return a board's title after it gave itself another name.

    The title follows only if it was the board's own: a person's choice stays.
    """
    if new is None or new == old or old is None:
        return entry.title
    if not re.fullmatch(re.escape(old) + r"(?: \d+)?", entry.title):
        return entry.title
    return distinct_name(hass, new, entry)


def escape_markdown(text: str) -> str:
    """Return a board's text so that a dialog shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~&:@])", r"\\\1", text)

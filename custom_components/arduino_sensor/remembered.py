"""What a board's config entry remembers of it.

Channels are kept there and nowhere else, so that entities exist at start-up before
the board reports.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TYPE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .channels import MAX_CHANNELS, Channel
from .collecting import too_many
from .const import CONF_ABOUT, CONF_CHANNELS, CONF_DESCRIBED
from .description import Description
from .device import about, async_update_device, renamed
from .hello import About
from .protocol import ChannelType, Problem


def channels_of(entry: ConfigEntry) -> dict[str, Channel]:
    """Return the channels that an entry remembers, without values."""
    return {
        key: Channel(
            key,
            ChannelType(kept[CONF_TYPE]),
            Description.from_stored(kept[CONF_DESCRIBED])
            if CONF_DESCRIBED in kept
            else None,
        )
        for key, kept in entry.data[CONF_CHANNELS].items()
    }


def stored(channels: Mapping[str, Channel]) -> dict[str, dict[str, Any]]:
    """Return what an entry keeps of channels: no values."""
    kept: dict[str, dict[str, Any]] = {}
    for key, channel in channels.items():
        kept[key] = {CONF_TYPE: channel.type.value}
        if channel.description is not None:
            kept[key][CONF_DESCRIBED] = channel.description.as_stored()
    return kept


@callback
def async_save_channels(
    hass: HomeAssistant, entry: ConfigEntry, channels: Mapping[str, Channel]
) -> None:
    """Remember these channels and no others."""
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_CHANNELS: stored(channels)}
    )


@callback
def async_save_about(hass: HomeAssistant, entry: ConfigEntry, new: About) -> None:
    """Remember what a board says of itself, and show it on its page."""
    if new == (old := about(entry)):
        return
    hass.config_entries.async_update_entry(
        entry,
        data={**entry.data, CONF_ABOUT: new.as_stored()},
        title=renamed(hass, entry, old.name, new.name),
    )
    async_update_device(hass, entry)


def merge(
    channels: Mapping[str, Channel], described: Mapping[str, Description]
) -> tuple[dict[str, Channel], list[Problem]]:
    """Return a board's channels after it has described them.

    Channels that are described as before are the same objects. Those that were
    described before and are not any more are gone; those only in readings stay.
    """
    merged = {
        key: channel
        for key, channel in channels.items()
        if key in described or channel.description is None
    }
    problems: list[Problem] = []
    for key, description in described.items():
        if (old := merged.get(key)) is not None and old.description == description:
            continue
        if old is None and len(merged) >= MAX_CHANNELS:
            problems.append(too_many(key))
            continue
        merged[key] = Channel(key, description.value_type, description)
    return merged, problems


@callback
def async_remove_entities(
    hass: HomeAssistant, entry: ConfigEntry, keys: set[str], kept: Mapping[str, Channel]
) -> None:
    """Remove the entities of channels that are gone, or are of another kind now."""
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        owner, hyphen, key = entity.unique_id.partition("-")
        if owner != entry.entry_id or not hyphen or key not in keys:
            continue
        if key not in kept or kept[key].kind != entity.domain:
            registry.async_remove(entity.entity_id)

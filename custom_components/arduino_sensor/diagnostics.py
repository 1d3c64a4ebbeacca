"""What a person can attach to a bug report, without their secrets in it."""

from collections.abc import Mapping
import time
from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_TOKEN, CONF_TYPE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry

from .board import BoardConfigEntry
from .const import CONF_BOARD, CONF_CHANNELS, CONF_KEY, CONF_NEW_KEY, CONF_SOURCE
from .domain import async_get_domain
from .endpoint import SerialAddress, address_of

SECRETS: Final = (CONF_TOKEN, CONF_KEY, CONF_NEW_KEY)
"""What lets somebody play the board: not shown, wherever it stands."""

# A board's id is made from its network address, as a rule.
TO_REDACT: Final = frozenset({*SECRETS, CONF_SOURCE, CONF_BOARD, "id", "mac"})

PIECE: Final = 8
"""So many characters of a secret, in a row, are not shown either."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: BoardConfigEntry
) -> dict[str, Any]:
    """Return what is known of a board."""
    data = dict(entry.data)
    channels = data.pop(CONF_CHANNELS)
    report: dict[str, Any] = {
        # Not in the channels: one of them may have such a name.
        "entry": {**async_redact_data(data, TO_REDACT), CONF_CHANNELS: channels},
        "options": dict(entry.options),
    }
    if entry.state is ConfigEntryState.LOADED:
        board = entry.runtime_data
        report |= {
            "available": board.available,
            "connected": board.connected,
            "last_seen": board.last_seen.isoformat() if board.last_seen else None,
            "rejected": board.reporter.count,
            "link": board.link.as_dict(time.monotonic()),
            "publishing": board.publishing.as_dict(),
            "health": board.health.as_dict(time.monotonic()),
            "history": board.past and board.past.as_dict(),
            "channels": {
                channel.key: {
                    "kind": channel.kind.value,
                    CONF_TYPE: channel.type.value,
                    "value": channel.value,
                    **({} if channel.calibration is None else {"raw": channel.raw}),
                    "description": channel.description
                    and channel.description.as_stored(),
                }
                for channel in board.channels.values()
            },
        }
        if isinstance(address := address_of(entry.data), SerialAddress):
            domain = await async_get_domain(hass)
            report["port"] = {
                **domain.serial_ports.state(address),
                "printed": list(board.link.printed),
            }
    pieces = {
        secret[at : at + PIECE]
        for secret in (entry.data.get(key) or "" for key in SECRETS)
        for at in range(len(secret) - PIECE + 1)
    }
    return {key: _without(value, pieces) for key, value in report.items()}


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: BoardConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return what is known of a board: it is the only device of its entry."""
    return await async_get_config_entry_diagnostics(hass, entry)


def _without(value: Any, pieces: set[str]) -> Any:
    """Return a value with something else for secrets, wherever in a text they stand.

    A sketch may send anything, also the address that it was given, and an answer to
    that has a part of it.
    """
    if isinstance(value, str):
        return _hide(value, pieces)
    if isinstance(value, Mapping):
        return {
            _hide(key, pieces): _without(member, pieces)
            for key, member in value.items()
        }
    if isinstance(value, list):
        return [_without(member, pieces) for member in value]
    return value


def _hide(text: str, pieces: set[str]) -> str:
    shown: list[str] = []
    end = 0
    for at in range(len(text) - PIECE + 1):
        if text[at : at + PIECE] in pieces:
            # Pieces that touch are parts of one secret.
            if at > end or not shown:
                shown += text[end:at], REDACTED
            end = at + PIECE
    return "".join((*shown, text[end:]))

"""What happens to boards that an automation can wait for."""

from enum import StrEnum
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType


class Happening(StrEnum):
    """What can happen to a board."""

    CONNECTED = "connected"
    """A connection to it was made; not when its entry is set up again."""

    WENT_SILENT = "went_silent"
    """It was available, and is not any more."""

    CAME_BACK = "came_back"
    """It was not available, and is: also for the first time since a start."""

    REJECTED = "rejected"
    """It sent what could not be used: `code`, `key` (empty if it is none), `message`."""

    CHANNEL_PROBLEM = "channel_problem"
    """One of its sensors cannot be believed: `key`, `channel` (its name), `code`."""

    CHANNEL_RECOVERED = "channel_recovered"
    """That is over, or the sensor is gone: the same, with the `code` of what was wrong."""


SETTLE: Final = 1.0
"""How long what is so already is not told, in seconds: `this` has to be there first.

An automation begins to listen before it has a state.
"""

SIGNAL_HAPPENING: Final = SignalType[str, Happening, dict[str, str]](
    "arduino_sensor_happening"
)
"""Sent with the id of the board's config entry, what happened, and more about it."""


@callback
def async_tell(
    hass: HomeAssistant, entry_id: str, happening: Happening, **data: str
) -> None:
    """Tell the automations that wait for it what happened to a board.

    An automation may run each time, so this is not for every frame.
    """
    async_dispatcher_send(hass, SIGNAL_HAPPENING, entry_id, happening, data)

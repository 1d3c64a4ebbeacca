"""What can be written of the past."""

from enum import StrEnum

from homeassistant.exceptions import HomeAssistantError


class Mode(StrEnum):
    """What can be written of the past, for people to read."""

    ALL = "states and statistics"
    STATISTICS = "statistics"
    NOTHING = "nothing"


class NotWrittenError(HomeAssistantError):
    """The recorder does not write just now."""

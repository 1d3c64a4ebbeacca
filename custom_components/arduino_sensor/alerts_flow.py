"""The offer to get told when something is wrong."""

import logging
from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult

from .alerts_blueprints import async_copy_blueprints
from .device import escape_markdown

_LOGGER = logging.getLogger(__name__)


class AlertsFlow(ConfigFlow):
    """The part of the config flow that copies the blueprints for alerts."""

    async def async_step_alerts(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Copy the blueprints, and say where they are."""
        try:
            copied = await async_copy_blueprints(self.hass)
        except OSError as err:
            _LOGGER.warning("The blueprints for alerts cannot be copied: %s", err)
            return self.async_abort(
                reason="alerts_not_copied",
                description_placeholders={"error": escape_markdown(str(err))},
            )
        if copied.changed:
            return self.async_abort(
                reason="alerts_partly_copied",
                description_placeholders={
                    "files": ", ".join(f"`{name}`" for name in copied.changed)
                },
            )
        return self.async_abort(reason="alerts_copied")

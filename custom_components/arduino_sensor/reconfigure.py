"""How a board is changed later."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_NAME, CONF_TOKEN
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from .address import async_get_address
from .board import BoardConfigEntry
from .const import (
    CONF_CHANNELS,
    CONF_LINK,
    CONF_SOURCE,
    LINK_FIXED,
    LINK_KEY,
    LINK_SERIAL,
    LINK_TOKEN,
    LINK_VIRTUAL,
)
from .device import distinct_name, escape_markdown
from .forms import (
    FIXED_SCHEMA,
    NAME_SCHEMA,
    async_check_fixed,
    channels_schema,
    check_name,
    copy_schema,
    split_address,
)
from .pairing_flow import PairingFlow
from .pending import new_token
from .sketch import async_get_sketch

_MENUS: Final = {
    LINK_TOKEN: [
        "rename",
        "show_sketch",
        "new_token",
        "replace_board",
        "forget_channels",
    ],
    LINK_FIXED: ["fixed", "replace_board", "forget_channels"],
    LINK_KEY: ["rename", "replace_board", "new_key", "forget_channels"],
    LINK_SERIAL: ["rename", "serial_port", "replace_wireless", "forget_channels"],
    LINK_VIRTUAL: ["rename", "forget_channels"],
}


class ReconfigureFlow(PairingFlow):
    """The part of the config flow that changes a board."""

    # Whose sketch is shown, and what was done when it has been.
    _token: str
    _done = "nothing_changed"
    # The agreement on a new key.

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what is to be changed."""
        entry = self._get_reconfigure_entry()
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=_MENUS[entry.data[CONF_LINK]],
            description_placeholders={"name": escape_markdown(entry.title)},
        )

    async def async_step_rename(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Give the board another name."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            name = check_name(user_input, errors)
            if not errors:
                # The device takes its name from the entry when that is set up.
                return self.async_update_reload_and_abort(
                    entry,
                    title=distinct_name(self.hass, name, entry),
                    reload_even_if_entry_is_unchanged=False,
                )
        return self.async_show_form(
            step_id="rename",
            data_schema=self.add_suggested_values_to_schema(
                NAME_SCHEMA, user_input or {CONF_NAME: entry.title}
            ),
            errors=errors,
        )

    async def async_step_fixed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the name, and where the board connects."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            name = check_name(user_input, errors)
            user_input = split_address(user_input, errors)
            board = await async_check_fixed(self.hass, user_input, errors, entry)
            if not errors:
                await self._async_stop_ignoring(board.unique_id)
                return self.async_update_reload_and_abort(
                    entry,
                    title=distinct_name(self.hass, name, entry),
                    unique_id=board.unique_id,
                    data_updates=board.data,
                    reload_even_if_entry_is_unchanged=False,
                )
        else:
            user_input = {**entry.data, CONF_NAME: entry.title}
            if user_input[CONF_SOURCE] is None:
                del user_input[CONF_SOURCE]
        return self.async_show_form(
            step_id="fixed",
            data_schema=self.add_suggested_values_to_schema(FIXED_SCHEMA, user_input),
            errors=errors,
        )

    async def async_step_show_sketch(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the sketch again."""
        self._token = self._get_reconfigure_entry().data[CONF_TOKEN]
        return await self.async_step_sketch()

    async def async_step_new_token(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Give the board another address, and show it."""
        entry = self._get_reconfigure_entry()
        if user_input is None:
            return self.async_show_form(
                step_id="new_token",
                description_placeholders={"name": escape_markdown(entry.title)},
            )
        self._token = new_token()
        self._done = "new_token_given"
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_TOKEN: self._token}
        )
        self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return await self.async_step_sketch()

    async def async_step_sketch(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the address and the sketch."""
        if user_input is not None:
            return await self._async_sketch_shown()
        address = await async_get_address(self.hass, self._token)
        return self.async_show_form(
            step_id="sketch_loopback"
            if address.is_loopback
            else "sketch_tls"
            if address.tls
            else "sketch",
            data_schema=copy_schema(
                "sketch", await async_get_sketch(self.hass, address)
            ),
            description_placeholders={"address": address.url},
        )

    async def async_step_sketch_tls(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the same where Home Assistant only speaks TLS."""
        return await self.async_step_sketch(user_input)

    async def async_step_sketch_loopback(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the same where no board can reach Home Assistant."""
        return await self.async_step_sketch(user_input)

    async def _async_sketch_shown(self) -> ConfigFlowResult:
        return self.async_abort(reason=self._done)

    async def async_step_new_key(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Have the board agree on a new key."""
        entry = self._get_reconfigure_entry()
        if user_input is None:
            return self.async_show_form(
                step_id="new_key",
                description_placeholders={"name": escape_markdown(entry.title)},
            )
        # No progress is shown: it takes a moment, and the page would miss its end.
        return self.async_abort(reason=await self._async_rotate())

    async def _async_rotate(self) -> str:
        """Return how it ended."""
        entry: BoardConfigEntry = self._get_reconfigure_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return "board_away"
        try:
            await entry.runtime_data.dialogue.async_replace_key()
        except HomeAssistantError as err:
            return (
                "board_away"
                if err.translation_key == "board_away"
                else "key_not_replaced"
            )
        return "key_replaced"

    async def async_step_forget_channels(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Forget channels, until they are sent again."""
        entry = self._get_reconfigure_entry()
        channels = entry.data[CONF_CHANNELS]
        if not channels:
            return self.async_abort(reason="no_channels")
        errors: dict[str, str] = {}
        if user_input is not None:
            if forgotten := set(user_input[CONF_CHANNELS]):
                self._forget(entry, forgotten)
                kept = {
                    key: stored
                    for key, stored in channels.items()
                    if key not in forgotten
                }
                return self.async_update_reload_and_abort(
                    entry, data_updates={CONF_CHANNELS: kept}
                )
            errors[CONF_CHANNELS] = "nothing_chosen"
        return self.async_show_form(
            step_id="forget_channels",
            data_schema=channels_schema(channels),
            errors=errors,
        )

    @callback
    def _forget(self, entry: BoardConfigEntry, channels: set[str]) -> None:
        """Remove the entities of channels, and what the running board has of them."""
        if entry.state is ConfigEntryState.LOADED:
            # With its next new channel, it would save them again.
            for key in channels:
                entry.runtime_data.channels.pop(key, None)
        registry = er.async_get(self.hass)
        unique_ids = {f"{entry.entry_id}-{key}" for key in channels}
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
            if entity.unique_id in unique_ids:
                registry.async_remove(entity.entity_id)

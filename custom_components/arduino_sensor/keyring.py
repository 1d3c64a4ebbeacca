"""The keys of the boards that have one: they are kept in their config entries."""

import time
from typing import Final

from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .const import CONF_KEY, CONF_LINK, CONF_NEW_KEY, DOMAIN, LINK_KEY, LINK_TOKEN
from .device import about

ASK_AGAIN: Final = 24 * 60 * 60.0
"""How long nobody is asked about a key again after that was needless, in seconds."""


class Keyring:
    """Finds the entry of a board by its id, and its keys."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Keep nothing of the entries: they come and go."""
        self._hass = hass
        # When questions about a key turned out to be needless, by board.
        self._in_vain: dict[str, float] = {}

    def entry_of(self, board_id: str) -> ConfigEntry | None:
        """Return the entry of a board with a key, also if it is disabled."""
        entry = self._hass.config_entries.async_entry_for_domain_unique_id(
            DOMAIN, board_id
        )
        if entry is None or entry.data.get(CONF_LINK) != LINK_KEY:
            return None
        return entry

    def keyless_entry_of(self, board_id: str) -> ConfigEntry | None:
        """Return the entry of a board that was added with a token.

        It is known by what it says of itself, so this is a guess for a person to
        confirm; None if several boards say the same. At a fixed address anybody could
        say it.
        """
        entries = [
            entry
            for entry in self._hass.config_entries.async_entries(
                DOMAIN, include_ignore=False, include_disabled=False
            )
            if entry.data[CONF_LINK] == LINK_TOKEN and about(entry).id == board_id
        ]
        return entries[0] if len(entries) == 1 else None

    def is_ignored(self, board_id: str) -> bool:
        """Return whether a person chose to ignore a board."""
        entry = self._hass.config_entries.async_entry_for_domain_unique_id(
            DOMAIN, board_id
        )
        return entry is not None and entry.source == SOURCE_IGNORE

    def keys_of(self, board_id: str) -> list[bytes]:
        """Return the keys that count for a board: two while a new one is not proven."""
        if (entry := self.entry_of(board_id)) is None:
            return []
        return [
            bytes.fromhex(entry.data[name])
            for name in (CONF_KEY, CONF_NEW_KEY)
            if name in entry.data
        ]

    @callback
    def proven(self, board_id: str, key: bytes) -> None:
        """Take note that a board has proven a key: an older one ends with that.

        A question to a person about the board's key has its answer too.
        """
        if (entry := self.entry_of(board_id)) is None:
            return
        if entry.data.get(CONF_NEW_KEY) == key.hex():
            data = {**entry.data, CONF_KEY: key.hex()}
            del data[CONF_NEW_KEY]
            self._hass.config_entries.async_update_entry(entry, data=data)
        flows = self._hass.config_entries.flow
        for flow in list(entry.async_get_active_flows(self._hass, {SOURCE_REAUTH})):
            flows.async_abort(flow["flow_id"])
            self._in_vain[board_id] = time.monotonic()

    def was_in_vain(self, board_id: str) -> bool:
        """Return whether a person was asked lately, and the board had its key.

        Then somebody else has used its name, and may do so for ever.
        """
        asked = self._in_vain.get(board_id)
        return asked is not None and time.monotonic() < asked + ASK_AGAIN

    @callback
    def add_key(self, board_id: str, key: bytes) -> None:
        """Give a board a new key, beside the old one until it is proven."""
        if (entry := self.entry_of(board_id)) is not None:
            self._hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_NEW_KEY: key.hex()}
            )

"""Addresses that are good once, for programs that log in to Home Assistant."""

from http import HTTPStatus
import secrets
import time
from typing import TYPE_CHECKING, Final

from aiohttp import web

from homeassistant.components.http import HomeAssistantView, require_admin
from homeassistant.components.http.data_validator import RequestDataValidator
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .const import CONF_BOARD, CONF_LINK, DOMAIN, LINK_VIRTUAL

if TYPE_CHECKING:
    # From 2026.9 on, this is what Home Assistant has under voluptuous' name.
    import probatio as vol
else:
    import voluptuous as vol

LIFETIME: Final = 30
"""How long a ticket is good, in seconds."""

MAX_TICKETS: Final = 64

_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_BOARD): vol.All(str, vol.Length(min=1, max=64))}
)


class Tickets:
    """The tickets that are outstanding."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with none."""
        self._hass = hass
        self._tickets: dict[str, tuple[str, float]] = {}

    def issue(self, entry: ConfigEntry) -> str | None:
        """Return a ticket for a board's entry, or None if too many are outstanding."""
        now = time.monotonic()
        self._tickets = {
            ticket: (entry_id, ends)
            for ticket, (entry_id, ends) in self._tickets.items()
            if ends > now
        }
        if len(self._tickets) >= MAX_TICKETS:
            return None
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = (entry.entry_id, now + LIFETIME)
        return ticket

    def take(self, ticket: str) -> ConfigEntry | None:
        """Return the entry that a ticket is for: it is used up with that."""
        entry_id, ends = self._tickets.pop(ticket, (None, 0.0))
        if entry_id is None or ends <= time.monotonic():
            return None
        return self._hass.config_entries.async_get_entry(entry_id)

    def entry_for(self, board: str) -> ConfigEntry | None:
        """Return the entry of a board, by the id of its key or by the entry's."""
        entries = self._hass.config_entries.async_entries(
            DOMAIN, include_ignore=False, include_disabled=False
        )
        return next(
            (
                entry
                for entry in entries
                if entry.data[CONF_LINK] != LINK_VIRTUAL
                # Not by what a board says of itself: only a key makes an id its own.
                and board in (entry.entry_id, entry.data.get(CONF_BOARD))
            ),
            None,
        )


class TicketView(HomeAssistantView):
    """Where an administrator gets a ticket."""

    url = "/api/arduino_sensor/ticket"
    name = "api:arduino_sensor:ticket"

    def __init__(self, tickets: Tickets, prefix: str) -> None:
        """Make the view; what is served at `prefix` and a ticket is a board's."""
        self._tickets = tickets
        self._prefix = prefix

    @require_admin
    @RequestDataValidator(_SCHEMA)
    async def post(self, request: web.Request, data: dict[str, str]) -> web.Response:
        """Return an address for one connection of one board."""
        if (entry := self._tickets.entry_for(data[CONF_BOARD])) is None:
            return self.json_message(
                "There is no such board, or it is disabled.", HTTPStatus.NOT_FOUND
            )
        if (ticket := self._tickets.issue(entry)) is None:
            return self.json_message(
                f"{MAX_TICKETS} tickets are outstanding: wait {LIFETIME} seconds.",
                HTTPStatus.TOO_MANY_REQUESTS,
            )
        return self.json({"path": f"{self._prefix}{ticket}", "expires": LIFETIME})

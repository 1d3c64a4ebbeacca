"""Who may come in, and what becomes of who may not."""

from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
import time
from typing import Final

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY
from homeassistant.const import CONF_PATH, CONF_PORT, CONF_TOKEN
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import discovery_flow, issue_registry as ir

from .board import BoardConfigEntry
from .connection import CloseCode
from .const import (
    CONF_LINK,
    CONF_NETWORKS,
    CONF_SOURCE,
    DOMAIN,
    LINK_FIXED,
    PRIVATE_NETWORKS,
)
from .endpoint import (
    Address,
    Endpoint,
    FixedAddress,
    address_of,
    is_in_networks,
    not_in_networks,
)
from .protocol import Problem
from .tickets import Tickets

FAILED_LOGIN_INTERVAL: Final = 600.0
"""A board that goes on knocking counts as one failed login in so many seconds."""

MAX_REMEMBERED_KNOCKS: Final = 256
MAX_DISCOVERED: Final = 8

ISSUE_UNKNOWN_ADDRESS: Final = "unknown_address"

_PRIVATE: Final = tuple(ip_network(network) for network in PRIVATE_NETWORKS)


@dataclass(frozen=True, slots=True)
class Admission:
    """A connection may come in."""

    address: Address = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A connection may not come in."""

    code: CloseCode
    problem: Problem
    failed_login: bool = False


def is_private(source: str) -> bool:
    """Return whether an IP address is one that the internet does not route."""
    address = ip_address(source)
    return any(address in network for network in _PRIVATE)


class Gatekeeper:
    """Decides on each connection before it begins."""

    def __init__(
        self, hass: HomeAssistant, endpoint: Endpoint, tickets: Tickets
    ) -> None:
        """Begin with no stranger known."""
        self._hass = hass
        self._endpoint = endpoint
        self._tickets = tickets
        self._knocks: OrderedDict[str, float] = OrderedDict()
        self._knocker: str | None = None

    def admit_token(self, token: str, source: str) -> Admission | Refusal:
        """Return whether a token is a board's."""
        if self._endpoint.pending.get(token) is not None:
            return self._admit(token, source)
        if (ticketed := self._tickets.take(token)) is not None and (
            address := address_of(ticketed.data)
        ) is not None:
            return Admission(address)
        entry = next(
            (
                entry
                for entry in self._hass.config_entries.async_entries(DOMAIN)
                if entry.data.get(CONF_TOKEN) == token
            ),
            None,
        )
        if entry is None:
            return Refusal(
                CloseCode.UNKNOWN_ADDRESS,
                Problem(
                    "unknown_address",
                    "Home Assistant does not know this address. Copy it again from "
                    "the board's page there: Reconfigure, then Show the sketch.",
                ),
                failed_login=True,
            )
        if entry.disabled_by is not None:
            # The token is right: this is no failed login.
            return Refusal(
                CloseCode.UNKNOWN_ADDRESS,
                Problem("unknown_address", "This board is disabled in Home Assistant."),
            )
        return self._admit(token, source)

    def admit_fixed(self, port: int, path: str, source: str) -> Admission | Refusal:
        """Return whether a source may use a path on a port of its own."""
        entries = [
            entry
            for entry in self._hass.config_entries.async_entries(
                DOMAIN, include_ignore=False, include_disabled=False
            )
            if entry.data[CONF_LINK] == LINK_FIXED
            and (entry.data[CONF_PORT], entry.data[CONF_PATH]) == (port, path)
            and entry.data[CONF_SOURCE] in (source, None)
        ]
        if not entries:
            return Refusal(
                CloseCode.UNKNOWN_ADDRESS,
                Problem(
                    "unknown_address",
                    "Home Assistant has no board with this path and source address "
                    f"({source}).",
                ),
            )
        # An entry for just this source comes before one for any.
        entry = max(entries, key=lambda entry: entry.data[CONF_SOURCE] is not None)
        if not is_in_networks(source, entry.data):
            return Refusal(CloseCode.NOT_ALLOWED, not_in_networks(source))
        address = FixedAddress(port, path, entry.data[CONF_SOURCE])
        if (holder := self._endpoint.holder(address)) not in (source, None):
            self._discover_second(entry, source)
            return Refusal(
                CloseCode.ADDRESS_IN_USE,
                Problem(
                    "address_in_use",
                    f"Another board ({holder}) uses this address. Home Assistant "
                    "offers this one as Discovered: add it there.",
                ),
            )
        return self._admit(address, source)

    def _admit(self, address: Address, source: str) -> Admission:
        if source == self._knocker:
            self._knocker = None
            ir.async_delete_issue(self._hass, DOMAIN, ISSUE_UNKNOWN_ADDRESS)
        return Admission(address)

    # Strangers.

    def is_failed_login(self, source: str) -> bool:
        """Return whether a wrong token from here counts as a failed login now.

        A board that was deleted in Home Assistant goes on knocking, and would have
        its own house banned if every knock counted.
        """
        now = time.monotonic()
        if (last := self._knocks.get(source)) is not None:
            if now < last + FAILED_LOGIN_INTERVAL:
                return False
            del self._knocks[source]
        self._knocks[source] = now
        if len(self._knocks) > MAX_REMEMBERED_KNOCKS:
            self._knocks.popitem(last=False)
        if is_private(source):
            self._knocker = source
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                ISSUE_UNKNOWN_ADDRESS,
                is_fixable=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key=ISSUE_UNKNOWN_ADDRESS,
                translation_placeholders={"source": source},
            )
        return True

    def _discover_second(self, entry: BoardConfigEntry, source: str) -> None:
        """Offer a board that uses an address which another one has already."""
        if self._hass.state is not CoreState.running:
            # Until then flows are queued and not counted; the board knocks again.
            return
        flows = self._hass.config_entries.flow.async_progress_by_handler(
            DOMAIN, match_context={"source": SOURCE_INTEGRATION_DISCOVERY}
        )
        # Those at fixed addresses: boards that wait for a code are counted elsewhere.
        offered = [
            flow for flow in flows if "@" in (flow["context"].get("unique_id") or "")
        ]
        if len(offered) < MAX_DISCOVERED:
            discovery_flow.async_create_flow(
                self._hass,
                DOMAIN,
                context={"source": SOURCE_INTEGRATION_DISCOVERY},
                data={
                    CONF_PORT: entry.data[CONF_PORT],
                    CONF_PATH: entry.data[CONF_PATH],
                    CONF_NETWORKS: entry.data[CONF_NETWORKS],
                    CONF_SOURCE: source,
                },
            )

"""What belongs to the integration as a whole, not to one board."""

from dataclasses import dataclass

from homeassistant.core import HomeAssistant
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .admission import Gatekeeper
from .const import DOMAIN
from .endpoint import Endpoint
from .enrolment import Enrolment
from .history.backfill import Backfill
from .tickets import Tickets, TicketView
from .transports.listener import Listeners
from .transports.serial_ports import SerialPorts
from .transports.websocket import URL_PREFIX, BoardView, SharedView, WebSocketServer


@dataclass(frozen=True, slots=True)
class Domain:
    """The shared endpoint, and the ports opened for it."""

    endpoint: Endpoint
    listeners: Listeners
    serial_ports: SerialPorts
    enrolment: Enrolment
    backfill: Backfill


_DATA: HassKey[Domain] = HassKey(DOMAIN)


@singleton(_DATA, async_=True)
async def async_get_domain(hass: HomeAssistant) -> Domain:
    """Return what all boards share, making it at the first call.

    The config flow calls this too: a board can connect before the first entry
    exists. A view, once registered, stays for as long as Home Assistant runs.
    """
    endpoint = Endpoint(hass)
    await endpoint.pending.async_load()
    backfill = Backfill(hass)
    await backfill.async_load()
    tickets = Tickets(hass)
    enrolment = Enrolment()
    server = WebSocketServer(
        hass, endpoint, Gatekeeper(hass, endpoint, tickets), enrolment
    )
    hass.http.register_view(SharedView(server))
    hass.http.register_view(BoardView(server))
    hass.http.register_view(TicketView(tickets, URL_PREFIX))
    return Domain(
        endpoint,
        Listeners(hass, server),
        SerialPorts(hass, endpoint),
        enrolment,
        backfill,
    )

"""Arduino boards as Home Assistant devices: no broker, no YAML, no cloud."""

import errno

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .actions import async_set_up_actions
from .alerts import async_get_alerts
from .alerts_api import async_register_alerts
from .alerts_blueprints import async_renew_blueprints
from .board import Board, BoardConfigEntry
from .checkup import (
    async_check_up,
    async_remove_repairs,
    async_update_repairs,
    is_watched,
)
from .const import CONF_WATCH, DOMAIN, WATCH_OFF
from .device import async_update_device
from .domain import async_get_domain
from .endpoint import FixedAddress, SerialAddress, address_of
from .history.backfill import Past
from .live import async_get_feed
from .live_api import async_register
from .refusals import async_update_refusals
from .seen_api import async_register as async_register_seen
from .serving import async_serve
from .transports.virtual import async_play
from .values import async_follow_values

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.LIGHT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TEXT,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what all boards share, before the first of them."""
    await async_get_domain(hass)
    await async_get_alerts(hass)
    async_set_up_actions(hass)
    async_register(hass)
    async_register_alerts(hass)
    async_register_seen(hass)
    await async_serve(hass)
    await async_renew_blueprints(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: BoardConfigEntry) -> bool:
    """Set up one board."""
    domain = await async_get_domain(hass)
    board = entry.runtime_data = Board(hass, entry)
    address = address_of(entry.data)
    if isinstance(address, FixedAddress):
        try:
            await domain.listeners.async_acquire(address.port)
        except OSError as err:
            raise _port_error(address.port, err) from err
    elif isinstance(address, SerialAddress):
        # Never fails: the board may not be plugged in yet.
        domain.serial_ports.acquire(address, entry)

    @callback
    def _release_port() -> None:
        if isinstance(address, FixedAddress):
            hass.async_create_task(domain.listeners.async_release(address.port))
        elif isinstance(address, SerialAddress):
            domain.serial_ports.release(address)

    if address is not None and (snapshot := domain.endpoint.snapshot(address)):
        board.restore(snapshot)
    async_update_device(hass, entry)
    board.check_channels()
    try:
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    except BaseException:
        _release_port()
        raise
    entry.async_on_unload(async_follow_values(hass, entry, board))
    alerts = await async_get_alerts(hass)
    suspects = alerts.sensors_of(entry.entry_id)
    entry.async_on_unload(async_check_up(hass, entry, board, suspects))
    board.past = Past(domain.backfill, board)
    if (feed := async_get_feed(hass, entry.entry_id)) is not None:
        feed.attach(board)
    if address is None:
        entry.async_create_background_task(hass, async_play(board), entry.title)
    else:
        domain.endpoint.attach(address, board, _release_port)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: BoardConfigEntry) -> bool:
    """Unload one board; its connection waits for the next set-up."""
    board = entry.runtime_data
    # While there is somebody to show it.
    board.publishing.flush()
    if entry.options.get(CONF_WATCH) == WATCH_OFF != board.health.mode:
        # Nobody looks from now on, so nobody else can say that it is over.
        alerts = await async_get_alerts(hass)
        alerts.async_end(lambda alert: is_watched(board, alert))
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    if board.live is not None:
        board.live.detach()
    if entry.disabled_by is not None:
        async_update_repairs(hass, entry, ())
    domain = await async_get_domain(hass)
    domain.endpoint.detach(board)
    return True


async def async_remove_entry(hass: HomeAssistant, entry: BoardConfigEntry) -> None:
    """Close the connection of a board that was deleted, its repairs and its alerts."""
    alerts = await async_get_alerts(hass)
    alerts.async_end(lambda alert: alert.entry_id == entry.entry_id)
    async_update_refusals(hass, entry, {})
    async_remove_repairs(hass, entry)
    if (feed := async_get_feed(hass, entry.entry_id)) is not None:
        feed.end()
    domain = await async_get_domain(hass)
    if (address := address_of(entry.data)) is not None:
        domain.endpoint.drop(address)
    await domain.backfill.async_forget(entry.entry_id)


def _port_error(port: int, error: OSError) -> ConfigEntryNotReady:
    """Return why a port could not be opened, for people to read."""
    if error.errno == errno.EADDRINUSE:
        return ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="port_in_use",
            translation_placeholders={"port": str(port)},
        )
    if isinstance(error, PermissionError):
        return ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="port_not_permitted",
            translation_placeholders={"port": str(port)},
        )
    return ConfigEntryNotReady(
        translation_domain=DOMAIN,
        translation_key="port_cannot_open",
        translation_placeholders={"port": str(port), "error": str(error)},
    )

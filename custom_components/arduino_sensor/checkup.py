"""Looking at a board's sensors now and then, and what is told of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
import time
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from .alert import Alert, AlertKind
from .board import Board
from .const import DOMAIN
from .device import escape_markdown
from .entity import registered_name
from .happenings import Happening, async_tell
from .health import LOOK_INTERVAL, Code, Trouble

# Who has one in hand knows which sensor it is; a device class says nearly as much.
_NO_VALUE: Final[dict[str | None, str]] = {
    SensorDeviceClass.TEMPERATURE: "sensor_no_value_climate",
    SensorDeviceClass.HUMIDITY: "sensor_no_value_climate",
    SensorDeviceClass.PRESSURE: "sensor_no_value_pressure",
    SensorDeviceClass.ATMOSPHERIC_PRESSURE: "sensor_no_value_pressure",
    SensorDeviceClass.DISTANCE: "sensor_no_value_distance",
}

_REPAIRS: Final = {
    Code.STUCK: "sensor_stuck",
    Code.ZERO: "sensor_zero",
    Code.DISCONNECTED: "sensor_disconnected",
    Code.POWER_ON: "sensor_power_on",
}

SENSOR_REPAIRS: Final = {
    "sensor_no_value",
    *_NO_VALUE.values(),
    *_REPAIRS.values(),
}
"""The translation keys of the repairs. Each tells board, channel, and since when."""


@callback
def async_check_up(
    hass: HomeAssistant,
    entry: ConfigEntry,
    board: Board,
    suspects: Iterable[Alert],
) -> CALLBACK_TYPE:
    """Begin to look at a board's sensors; return what ends that.

    `suspects` are alerts about those that were wrong before Home Assistant started. One
    that works meanwhile is told of as others are.
    """
    unproven = list(suspects)

    @callback
    def _tell(happening: Happening, key: str, code: str) -> None:
        async_tell(hass, entry.entry_id, happening, **what_is_told(board, key, code))

    @callback
    def _look(_now: datetime) -> None:
        before = board.health.troubles
        begun, over = board.health.look(
            time.monotonic(),
            board.last_frame if board.available else None,
            board.channels,
        )
        right: dict[str, str] = {}
        for alert in list(unproven):
            # A key can become a channel, and a channel get the name, at any time.
            if (key := channel_of(board, alert)) is None:
                continue
            if key in before or key in board.health.troubles or not alert.is_active:
                unproven.remove(alert)
            elif board.health.has_recovered(key, board.channels):
                unproven.remove(alert)
                right[key] = alert.value or ""
        for key, code in right.items():
            _tell(Happening.CHANNEL_RECOVERED, key, code)
        if board.health.troubles == before:
            return
        async_update_repairs(hass, entry, board.health.troubles.values())
        # Tells the entity.
        board.look_again()
        for happening, troubles in (
            (Happening.CHANNEL_RECOVERED, over),
            (Happening.CHANNEL_PROBLEM, begun),
        ):
            for trouble in troubles:
                # No enumeration: in a template, it is shown as what it is.
                _tell(happening, trouble.key, trouble.code.value)

    # What was wrong may not be watched any more, or be gone.
    async_update_repairs(hass, entry, board.health.troubles.values())
    return async_track_time_interval(
        hass, _look, timedelta(seconds=LOOK_INTERVAL), cancel_on_shutdown=True
    )


def channel_name(board: Board, key: str) -> str:
    """Return what a channel is called on the board's page."""
    if (entity := board.entities.get(key)) is None:
        return key
    return registered_name(entity.registry_entry) or key


def what_is_told(board: Board, key: str, code: str) -> dict[str, str]:
    """Return what automations get to know of a channel that is wrong, or was."""
    return {"key": key, "channel": channel_name(board, key), "code": code}


def channel_of(board: Board, alert: Alert) -> str | None:
    """Return the key of what an alert is about, if that is, or was, a channel.

    Whoever has raised it has given the key, or a name: that can be of another by now.
    """
    told = alert.channel_key or alert.channel or ""
    if told in board.channels or told in board.health.troubles:
        return told
    if alert.channel_key not in (None, alert.channel):
        # It had another name then, so it was a channel, which is gone.
        return alert.channel_key
    named = [key for key in board.channels if channel_name(board, key) == told]
    return named[0] if len(named) == 1 else None


def is_watched(board: Board, alert: Alert) -> bool:
    """Return whether an alert is about a sensor of a board that is looked at here."""
    return (
        alert.entry_id == board.entry.entry_id
        and alert.kind is AlertKind.SENSOR
        and channel_of(board, alert) is not None
    )


@callback
def async_update_repairs(
    hass: HomeAssistant, entry: ConfigEntry, troubles: Iterable[Trouble]
) -> None:
    """Have a repair for each thing that is wrong with a board's sensors, and no other.

    One that a person has ignored stays where it is, so that it stays ignored.
    """
    registry = ir.async_get(hass)
    wanted = {_issue_id(entry, trouble.key): trouble for trouble in troubles}
    for domain, issue_id in list(registry.issues):
        if (
            domain == DOMAIN
            and issue_id.startswith(_issue_id(entry, ""))
            and issue_id not in wanted
            and registry.issues[domain, issue_id].dismissed_version is None
        ):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
    for issue_id, trouble in wanted.items():
        ago = timedelta(seconds=time.monotonic() - trouble.since)
        since = dt_util.as_local(dt_util.utcnow() - ago)
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=_translation_key(trouble),
            translation_placeholders={
                "board": escape_markdown(entry.title),
                "channel": escape_markdown(trouble.key),
                "since": f"{since:%Y-%m-%d %H:%M}",
            },
        )


@callback
def async_remove_repairs(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Have none any more, ignored or not: the board is gone."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(_issue_id(entry, "")):
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _translation_key(trouble: Trouble) -> str:
    if trouble.code is Code.NO_VALUE:
        return _NO_VALUE.get(trouble.device_class, "sensor_no_value")
    return _REPAIRS[trouble.code]


def _issue_id(entry: ConfigEntry, key: str) -> str:
    return f"sensor_{entry.entry_id}_{key}"

"""Actions of the integration: a message to a board, and the list of alerts."""

import logging
from math import inf
from typing import TYPE_CHECKING, Any, Final, cast

from homeassistant.auth.permissions import AbstractPermissions, OwnerPermissions
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.components.sensor import async_rounded_state
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import (
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
    split_entity_id,
    valid_entity_id,
)
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType

from .alert import Alert, AlertKind, Subject, new_id
from .alerts import AlertBook, async_get_alerts
from .board import Board, BoardConfigEntry
from .checkup import channel_name, channel_of
from .const import DOMAIN
from .device import entry_of
from .entity import registered_name
from .permission import may_use_alert, may_use_all

if TYPE_CHECKING:
    # From 2026.9 on, this is what Home Assistant has under voluptuous' name.
    import probatio as vol
else:
    import voluptuous as vol

SERVICE_SEND: Final = "send"
SERVICE_RAISE_ALERT: Final = "raise_alert"
SERVICE_CLEAR_ALERT: Final = "clear_alert"

ATTR_CHANNEL: Final = "channel"
ATTR_DATA: Final = "data"
ATTR_KEY: Final = "key"
ATTR_KIND: Final = "kind"
ATTR_LIMIT: Final = "limit"
ATTR_MESSAGE: Final = "message"
ATTR_ONLY_IF_OVER: Final = "only_if_over"
ATTR_TELL: Final = "tell"
ATTR_TITLE: Final = "title"
ATTR_UNIT: Final = "unit"
ATTR_VALUE: Final = "value"
ATTR_WATCHED: Final = "watched"

MAX_WORDS: Final = 255
"""The longest text of an alert, in characters."""


_LOGGER = logging.getLogger(__name__)


def _short(value: Any) -> str:
    """Return a number or a text as a text that is not too long."""
    if isinstance(value, float):
        return f"{value:.10g}"
    return cv.string(value)[:MAX_WORDS]


def _names(value: Any) -> list[str]:
    """Return what is on a list, in lower case; nothing, and none at all, are nobody."""
    given = [] if value is None else cv.ensure_list_csv(value)
    return [str(one).strip().lower() for one in given if one not in (None, "")]


_SEND: Final = vol.Schema(
    {vol.Required(ATTR_DEVICE_ID): cv.string, vol.Required(ATTR_DATA): object}
)

_ABOUT: Final = {
    vol.Optional(ATTR_ENTITY_ID): cv.entity_id,
    vol.Optional(ATTR_DEVICE_ID): cv.string,
    vol.Optional(ATTR_CHANNEL): _short,
    vol.Optional(ATTR_KEY, default=""): _short,
    # Whoever cannot be told is no reason to raise no alert.
    vol.Optional(ATTR_TELL, default=list): _names,
}

_CLEAR: Final = vol.All(
    cv.has_at_least_one_key(ATTR_ENTITY_ID, ATTR_DEVICE_ID, ATTR_KEY),
    vol.Schema(
        {
            **_ABOUT,
            vol.Optional(ATTR_ONLY_IF_OVER, default=False): cv.boolean,
            # None stands for all: in a template, that is the easiest to say.
            vol.Optional(ATTR_WATCHED, default=None): vol.Any(None, _names),
        }
    ),
)

_RAISE: Final = vol.All(
    vol.Schema(
        {
            **_ABOUT,
            vol.Optional(ATTR_KIND, default=AlertKind.OTHER): vol.Coerce(AlertKind),
            vol.Optional(ATTR_VALUE): _short,
            vol.Optional(ATTR_UNIT): _short,
            vol.Optional(ATTR_LIMIT): _short,
            vol.Optional(ATTR_MESSAGE): _short,
        }
    ),
    cv.has_at_least_one_key(ATTR_ENTITY_ID, ATTR_DEVICE_ID),
)


@callback
def async_set_up_actions(hass: HomeAssistant) -> None:
    """Have the actions: also while no board is set up."""
    for name, run, schema in (
        (SERVICE_SEND, _async_send, _SEND),
        (SERVICE_RAISE_ALERT, _async_raise, _RAISE),
        (SERVICE_CLEAR_ALERT, _async_clear, _CLEAR),
    ):
        hass.services.async_register(
            DOMAIN, name, run, schema, supports_response=SupportsResponse.OPTIONAL
        )


async def _async_send(call: ServiceCall) -> ServiceResponse:
    """Send a message to a board, and return its answer."""
    # What it does is the sketch's business: it may move all that the board has.
    entry = await _async_entry(call, call.data[ATTR_DEVICE_ID])
    if entry.state is not ConfigEntryState.LOADED:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="board_not_loaded",
            translation_placeholders={"board": entry.title},
        )
    board = cast(BoardConfigEntry, entry).runtime_data
    answer: JsonValueType = await board.dialogue.async_send(call.data[ATTR_DATA])
    return {"data": answer}


async def _async_raise(call: ServiceCall) -> ServiceResponse:
    """Put an alert on the list, if it is not there already."""
    hass, given = call.hass, call.data
    subject, device_id = await _async_subject(call)
    value, unit = given.get(ATTR_VALUE), given.get(ATTR_UNIT)
    channel = given.get(ATTR_CHANNEL)
    if subject.entity_id is not None:
        channel = channel or _channel_name(hass, subject.entity_id)
        if value is None and given[ATTR_KIND] is not AlertKind.SILENT:
            value, unit = _state(hass, subject.entity_id)
    elif channel is not None:
        channel = _name_of_key(hass, subject.entry_id, channel) or channel
    book = await async_get_alerts(hass)
    alert, is_new = await book.async_raise(
        Alert(
            id=new_id(),
            kind=given[ATTR_KIND],
            key=subject.key,
            entry_id=subject.entry_id,
            device_id=device_id,
            entity_id=subject.entity_id,
            board=_board_name(hass, device_id),
            channel=channel,
            value=value,
            unit=unit,
            limit=given.get(ATTR_LIMIT),
            message=given.get(ATTR_MESSAGE),
            raised=dt_util.utcnow().isoformat(),
            channel_key=subject.channel,
        )
    )
    words = await _async_told(book, alert)
    if is_new:
        await _async_tell(call, words)
    return {"is_new": is_new, **words}


async def _async_clear(call: ServiceCall) -> ServiceResponse:
    """Take note that alerts are over."""
    hass, given = call.hass, call.data
    entry_id, entity_id, told = None, given.get(ATTR_ENTITY_ID), given.get(ATTR_CHANNEL)
    if entity_id is not None or ATTR_DEVICE_ID in given:
        subject, _ = await _async_subject(call)
        entry_id, told = subject.entry_id, subject.channel
    permissions = await _async_permissions(call)
    watched = _watched(hass, given[ATTR_WATCHED])
    book = await async_get_alerts(hass)

    def _is_meant(alert: Alert) -> bool:
        # Without an entity and a channel, all of a board's are; without a board, of all.
        return (
            alert.key == given[ATTR_KEY]
            and entry_id in (None, alert.entry_id)
            and entity_id in (None, alert.entity_id)
            and (told is None or _is_told_of(hass, alert, told))
            and may_use_alert(hass, permissions, alert, POLICY_CONTROL)
            and _may_end(alert)
        )

    def _may_end(alert: Alert) -> bool:
        if watched is not None and not watched & {alert.entity_id, alert.entry_id}:
            return True
        if given[ATTR_ONLY_IF_OVER]:
            return _is_over(hass, alert)
        return watched is None

    cleared: list[JsonValueType] = []
    for alert in book.async_end(_is_meant):
        words = await _async_told(book, alert)
        await _async_tell(call, words)
        cleared.append(words)
    return {"cleared": cleared}


async def _async_told(book: AlertBook, alert: Alert) -> dict[str, JsonValueType]:
    """Return what automations get of an alert."""
    message = await book.async_words(alert)
    return {"id": alert.id, ATTR_TITLE: alert.board, ATTR_MESSAGE: message}


async def _async_tell(call: ServiceCall, words: dict[str, JsonValueType]) -> None:
    """Send an alert to phones, and do not wait: what is next does not depend on them."""
    phones: list[str] = []
    strangers: list[str] = []
    for name in call.data[ATTR_TELL]:
        is_phone = valid_entity_id(name) and split_entity_id(name)[0] == Platform.NOTIFY
        (phones if is_phone else strangers).append(name)
    if strangers:
        _LOGGER.warning(
            "Not everybody can be told of an alert, only notify entities can be: %s",
            ", ".join(strangers)[:MAX_WORDS],
        )
    if not phones:
        return
    message = {name: words[name] for name in (ATTR_TITLE, ATTR_MESSAGE)}
    try:
        await call.hass.services.async_call(
            Platform.NOTIFY,
            "send_message",
            {ATTR_ENTITY_ID: phones, **message},
            context=call.context,
        )
    except HomeAssistantError as err:
        _LOGGER.warning("Nobody can be told of an alert: %s", err)


def _is_over(hass: HomeAssistant, alert: Alert) -> bool:
    """Return whether it is known that a board is back, or that its sensor works."""
    entry = hass.config_entries.async_get_entry(alert.entry_id)
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        return False
    board = cast(BoardConfigEntry, entry).runtime_data
    if alert.kind is AlertKind.SENSOR:
        key = channel_of(board, alert)
        return key is not None and board.health.has_recovered(key, board.channels)
    return alert.kind is AlertKind.SILENT and _is_heard(board, alert)


def _is_heard(board: Board, alert: Alert) -> bool:
    """Return whether a board is not as silent any more as the alert says."""
    try:
        limit = float(alert.limit or "") if alert.unit == "s" else inf
    except ValueError:
        limit = inf
    return board.available and board.presence.was_heard_within(limit)


async def _async_subject(call: ServiceCall) -> tuple[Subject, str]:
    """Return what an alert is about, and the id of the board's device."""
    hass, given = call.hass, call.data
    entity_id: str | None = given.get(ATTR_ENTITY_ID)
    device_id: str | None = given.get(ATTR_DEVICE_ID)
    if entity_id is not None:
        found = er.async_get(hass).async_get(entity_id)
        if found is None or found.platform != DOMAIN or found.device_id is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_of_a_board",
                translation_placeholders={"entity": entity_id},
            )
        device_id = found.device_id
    assert device_id is not None
    entry = await _async_entry(call, device_id, entity_id)
    channel = None if entity_id is not None else given.get(ATTR_CHANNEL)
    return Subject(entry.entry_id, entity_id, channel, given[ATTR_KEY]), device_id


async def _async_entry(
    call: ServiceCall, device_id: str, entity_id: str | None = None
) -> ConfigEntry:
    """Return the entry of a board; the user may control the entity, or all of them."""
    hass = call.hass
    if (entry := entry_of(hass, device_id)) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_such_board"
        )
    permissions = await _async_permissions(call)
    if entity_id is not None:
        may = permissions.check_entity(entity_id, POLICY_CONTROL)
    else:
        may = may_use_all(hass, permissions, entry.entry_id, POLICY_CONTROL)
    if not may:
        raise Unauthorized(context=call.context, permission=POLICY_CONTROL)
    return entry


async def _async_permissions(call: ServiceCall) -> AbstractPermissions:
    """Return what the user may do who has asked. Automations have none, and may all."""
    if call.context.user_id is None:
        return OwnerPermissions
    user = await call.hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise Unauthorized(context=call.context, permission=POLICY_CONTROL)
    return user.permissions


def _watched(hass: HomeAssistant, names: list[str] | None) -> set[str | None] | None:
    """Return the entities, and the entries of the boards, that are still watched."""
    if names is None:
        return None
    registry = er.async_get(hass)
    watched = {er.async_resolve_entity_id(registry, name) for name in names}
    watched |= {entry.entry_id for name in names if (entry := entry_of(hass, name))}
    return watched - {None}


def _is_told_of(hass: HomeAssistant, alert: Alert, told: str) -> bool:
    """Return whether an alert is about a sensor, by its key or by a name."""
    # One that was told of by its name is meant by its key as well.
    name = _name_of_key(hass, alert.entry_id, told) or told
    return told == alert.channel_key or (
        alert.channel == name and alert.channel_key in (None, name)
    )


def _board_name(hass: HomeAssistant, device_id: str) -> str:
    device = dr.async_get(hass).async_get(device_id)
    assert device is not None
    return device.name_by_user or device.name or ""


def _channel_name(hass: HomeAssistant, entity_id: str) -> str:
    """Return what a channel is called on the board's page."""
    return registered_name(er.async_get(hass).async_get(entity_id)) or entity_id


def _name_of_key(hass: HomeAssistant, entry_id: str, key: str) -> str | None:
    """Return what the channel with a key is called, if the board has one."""
    entry = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        return None
    board = cast(BoardConfigEntry, entry).runtime_data
    return channel_name(board, key) if key in board.channels else None


def _state(hass: HomeAssistant, entity_id: str) -> tuple[str | None, str | None]:
    """Return the state of an entity as it is shown, and its unit."""
    state = hass.states.get(entity_id)
    if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        return None, None
    value = state.state
    if state.domain == Platform.SENSOR:
        value = async_rounded_state(hass, entity_id, state)
    return value, state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)

"""The last alerts: what automations have found wrong with boards, and when it was over."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from itertools import islice
import logging
import re
from typing import Any, Final
from uuid import uuid4

from homeassistant.components import persistent_notification
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .device import escape_markdown

MAX_ALERTS: Final = 50
"""How many are on the list."""

MAX_ACTIVE: Final = 500
"""How many that are not over are known: what is forgotten would be told again."""

SAVE_DELAY: Final = 1.0
"""How long a change waits for others before it is written to the disk, in seconds."""

_LOGGER = logging.getLogger(__name__)
_VERSION: Final = 1
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_PREFIX: Final = f"component.{DOMAIN}.common."
_DURATIONS: Final = (
    ("alerts_hours", 3600),
    ("plotter_minutes", 60),
    ("plotter_seconds", 1),
)


class AlertKind(StrEnum):
    """What an alert is about: each has its own words."""

    ABOVE = "above"
    BELOW = "below"
    BATTERY = "battery"
    SILENT = "silent"
    SENSOR = "sensor"
    OTHER = "other"


_IN_SHORT: Final = {
    AlertKind.BATTERY: "alerts_battery_low",
    AlertKind.SILENT: "alerts_is_away",
}
"""What is said when not all is known that the sentence names."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What can have one alert at a time."""

    entry_id: str
    entity_id: str | None
    """Without one, the alert is about the board, or about a sensor that is named."""
    channel: str | None
    """What that was called by whoever told of it: by its key, or by a name."""
    key: str
    """Whose alert it is: two automations can watch the same sensor."""


@dataclass(slots=True)
class Alert:
    """One time that something was wrong."""

    id: str
    kind: AlertKind
    key: str
    entry_id: str
    device_id: str
    entity_id: str | None
    board: str
    """The board's name then, as are the other words."""
    channel: str | None
    value: str | None
    unit: str | None
    limit: str | None
    message: str | None
    """A person's own words."""
    raised: str
    cleared: str | None = None
    hidden: bool = False
    """Whether a person has cleared the list while it was not over."""
    channel_key: str | None = None
    """What the sensor was called by whoever told of it; names change, and are shared."""

    @property
    def subject(self) -> Subject:
        """Return what it is about."""
        channel = None if self.entity_id else self.channel_key or self.channel
        return Subject(self.entry_id, self.entity_id, channel, self.key)

    @property
    def is_active(self) -> bool:
        """Return whether it is not over yet."""
        return self.cleared is None

    def as_dict(self) -> dict[str, Any]:
        """Return it as it is kept, and as cards and automations get it."""
        return asdict(self)


class AlertBook:
    """Keeps the last alerts, and a notification for each that is not over."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with an empty book."""
        self._hass = hass
        self._store: Store[list[dict[str, Any]]] = Store(
            hass, _VERSION, f"{DOMAIN}.alerts", private=True, atomic_writes=True
        )
        self._alerts: list[Alert] = []
        self._listeners: list[CALLBACK_TYPE] = []

    async def async_load(self) -> None:
        """Load what was kept. Notifications are not: they are made again."""
        names = {field.name for field in fields(Alert)}
        for stored in await self._store.async_load() or []:
            try:
                # A later version may have kept more.
                known = {name: value for name, value in stored.items() if name in names}
                alert = Alert(**{**known, "kind": AlertKind(stored["kind"])})
                datetime.fromisoformat(alert.raised)
            except (AttributeError, KeyError, TypeError, ValueError) as err:
                # That one is no reason to be without the others, and without boards.
                _LOGGER.warning("An alert that was kept cannot be used: %r", err)
                continue
            self._alerts.append(alert)
            if alert.is_active and not alert.hidden:
                await self._async_notify(alert)
        self.async_end(self._is_orphaned)
        self._hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED, self._registry_updated
        )

    @property
    def shown(self) -> list[Alert]:
        """Return what a person is to see, the newest first."""
        newest = (alert for alert in reversed(self._alerts) if not alert.hidden)
        return list(islice(newest, MAX_ALERTS))

    @callback
    def async_listen(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when something has changed; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def active(self, subject: Subject) -> Alert | None:
        """Return the alert of a subject that is not over, if there is one."""
        return next(
            (
                alert
                for alert in self._alerts
                if alert.is_active and alert.subject == subject
            ),
            None,
        )

    def sensors_of(self, entry_id: str) -> dict[str, str]:
        """Return what is wrong with sensors of a board, by what they were told of by."""
        return {
            alert.channel_key or alert.channel or "": alert.value or ""
            for alert in self._alerts
            if alert.is_active
            and alert.kind is AlertKind.SENSOR
            and alert.entry_id == entry_id
        }

    async def async_raise(self, alert: Alert) -> tuple[Alert, bool]:
        """Take an alert; return the one that there is now, and whether it is new.

        As long as it is not over, the same is the same, also after a restart.
        """
        known = self.active(alert.subject)
        if known is not None and known.kind is alert.kind:
            return known, False
        if known is not None:
            # From one limit to the other at once.
            self._end(known)
        self._alerts.append(alert)
        self._make_room()
        self._changed()
        await self._async_notify(alert)
        return alert, True

    @callback
    def async_end(self, which: Callable[[Alert], bool]) -> list[Alert]:
        """Take note that alerts are over; return those that were not yet."""
        ended = [alert for alert in self._alerts if alert.is_active and which(alert)]
        for alert in ended:
            self._end(alert)
        if ended:
            self._changed()
        return ended

    @callback
    def async_clear(self, which: Callable[[Alert], bool]) -> None:
        """Show no alerts any more; what is not over is still known, and not told again."""
        for alert in list(self._alerts):
            if not alert.hidden and which(alert):
                self._dismiss(alert)
                alert.hidden = True
        self._alerts = [a for a in self._alerts if a.is_active or not a.hidden]
        self._changed()

    @callback
    def _registry_updated(
        self, event: Event[er.EventEntityRegistryUpdatedData]
    ) -> None:
        """Follow an entity that gets another id; without it, nobody can end an alert."""
        data = event.data
        if data["action"] == "remove":
            self.async_end(lambda alert: alert.entity_id == data["entity_id"])
            if data["entity_id"].startswith("automation."):
                self.async_end(self._is_orphaned)
        elif data["action"] == "update" and (old := data.get("old_entity_id")):
            moved = [alert for alert in self._alerts if alert.entity_id == old]
            for alert in moved:
                alert.entity_id = data["entity_id"]
            if moved:
                self._changed()

    def _is_orphaned(self, alert: Alert) -> bool:
        """Return whether the automation that has found it was deleted.

        Its key is the id of that automation, in our blueprints. One that is only off, or
        disabled, looks again when it is back.
        """
        automation = ("automation", "automation", alert.key)
        return automation in er.async_get(self._hass).deleted_entities

    def _end(self, alert: Alert) -> None:
        alert.cleared = dt_util.utcnow().isoformat()
        self._dismiss(alert)
        if alert.hidden:
            self._alerts.remove(alert)

    def _make_room(self) -> None:
        """Forget the oldest: of what is over, and if need be of the rest."""
        seen = sum(not alert.hidden for alert in self._alerts)
        over = [alert for alert in self._alerts if not alert.is_active]
        active = [alert for alert in self._alerts if alert.is_active]
        for alert in (
            *over[: max(seen - MAX_ALERTS, 0)],
            *active[: max(len(active) - MAX_ACTIVE, 0)],
        ):
            self._alerts.remove(alert)
            self._dismiss(alert)

    def _changed(self) -> None:
        self._store.async_delay_save(
            lambda: [alert.as_dict() for alert in self._alerts], SAVE_DELAY
        )
        for listener in list(self._listeners):
            listener()

    # In words.

    async def async_words(
        self, alert: Alert, escape: Callable[[str], str] = str
    ) -> str:
        """Return what the alert is, in the language of the house.

        Names are what people and sketches call things: `escape` is for where that
        could be taken for something else.
        """
        language = self._hass.config.language
        texts = await async_get_translations(self._hass, language, "common", {DOMAIN})
        return _words(alert, texts, escape)

    async def _async_notify(self, alert: Alert) -> None:
        text = await self.async_words(alert, escape_markdown)
        if not alert.is_active or alert.hidden:
            # Meanwhile.
            return
        raised = dt_util.as_local(datetime.fromisoformat(alert.raised))
        persistent_notification.async_create(
            self._hass,
            f"{text}\n\n{raised:%Y-%m-%d %H:%M}",
            # Shown as it is.
            alert.board,
            _notification_id(alert),
        )

    def _dismiss(self, alert: Alert) -> None:
        persistent_notification.async_dismiss(self._hass, _notification_id(alert))


_DATA: HassKey[AlertBook] = HassKey(f"{DOMAIN}.alerts")


@singleton(_DATA, async_=True)
async def async_get_alerts(hass: HomeAssistant) -> AlertBook:
    """Return the book of alerts, loading it at the first call."""
    book = AlertBook(hass)
    await book.async_load()
    return book


def new_id() -> str:
    """Return what no other alert is called."""
    return uuid4().hex


def _words(alert: Alert, texts: Mapping[str, str], escape: Callable[[str], str]) -> str:
    """Return a sentence that names board, value and limit, or says that it is over."""
    sentence = f"{escape(alert.board)}: {_sentence(alert, texts, escape)}"
    if alert.is_active:
        return sentence
    over = texts.get(f"{_PREFIX}alerts_over", "{alert}")
    return over.replace("{alert}", sentence)


def _sentence(
    alert: Alert, texts: Mapping[str, str], escape: Callable[[str], str]
) -> str:
    if alert.message is not None:
        return escape(alert.message)
    key = f"alerts_{alert.kind}"
    if alert.kind is AlertKind.SENSOR:
        key = f"alerts_sensor_{alert.value}"
    limit = _with_unit(alert.limit, alert.unit, escape)
    if alert.kind is AlertKind.SILENT and alert.unit == "s":
        limit = _duration(alert.limit, texts) or limit
    values = {
        "{channel}": escape(alert.channel or ""),
        "{value}": _with_unit(alert.value, alert.unit, escape),
        "{limit}": limit,
    }
    sentence = texts.get(_PREFIX + key)
    if sentence is None or any(
        name in sentence and not value for name, value in values.items()
    ):
        # A later version may have more kinds, and not everybody says all there is to say.
        other = _IN_SHORT.get(alert.kind, "alerts_other")
        sentence = texts.get(_PREFIX + other, "{channel} {value}")
    for name, value in values.items():
        sentence = sentence.replace(name, value)
    return re.sub(" {2,}", " ", sentence).strip()


def _duration(seconds: str | None, texts: Mapping[str, str]) -> str | None:
    """Return how long something was, in the largest unit of which it is a whole number."""
    if seconds is None or not _NUMBER.fullmatch(seconds):
        return None
    count = float(seconds)
    key, size = next(
        (
            (key, size)
            for key, size in _DURATIONS
            if count >= size and count % size == 0
        ),
        _DURATIONS[-1],
    )
    return texts.get(_PREFIX + key, "{count}").replace("{count}", f"{count / size:g}")


def _with_unit(
    value: str | None, unit: str | None, escape: Callable[[str], str]
) -> str:
    """Return a value with its unit; a number is what it is."""
    if value is None:
        return ""
    if not _NUMBER.fullmatch(value):
        value = escape(value)
    if not unit:
        return value
    return f"{value}{unit}" if unit == "°" else f"{value} {escape(unit)}"


def _notification_id(alert: Alert) -> str:
    return f"{DOMAIN}_alert_{alert.id}"

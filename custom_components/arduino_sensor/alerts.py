"""The last alerts: what automations have found wrong with boards, and when it was over."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from itertools import islice
import logging
from typing import Any, Final

from homeassistant.components import persistent_notification
from homeassistant.const import ATTR_RESTORED
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.storage import Store
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .alert import Alert, AlertKind, Subject, in_words
from .const import DOMAIN
from .device import escape_markdown

MAX_ALERTS: Final = 50
"""How many are on the list."""

MAX_ACTIVE: Final = 500
"""How many that are not over are known: what is forgotten would be told again."""

SAVE_DELAY: Final = 1.0
"""How long a change waits for others before it is written to the disk, in seconds."""

_LOGGER = logging.getLogger(__name__)
_AUTOMATION: Final = "automation"
_VERSION: Final = 1


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
        self.async_end(self._is_of_deleted)
        self._hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED, self._registry_updated
        )
        # From then on, all automations are there that there are.
        async_at_started(self._hass, self._automations_changed)
        self._hass.bus.async_listen("automation_reloaded", self._automations_changed)

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

    def sensors_of(self, entry_id: str) -> list[Alert]:
        """Return what is wrong with sensors of a board."""
        return [
            alert
            for alert in self._alerts
            if alert.is_active
            and alert.kind is AlertKind.SENSOR
            and alert.entry_id == entry_id
        ]

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
            if data["entity_id"].startswith(f"{_AUTOMATION}."):
                self.async_end(self._is_of_deleted)
        elif data["action"] == "update" and (old := data.get("old_entity_id")):
            moved = [alert for alert in self._alerts if alert.entity_id == old]
            for alert in moved:
                alert.entity_id = data["entity_id"]
            if moved:
                self._changed()

    def _is_of_deleted(self, alert: Alert) -> bool:
        """Return whether the automation that has found it was deleted.

        Its key is the id of that automation, in our blueprints. One that is only off, or
        disabled, looks again when it is back.
        """
        automation = (_AUTOMATION, _AUTOMATION, alert.key)
        return automation in er.async_get(self._hass).deleted_entities

    @callback
    def _automations_changed(self, _event: object) -> None:
        if _AUTOMATION in self._hass.config.components:
            self.async_end(self._is_of_missing)

    def _is_of_missing(self, alert: Alert) -> bool:
        """Return whether the automation that has found it was taken out of the file.

        The registry keeps that one. One without an id is not in the registry: the key is
        that of its entity then, and is another when it is called otherwise.
        """
        registry = er.async_get(self._hass)
        known = registry.async_get_entity_id(_AUTOMATION, _AUTOMATION, alert.key)
        if known is None and not alert.key.startswith(f"{_AUTOMATION}."):
            return False
        if (state := self._hass.states.get(known or alert.key)) is None:
            # Else it is disabled.
            return known is None
        return ATTR_RESTORED in state.attributes

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
        return in_words(alert, texts, escape)

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


def _notification_id(alert: Alert) -> str:
    return f"{DOMAIN}_alert_{alert.id}"

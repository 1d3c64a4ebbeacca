"""What users may see of a board, and do with it."""

from collections.abc import Iterator

from homeassistant.auth.permissions import AbstractPermissions
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .alert import Alert


def may_use(
    hass: HomeAssistant, permissions: AbstractPermissions, entry_id: str, policy: str
) -> bool:
    """Return whether a user may see, or control, anything of a board."""
    if permissions.access_all_entities(policy):
        return True
    return any(_each(hass, permissions, entry_id, policy))


def may_use_all(
    hass: HomeAssistant, permissions: AbstractPermissions, entry_id: str, policy: str
) -> bool:
    """Return whether a user may see, or control, all that there is of a board."""
    if permissions.access_all_entities(policy):
        return True
    each = list(_each(hass, permissions, entry_id, policy))
    return bool(each) and all(each)


def may_use_alert(
    hass: HomeAssistant, permissions: AbstractPermissions, alert: Alert, policy: str
) -> bool:
    """Return whether a user may see an alert, or control what it is about.

    That a board is away is seen by whoever sees anything of it.
    """
    if permissions.access_all_entities(policy):
        return True
    if (entity_id := alert.entity_id or _told_of(hass, alert)) is not None:
        return permissions.check_entity(entity_id, policy)
    if policy == POLICY_READ and alert.channel is None:
        return may_use(hass, permissions, alert.entry_id, policy)
    return may_use_all(hass, permissions, alert.entry_id, policy)


def _told_of(hass: HomeAssistant, alert: Alert) -> str | None:
    """Return the entity of a sensor that an alert tells of by its key."""
    unique_id = f"{alert.entry_id}-{alert.channel_key}"
    entities = er.async_entries_for_config_entry(er.async_get(hass), alert.entry_id)
    return next((one.entity_id for one in entities if one.unique_id == unique_id), None)


def _each(
    hass: HomeAssistant, permissions: AbstractPermissions, entry_id: str, policy: str
) -> Iterator[bool]:
    """Yield of each entity of a board that is not disabled whether a user may use it."""
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry_id):
        if not entity.disabled:
            yield permissions.check_entity(entity.entity_id, policy)

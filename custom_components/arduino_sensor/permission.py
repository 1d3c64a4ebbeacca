"""What users may see of a board, and do with it."""

from collections.abc import Iterator

from homeassistant.auth.permissions import AbstractPermissions
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er


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


def _each(
    hass: HomeAssistant, permissions: AbstractPermissions, entry_id: str, policy: str
) -> Iterator[bool]:
    """Yield of each entity of a board that is not disabled whether a user may use it."""
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry_id):
        if not entity.disabled:
            yield permissions.check_entity(entity.entity_id, policy)

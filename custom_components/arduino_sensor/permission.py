"""What users may see of a board, and do with it."""

from homeassistant.auth.permissions import AbstractPermissions
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er


def may_use(
    hass: HomeAssistant, permissions: AbstractPermissions, entry_id: str, policy: str
) -> bool:
    """Return whether a user may see, or control, anything of a board."""
    if permissions.access_all_entities(policy):
        return True
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry_id)
    return any(
        permissions.check_entity(entity.entity_id, policy) for entity in entities
    )

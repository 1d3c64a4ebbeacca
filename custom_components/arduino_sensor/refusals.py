"""Repairs for what a board says of its channels and Home Assistant refuses."""

from collections.abc import Mapping

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .appearance import refusals
from .channels import Channel
from .const import DOMAIN
from .device import escape_markdown
from .refused import Refused


@callback
def async_update_refusals(
    hass: HomeAssistant, entry: ConfigEntry, channels: Mapping[str, Channel]
) -> list[Refused]:
    """Have a repair for each channel that is refused, and none for the others.

    Return all that is refused. A repair tells the first thing of a channel: the
    author mends one after the other anyhow.
    """
    refused = {
        _issue_id(entry, key): found
        for key, channel in channels.items()
        if channel.description is not None
        and (found := refusals(key, channel.description))
    }
    for domain, issue_id in list(ir.async_get(hass).issues):
        if (
            domain == DOMAIN
            and issue_id.startswith(_issue_id(entry, ""))
            and issue_id not in refused
        ):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
    for issue_id, found in refused.items():
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=found[0].translation_key,
            translation_placeholders={
                name: escape_markdown(text)
                for name, text in (
                    ("board", entry.title),
                    *found[0].placeholders.items(),
                )
            },
        )
    return [refusal for found in refused.values() for refusal in found]


def _issue_id(entry: ConfigEntry, key: str) -> str:
    return f"refused_{entry.entry_id}_{key}"

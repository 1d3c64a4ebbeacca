"""Copying the blueprints for alerts to where Home Assistant looks for blueprints.

What a person has changed is left alone; what was copied and not changed since is brought
up to date.
"""

from dataclasses import dataclass
import hashlib
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError, write_utf8_file_atomic

from .const import DOMAIN

FOLDER: Final = Path(__file__).parent / "blueprints" / "automation" / DOMAIN

_VERSION: Final = 1

type _Marks = dict[str, str]
"""What our copies looked like when they were made, by the names of the files."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What has become of the copies."""

    written: tuple[str, ...]
    """The files that are new, or other than before."""
    replaced: bool
    """Whether any of them was there before, and automations may use it."""
    changed: tuple[str, ...]
    """The files that a person has changed, and that were left as they are."""


async def async_copy_blueprints(hass: HomeAssistant) -> Copied:
    """Copy all blueprints, for a person who has asked for it.

    Raises OSError when they cannot be written.
    """
    return await _async_copy(hass, renew_only=False)


async def async_renew_blueprints(hass: HomeAssistant) -> None:
    """Bring copies up to date, after an update of the integration."""
    try:
        await _async_copy(hass, renew_only=True)
    except OSError:
        # The old ones go on working; whoever copies them again sees why.
        return


async def _async_copy(hass: HomeAssistant, *, renew_only: bool) -> Copied:
    store: Store[_Marks] = Store(hass, _VERSION, f"{DOMAIN}.blueprints")
    marks = await store.async_load() or {}
    if renew_only and not marks:
        return Copied((), replaced=False, changed=())
    folder = Path(hass.config.path("blueprints", "automation", DOMAIN))
    known = dict(marks)
    try:
        copied = await hass.async_add_executor_job(_copy, folder, marks, renew_only)
    finally:
        # Also of those that were written before one could not be.
        if marks != known:
            await store.async_save(marks)
    if copied.written and "automation" in hass.config.components:
        await _async_show(hass, reload=copied.replaced)
    return copied


def _copy(folder: Path, marks: _Marks, renew_only: bool) -> Copied:
    written: list[str] = []
    changed: list[str] = []
    replaced = False
    for source in sorted(FOLDER.glob("*.yaml")):
        name, ours = source.name, source.read_bytes()
        target = folder / name
        there = target.read_bytes() if target.is_file() else None
        if target.is_symlink():
            # What is at its other end is not ours, if there is anything.
            if there != ours:
                changed.append(name)
            continue
        if there is None and renew_only:
            # Never copied, or deleted by a person.
            continue
        if there == ours:
            marks[name] = _mark(ours)
        elif there is None or _mark(there) == marks.get(name):
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(target, ours)
            marks[name] = _mark(ours)
            written.append(name)
            replaced |= there is not None
        else:
            changed.append(name)
    return Copied(tuple(written), replaced, tuple(changed))


def _write(target: Path, content: bytes) -> None:
    """Have the whole content in a file, or what was there before.

    Raises OSError.
    """
    try:
        write_utf8_file_atomic(str(target), content, mode="wb")
    except WriteError as err:
        raise OSError(str(err)) from err


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def _async_show(hass: HomeAssistant, *, reload: bool) -> None:
    """Have Home Assistant read its blueprints again, and what uses them."""
    # Here and not above: not everybody has automations.
    from homeassistant.components.automation.helpers import async_get_blueprints  # noqa: PLC0415

    await async_get_blueprints(hass).async_reset_cache()
    if reload:
        try:
            await hass.services.async_call("automation", "reload", blocking=True)
        except HomeAssistantError:
            # Something else is wrong in the automations, which is told there.
            return

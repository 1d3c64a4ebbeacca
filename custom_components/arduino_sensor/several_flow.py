"""How many boards are added in one go."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SOURCE_SYSTEM, ConfigEntry, ConfigFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers import device_registry as dr

from .const import CONF_BOARD, CONF_CHANNELS, DOMAIN
from .device import device_info, distinct_name, escape_markdown
from .domain import async_get_domain
from .forms import CONF_AREA, CONF_BOARDS, boards_schema, copy_schema
from .keyring import Keyring
from .pairing_flow import PairingFlow, key_data
from .waiting import WaitingBoard, WaitingBoards

type Item = dict[str, str]
"""A row of the list of boards: the board's id, its name and, if chosen, its area."""


class SeveralFlow(PairingFlow):
    """The part of the config flow that adds the boards which share a secret."""

    # Which boards the person has seen already.
    _seen: frozenset[str] = frozenset()

    async def async_step_add_several(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the secret that goes into the boards' sketches."""
        if user_input is not None:
            return await self.async_step_several_wait()
        secret = (await async_get_domain(self.hass)).enrolment.begin()
        return self.async_show_form(
            step_id="add_several", data_schema=copy_schema("secret", secret)
        )

    async def async_step_several_wait(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Wait for a board that the person has not seen yet."""
        waiting = await self._async_waiting()
        if self._search is None:
            if self._newcomers(waiting):
                return await self.async_step_several()
            self._search = self.hass.async_create_task(
                self._async_wait_until(waiting, lambda: self._newcomers(waiting)),
                "arduino_sensor wait for several boards",
            )
        if not self._search.done():
            return self.async_show_progress(
                step_id="several_wait",
                progress_action="several_wait",
                progress_task=self._search,
                description_placeholders={"count": str(len(self._seen))},
            )
        self._search = None
        return self.async_show_progress_done(next_step_id="several")

    def _newcomers(self, waiting: WaitingBoards) -> set[str]:
        return {board.id for board in waiting.vouched()} - self._seen

    async def async_step_several(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the boards that are here, and ask how to go on."""
        boards = (await self._async_waiting()).vouched()
        self._seen = frozenset(board.id for board in boards)
        options = ["several_wait", "end_several"]
        if boards:
            options.insert(0, "accept_several")
        return self.async_show_menu(
            step_id="several",
            menu_options=options,
            description_placeholders={
                "count": str(len(boards)),
                "boards": "\n".join(
                    f"- {escape_markdown(board.label)}" for board in boards
                ),
            },
        )

    async def async_step_end_several(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take no more boards with the secret, and turn away those that wait."""
        domain = await async_get_domain(self.hass)
        domain.enrolment.end()
        domain.endpoint.waiting.end_vouched()
        return self.async_abort(reason="several_ended")

    # The list, and what becomes of the boards in it.

    async def async_step_accept_several(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the boards' names and areas, and add all of them."""
        boards = {board.id: board for board in (await self._async_waiting()).vouched()}
        if not boards:
            return await self.async_step_several()
        errors: dict[str, str] = {}
        wrong = ""
        if user_input is None:
            items = self._suggested(boards)
        else:
            items = user_input[CONF_BOARDS]
            wrong = _check_items(items, boards, errors)
            if not errors:
                return await self._async_accept(items, boards)
            # What is gone cannot be chosen again; the rest is kept as it was typed.
            items = [item for item in items if item[CONF_BOARD] in boards]
        return self.async_show_form(
            step_id="accept_several",
            data_schema=self.add_suggested_values_to_schema(
                boards_schema({board.id: board.label for board in boards.values()}),
                {CONF_BOARDS: items},
            ),
            errors=errors,
            description_placeholders={"count": str(len(boards)), "wrong": wrong},
        )

    @callback
    def _suggested(self, boards: Mapping[str, WaitingBoard]) -> list[Item]:
        """Return the list as it is at first: every board, under its own name."""
        registry = dr.async_get(self.hass)
        items: list[Item] = []
        for board in boards.values():
            item = {CONF_BOARD: board.id}
            if (entry := self._entry_of(board)) is not None:
                item[CONF_NAME] = entry.title
                device = registry.async_get_device({(DOMAIN, entry.entry_id)})
                if device is not None and device.area_id is not None:
                    item[CONF_AREA] = device.area_id
            else:
                taken = [item[CONF_NAME] for item in items]
                item[CONF_NAME] = distinct_name(self.hass, board.name, None, taken)
            items.append(item)
        return items

    def _entry_of(self, board: WaitingBoard) -> ConfigEntry | None:
        """Return the entry of a board that was added before."""
        keyring = Keyring(self.hass)
        return keyring.entry_of(board.id) or keyring.keyless_entry_of(board.id)

    async def _async_accept(
        self, items: list[Item], boards: Mapping[str, WaitingBoard]
    ) -> ConfigFlowResult:
        registry = dr.async_get(self.hass)
        count = 0
        for item in items:
            board, name = boards[item[CONF_BOARD]], item[CONF_NAME].strip()
            if (entry := self._entry_of(board)) is not None:
                await self._async_give_key(entry, board, name)
            else:
                result = await self.hass.config_entries.flow.async_init(
                    DOMAIN,
                    context={"source": SOURCE_SYSTEM},
                    data={CONF_BOARD: board.id, CONF_NAME: name},
                )
                if (entry := result.get("result")) is None:
                    # It went away while the others were added.
                    continue
            device = registry.async_get_or_create(
                config_entry_id=entry.entry_id, **device_info(entry)
            )
            registry.async_update_device(device.id, area_id=item.get(CONF_AREA))
            count += 1
        return self.async_abort(
            reason="several_added", description_placeholders={"count": str(count)}
        )

    async def _async_give_key(
        self, entry: ConfigEntry, board: WaitingBoard, name: str
    ) -> None:
        """Let a board in that has lost its key, or had none."""
        (await self._async_waiting()).withdraw_offer(board.id)
        self.hass.config_entries.async_update_entry(
            entry,
            unique_id=board.id,
            title=distinct_name(self.hass, name, entry),
            data=key_data(board, entry.data[CONF_CHANNELS]),
        )
        self.hass.config_entries.async_schedule_reload(entry.entry_id)

    async def async_step_system(self, user_input: Item) -> ConfigFlowResult:
        """Add one of the boards."""
        for board in (await self._async_waiting()).vouched():
            if board.id == user_input[CONF_BOARD]:
                await self.async_set_unique_id(board.id, raise_on_progress=False)
                self._abort_if_unique_id_configured()
                return self.async_create_entry(
                    title=distinct_name(self.hass, user_input[CONF_NAME]),
                    data=key_data(board),
                )
        raise AbortFlow("pairing_ended")


def _check_items(
    items: list[Item], boards: Mapping[str, WaitingBoard], errors: dict[str, str]
) -> str:
    """Note in `errors` what is wrong with the list; return which boards are meant."""
    ids = [item[CONF_BOARD] for item in items]
    if not items:
        errors[CONF_BOARDS] = "no_board_left"
    elif gone := [board_id for board_id in ids if board_id not in boards]:
        errors[CONF_BOARDS] = "boards_gone"
        return ", ".join(gone)
    elif twice := {board_id for board_id in ids if ids.count(board_id) > 1}:
        errors[CONF_BOARDS] = "board_twice"
        return ", ".join(sorted(twice))
    elif nameless := [
        item[CONF_BOARD] for item in items if not item[CONF_NAME].strip()
    ]:
        errors[CONF_BOARDS] = "nameless_board"
        return ", ".join(nameless)
    return ""

"""How a board that has a key is let in: by the code that it shows."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_CODE, CONF_NAME
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow

from .const import (
    CONF_ABOUT,
    CONF_BOARD,
    CONF_CHANNELS,
    CONF_KEY,
    CONF_LINK,
    DOMAIN,
    LINK_KEY,
)
from .device import distinct_name, escape_markdown
from .domain import async_get_domain
from .forms import CODE_SCHEMA, PAIR_SCHEMA, check_code, check_name, choose_schema
from .keyring import Keyring
from .waiting import WaitingBoard, WaitingBoards

WAIT_TIME: Final = 120
"""How long a dialog waits for a board in one go, in seconds."""


def key_data(
    board: WaitingBoard, channels: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what is stored of a board that is let in, with the channels it has."""
    return {
        CONF_LINK: LINK_KEY,
        CONF_BOARD: board.id,
        CONF_KEY: board.agreement.key.hex(),
        CONF_ABOUT: board.about.as_stored(),
        CONF_CHANNELS: channels or {},
    }


class PairingFlow(ConfigFlow):
    """The part of the config flow that asks for a code."""

    # The search that a dialog shows, and the board that was chosen.
    _search: asyncio.Task[bool] | None = None
    _board_id: str
    _board_name: str
    _label: str
    # Why a board shows no code any more.
    _ended_by: str

    async def _async_waiting(self) -> WaitingBoards:
        return (await async_get_domain(self.hass)).endpoint.waiting

    async def _async_wait_until(
        self, waiting: WaitingBoards, condition: Callable[[], object]
    ) -> bool:
        """Return whether something came true of the waiting boards in time."""
        changed = asyncio.Event()
        remove = waiting.async_on_change(changed.set)
        try:
            async with asyncio.timeout(WAIT_TIME):
                while not condition():
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            return False
        finally:
            remove()
        return True

    # Which board it is.

    async def async_step_pair(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Wait for a board that shows a code."""
        waiting = await self._async_waiting()
        if self._search is None:
            if waiting.by_code():
                return await self.async_step_choose()
            self._search = self.hass.async_create_task(
                self._async_wait_until(waiting, waiting.by_code),
                "arduino_sensor wait for a board with a code",
            )
        if not self._search.done():
            return self.async_show_progress(
                step_id="replace_board"
                if self.source == SOURCE_RECONFIGURE
                else "pair",
                progress_action="search",
                progress_task=self._search,
            )
        found, self._search = self._search.result(), None
        return self.async_show_progress_done(
            next_step_id="choose" if found else "nothing_waiting"
        )

    async def async_step_replace_board(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Wait for the board that is to take another's place."""
        return await self.async_step_pair()

    async def async_step_nothing_waiting(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what may be wrong, and ask whether to wait longer."""
        return self.async_show_menu(
            step_id="nothing_waiting",
            menu_options=["replace_board"]
            if self.source == SOURCE_RECONFIGURE
            else ["pair"],
        )

    async def async_step_choose(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which of several boards it is; one alone needs no question."""
        errors: dict[str, str] = {}
        boards = {board.id: board for board in (await self._async_waiting()).by_code()}
        if user_input is not None:
            if (board := boards.get(user_input[CONF_BOARD])) is not None:
                return await self._async_ask_code(board)
            errors[CONF_BOARD] = "board_gone"
        elif len(boards) == 1:
            return await self._async_ask_code(next(iter(boards.values())))
        if not boards:
            return await self.async_step_nothing_waiting()
        return self.async_show_form(
            step_id="choose",
            data_schema=choose_schema(
                {board.id: board.label for board in boards.values()}
            ),
            errors=errors,
        )

    async def _async_ask_code(self, board: WaitingBoard) -> ConfigFlowResult:
        self._board_id = board.id
        self._board_name = board.name
        self._label = board.label
        if self.source == SOURCE_RECONFIGURE:
            return await self.async_step_replace_code()
        return await self.async_step_discovery_known()

    async def _async_discover_board(self, board_id: str) -> ConfigFlowResult:
        """Offer a board that waits."""
        await self.async_set_unique_id(board_id)
        self._abort_if_unique_id_configured()
        waiting = await self._async_waiting()
        for board in waiting.by_code():
            if board.id == board_id:
                self.context["title_placeholders"] = {"name": board.label}
                return await self._async_ask_code(board)
        raise AbortFlow("pairing_ended")

    # What the person types.

    async def _async_check_code(
        self, board_id: str, user_input: dict[str, Any], errors: dict[str, str]
    ) -> WaitingBoard | None:
        """Return the board that shows the code; note in `errors` if none does."""
        code = check_code(user_input, errors)
        if errors:
            # What can be seen to be wrong does not count as a try.
            return None
        waiting = await self._async_waiting()
        waited = waiting.shows_code(board_id)
        board = waiting.check_code(board_id, code)
        if board is not None:
            return board
        waits = waiting.shows_code(board_id)
        errors[CONF_CODE] = "wrong_code" if waits else "no_code_shown"
        self._ended_by = "too_many_codes" if waited else "pairing_ended"
        return None

    @callback
    def _abort_if_ended(self, errors: Mapping[str, str]) -> None:
        if errors.get(CONF_CODE) == "no_code_shown":
            raise AbortFlow(self._ended_by)

    async def async_step_discovery_pair(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Add a board whose code was typed."""
        errors: dict[str, str] = {}
        if user_input is not None:
            name = check_name(user_input, errors)
            board = await self._async_check_code(self._board_id, user_input, errors)
            if board is not None:
                await self.async_set_unique_id(board.id, raise_on_progress=False)
                self._abort_if_unique_id_configured()
                return self.async_create_entry(
                    title=distinct_name(self.hass, name), data=key_data(board)
                )
            self._abort_if_ended(errors)
        else:
            user_input = {CONF_NAME: distinct_name(self.hass, self._board_name)}
        return self.async_show_form(
            step_id="discovery_pair",
            data_schema=self.add_suggested_values_to_schema(PAIR_SCHEMA, user_input),
            errors=errors,
            description_placeholders={"board": escape_markdown(self._label)},
        )

    async def async_step_discovery_known(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Give a board that was added with an address its key."""
        entry = Keyring(self.hass).keyless_entry_of(self._board_id)
        if entry is None:
            return await self.async_step_discovery_pair()
        errors: dict[str, str] = {}
        if user_input is not None:
            board = await self._async_check_code(self._board_id, user_input, errors)
            if board is not None:
                return await self._async_take_place(entry, board, "board_has_key")
            self._abort_if_ended(errors)
        return self.async_show_form(
            step_id="discovery_known",
            data_schema=CODE_SCHEMA,
            errors=errors,
            description_placeholders={
                "board": escape_markdown(self._label),
                "name": escape_markdown(entry.title),
            },
        )

    async def async_step_replace_code(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Have a board whose code was typed take the place of another."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            board = await self._async_check_code(self._board_id, user_input, errors)
            if board is not None:
                return await self._async_take_place(entry, board, "board_replaced")
            self._abort_if_ended(errors)
        return self.async_show_form(
            step_id="replace_code",
            data_schema=CODE_SCHEMA,
            errors=errors,
            description_placeholders={
                "board": escape_markdown(self._label),
                "name": escape_markdown(entry.title),
            },
        )

    async def _async_take_place(
        self, entry: ConfigEntry, board: WaitingBoard, reason: str
    ) -> ConfigFlowResult:
        """Make an entry a board's; what it had of another one is its own now."""
        await self._async_stop_ignoring(board.id)
        (await self._async_waiting()).withdraw_offer(board.id, self.flow_id)
        return self.async_update_reload_and_abort(
            entry,
            unique_id=board.id,
            data=key_data(board, entry.data[CONF_CHANNELS]),
            reason=reason,
        )

    async def _async_stop_ignoring(self, unique_id: str) -> None:
        """Remove what Home Assistant keeps of a board that was ignored."""
        ignored = self.hass.config_entries.async_entry_for_domain_unique_id(
            DOMAIN, unique_id
        )
        if ignored is not None and ignored.source == SOURCE_IGNORE:
            await self.hass.config_entries.async_remove(ignored.entry_id)

    # A board that has lost its key.

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Ask for the code of a board that has lost its key."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Give a board whose code was typed another key."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            board = await self._async_check_code(
                entry.data[CONF_BOARD], user_input, errors
            )
            if board is not None:
                return await self._async_take_place(entry, board, "reauth_successful")
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=CODE_SCHEMA,
            errors=errors,
            description_placeholders={"name": escape_markdown(entry.title)},
        )

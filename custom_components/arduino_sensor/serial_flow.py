"""How a board on a serial line is added and changed, when it has been heard."""

import json
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_NAME, CONF_PORT
from homeassistant.core import callback

from .board import BoardConfigEntry
from .channels import Channel
from .const import (
    CONF_ABOUT,
    CONF_BAUDRATE,
    CONF_BOARD,
    CONF_CHANNELS,
    CONF_LINK,
    CONF_PLOTTER,
    DOMAIN,
    LINK_SERIAL,
    LINK_VIRTUAL,
)
from .device import about, distinct_name, escape_markdown
from .forms import NAME_SCHEMA, check_name, show_lines
from .port_flow import CONF_USB, EXAMPLE, PortFlow, end_offers, port_id
from .remembered import stored
from .transports.serial import PortError

UNNAMED: Final = "Arduino"
"""What a board is called that neither it nor a person has named."""

_MAX_LINES: Final = 8
"""How many lines of text a dialog shows."""

_MENU: Final = ["serial_listen", "serial_again", "serial_anyway"]


class SerialFlow(PortFlow):
    """The part of the config flow for boards that have been heard."""

    # The entry that the board had before.
    _before: ConfigEntry

    @override
    async def async_step_serial_heard(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on with what was heard."""
        try:
            self._take_heard()
        except PortError:
            return await self.async_step_serial_again()
        if (entry := self._entry_of_heard()) is not None:
            return await self._async_known(entry)
        if self.source == SOURCE_RECONFIGURE and self._is_another():
            return await self.async_step_serial_other()
        if self._heard.channels:
            if self._plotted:
                return await self.async_step_serial_plotted()
            return await self.async_step_serial_received()
        if self._heard.about is not None:
            return await self.async_step_serial_anyway()
        if self._heard.problems:
            return await self.async_step_serial_wrong()
        if self._heard.garbled:
            return await self.async_step_serial_garbled()
        if self._heard.debug:
            return await self.async_step_serial_text()
        return await self.async_step_serial_silent()

    # Why there is no reading, and how to go on.

    async def async_step_serial_wrong(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what is wrong with the readings."""
        return self.async_show_menu(
            step_id="serial_wrong",
            menu_options=_MENU,
            description_placeholders={
                "baudrate": str(self._baudrate),
                "problems": "\n".join(
                    f"- {escape_markdown(problem.message)}"
                    for problem in self._heard.problems
                ),
            },
        )

    async def async_step_serial_garbled(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that what comes is no text."""
        return self.async_show_menu(
            step_id="serial_garbled",
            menu_options=_MENU,
            description_placeholders={
                "baudrate": str(self._baudrate),
            },
        )

    async def async_step_serial_text(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the text that has no readings in it."""
        return self.async_show_menu(
            step_id="serial_text",
            menu_options=_MENU,
            description_placeholders={
                "baudrate": str(self._baudrate),
                "lines": show_lines([*dict.fromkeys(self._heard.debug)][-_MAX_LINES:]),
                "example": EXAMPLE,
            },
        )

    async def async_step_serial_silent(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that nothing came."""
        return self.async_show_menu(
            step_id="serial_silent",
            menu_options=_MENU,
            description_placeholders={
                "baudrate": str(self._baudrate),
            },
        )

    async def async_step_serial_anyway(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Use a board that has not sent a reading yet."""
        if self.source == SOURCE_RECONFIGURE:
            return await self._async_change()
        return await self.async_step_serial_name()

    # A board that is new.

    async def async_step_serial_received(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what the board sends, and ask for its name."""
        if self.source == SOURCE_RECONFIGURE:
            return await self._async_change()
        errors: dict[str, str] = {}
        if user_input is not None:
            name = check_name(user_input, errors)
            if not errors:
                return await self._async_create_serial_entry(name)
        return self.async_show_form(
            step_id="serial_received",
            data_schema=self._name_schema(user_input),
            errors=errors,
            description_placeholders={
                "board": self._board_label(),
                "baudrate": str(self._baudrate),
                "values": self._values(),
            },
        )

    async def async_step_serial_plotted(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what the board's text comes to, and ask for its name."""
        if self.source == SOURCE_RECONFIGURE:
            return await self.async_step_serial_plotter()
        errors: dict[str, str] = {}
        if user_input is not None:
            name = check_name(user_input, errors)
            if not errors:
                return await self._async_create_serial_entry(name, {CONF_PLOTTER: True})
        return self.async_show_form(
            step_id="serial_plotted",
            data_schema=self._name_schema(user_input),
            errors=errors,
            description_placeholders={
                "board": self._board_label(),
                "baudrate": str(self._baudrate),
                "values": self._values(),
            },
        )

    async def async_step_serial_name(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the name of a board that has not sent a reading yet."""
        errors: dict[str, str] = {}
        if user_input is not None:
            name = check_name(user_input, errors)
            if not errors:
                return await self._async_create_serial_entry(name)
        return self.async_show_form(
            step_id="serial_name",
            data_schema=self._name_schema(user_input),
            errors=errors,
            description_placeholders={"board": self._board_label()},
        )

    async def _async_create_serial_entry(
        self, name: str, options: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        await self.async_set_unique_id(self._heard_id(), raise_on_progress=False)
        self._abort_if_unique_id_configured()
        await self._async_withdraw_offer()
        return self.async_create_entry(
            title=distinct_name(self.hass, name),
            data={**self._serial_data(), CONF_CHANNELS: stored(self._heard.channels)},
            options=options,
        )

    async def _async_withdraw_offer(self) -> None:
        """Offer no more, and ignore no more, what is at the port."""
        await self._async_stop_ignoring(port_id(self._port))
        end_offers(self.hass, self._port, self.flow_id)

    # A board that is there already.

    @callback
    def _entry_of_heard(self) -> ConfigEntry | None:
        """Return the entry of the board that has said its id, if it has one.

        Over the network a board without a key can say any id. If two say this one,
        nobody knows which it is.
        """
        if (board_id := self._heard_board) is None:
            return None
        entries = [
            entry
            for entry in self.hass.config_entries.async_entries(
                DOMAIN, include_ignore=False
            )
            if entry.data[CONF_LINK] != LINK_VIRTUAL
            and board_id in (entry.data.get(CONF_BOARD), about(entry).id)
        ]
        for entry in entries:
            if entry.data.get(CONF_BOARD) == board_id:
                return entry
        return entries[0] if len(entries) == 1 else None

    async def _async_known(self, entry: BoardConfigEntry) -> ConfigFlowResult:
        """Go on with a board that has an entry."""
        if self.source == SOURCE_RECONFIGURE:
            if entry is self._get_reconfigure_entry():
                return await self._async_change()
            return self.async_abort(
                reason="serial_is_other",
                description_placeholders={"name": escape_markdown(entry.title)},
            )
        self._before = entry
        if entry.data[CONF_LINK] != LINK_SERIAL:
            return await self.async_step_serial_known()
        if entry.state is ConfigEntryState.LOADED and entry.runtime_data.connected:
            return self.async_abort(
                reason="serial_twin",
                description_placeholders={"name": escape_markdown(entry.title)},
            )
        return await self._async_put_in_place("serial_moved")

    async def async_step_serial_known(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether a board that came over the network is to use the cable."""
        if user_input is not None:
            return await self._async_put_in_place("serial_known_now")
        return self.async_show_form(
            step_id="serial_known",
            description_placeholders={
                "board": self._board_label(),
                "name": escape_markdown(self._before.title),
            },
        )

    async def _async_put_in_place(self, reason: str) -> ConfigFlowResult:
        """Make the board's entry one for this port."""
        entry = self._before
        await self._async_withdraw_offer()
        self.hass.config_entries.async_update_entry(
            entry,
            unique_id=self._heard_id(),
            data={**self._serial_data(), CONF_CHANNELS: entry.data[CONF_CHANNELS]},
        )
        self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_abort(
            reason=reason,
            description_placeholders={"name": escape_markdown(entry.title)},
        )

    # A board that is changed.

    @callback
    def _is_another(self) -> bool:
        """Return whether another board is at the port than the entry's."""
        before = self._get_reconfigure_entry().data.get(CONF_BOARD)
        return self._heard_board is not None and before not in (None, self._heard_board)

    async def async_step_serial_other(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether another board is to take this one's place."""
        if user_input is not None:
            return await self._async_change()
        return self.async_show_form(
            step_id="serial_other",
            description_placeholders={
                "board": self._board_label(),
                "name": escape_markdown(self._get_reconfigure_entry().title),
            },
        )

    async def async_step_serial_plotter(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether the board's text is to be read from now on."""
        if user_input is not None:
            return await self._async_change({CONF_PLOTTER: True})
        return self.async_show_form(
            step_id="serial_plotter",
            description_placeholders={
                "board": self._board_label(),
                "baudrate": str(self._baudrate),
                "values": self._values(),
            },
        )

    async def async_step_replace_wireless(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Wait for a board with a network that is to take this one's place."""
        return await self.async_step_replace_board()

    async def _async_change(
        self, options: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Give the entry the port, the speed, and the board that is there."""
        entry = self._get_reconfigure_entry()
        data = {**self._serial_data(), CONF_CHANNELS: entry.data[CONF_CHANNELS]}
        if self._heard.about is None:
            # A board that has not spoken is taken for the one that was there.
            data.update(
                (key, entry.data[key])
                for key in (CONF_ABOUT, CONF_BOARD)
                if key in entry.data
            )
        await self._async_withdraw_offer()
        return self.async_update_reload_and_abort(
            entry,
            unique_id=data.get(CONF_BOARD) or self._heard_id(),
            data=data,
            options={**entry.options, **(options or {})},
            reload_even_if_entry_is_unchanged=False,
        )

    # What was heard, for people and for the entry.

    @property
    def _heard_board(self) -> str | None:
        """Return the id that the board has said."""
        return self._heard.about.id if self._heard.about is not None else None

    @callback
    def _heard_id(self) -> str:
        """Return the unique id of what is at the port."""
        return self._heard_board or port_id(self._port)

    @callback
    def _serial_data(self) -> dict[str, Any]:
        """Return what an entry has of the board, without its channels."""
        data: dict[str, Any] = {
            CONF_LINK: LINK_SERIAL,
            CONF_PORT: self._port,
            CONF_BAUDRATE: self._baudrate,
        }
        if self._usb is not None and self._usb.id is not None:
            data[CONF_USB] = self._usb.id
        if self._heard.about is not None:
            data[CONF_ABOUT] = self._heard.about.as_stored()
        if self._heard_board is not None:
            data[CONF_BOARD] = self._heard_board
        return data

    @callback
    def _name_schema(self, user_input: dict[str, Any] | None) -> Any:
        """Return the form for a name, filled in with one that nobody has."""
        if user_input is None:
            said = self._heard.about.name if self._heard.about is not None else None
            model = self._usb.model if self._usb is not None else None
            name = distinct_name(self.hass, said or model or UNNAMED)
            user_input = {CONF_NAME: name}
        return self.add_suggested_values_to_schema(NAME_SCHEMA, user_input)

    @callback
    def _values(self) -> str:
        """Return what the board has, as a block of text."""
        return show_lines(map(_show, self._heard.channels.values()))


def _show(channel: Channel) -> str:
    """Return a channel as a person is to see it: its name, its value, its unit."""
    if (described := channel.description) is None:
        return f"{channel.key}: {json.dumps(channel.value, ensure_ascii=False)}"
    name = described.name or channel.key
    if channel.value is None:
        return name
    value = json.dumps(channel.value, ensure_ascii=False)
    return f"{name}: {value} {described.unit or ''}".rstrip()

"""Which serial port a board is at, and what is heard there."""

import asyncio
import os
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USB,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.service_info.usb import UsbServiceInfo

from .const import (
    CONF_BAUDRATE,
    CONF_LINK,
    CONF_PLOTTER,
    DEFAULT_BAUDRATE,
    DOMAIN,
    LINK_SERIAL,
)
from .device import escape_markdown
from .forms import SERIAL_SCHEMA, SPEED_SCHEMA, check_baudrate
from .pairing_flow import PairingFlow
from .transports.serial import (
    Introduction,
    PortError,
    async_introduce,
    async_stable_port,
)
from .usb_board import UsbBoard, async_usb_board, usb_board

CONF_USB: Final = "usb"
"""What tells a board from others on USB, before it has said a word."""

EXAMPLE: Final = '{"temp": 25.5, "distance": 150.2}'
"""What a sketch is to print."""

# What most sketches use, the most usual first.
_USUAL_BAUDRATES: Final = (115200, 9600, 57600, 38400, 19200, 250000)

LISTEN_TIME: Final = 12.0
"""How long a board is listened to, in seconds."""

TRY_TIME: Final = 8.0
"""How long each other speed is tried, in seconds."""

# How soon it is known, in seconds, that a port is missing or taken.
_MOMENT: Final = 0.5


def port_id(port: str) -> str:
    """Return the unique id of a board that has no other than its port."""
    return f"{LINK_SERIAL}-{port}"


def _is_same(port: str, other: str) -> bool:
    """Return whether two names are of one port."""
    return os.path.realpath(port) == os.path.realpath(other)


@callback
def end_offers(hass: HomeAssistant, port: str, but: str) -> None:
    """End the dialogs that offer what is plugged in at a port, all but one."""
    flows = hass.config_entries.flow
    for flow in flows.async_progress_by_handler(
        DOMAIN, match_context={"source": SOURCE_USB, "unique_id": port_id(port)}
    ):
        if flow["flow_id"] != but:
            flows.async_abort(flow["flow_id"])


class PortFlow(PairingFlow):
    """The part of the config flow that asks for a port, and listens there."""

    # What the person chose.
    _port = ""
    _baudrate = DEFAULT_BAUDRATE
    # What is there, as far as it is known, or why that is not to be known.
    _usb: UsbBoard | None = None
    _failure: PortError | None = None
    _listening: asyncio.Task[Introduction] | None = None
    _heard = Introduction(about=None)
    # Whether the readings are text for the Serial Plotter, and nobody asked for that.
    _plotted = False

    # Which port it is.

    async def async_step_serial(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where the board is plugged in, and listen there."""
        errors: dict[str, str] = {}
        if await self._async_take_port(user_input, errors):
            return await self.async_step_serial_listen()
        return self.async_show_form(
            step_id="serial",
            data_schema=self.add_suggested_values_to_schema(
                SERIAL_SCHEMA, user_input or self._chosen()
            ),
            errors=errors,
            description_placeholders={"example": EXAMPLE, "name": self._taken_by()},
        )

    @override
    async def async_step_usb(self, discovery_info: UsbServiceInfo) -> ConfigFlowResult:
        """Offer a board that was plugged in.

        Its port is not opened before a person says so: that would start it anew, and
        perhaps somebody is just uploading a sketch to it.
        """
        self._port = await async_stable_port(self.hass, discovery_info.device)
        self._usb = usb_board(discovery_info)
        entries = self._serial_entries()
        if any(entry.data[CONF_PORT] == self._port for entry in entries):
            return self.async_abort(reason="already_configured")
        for entry in entries:
            if (
                self._usb.id is not None
                and entry.data.get(CONF_USB) == self._usb.id
                and not await self._async_has_twin(entry, self._usb.id)
            ):
                return await self._async_move(entry)
        await self.async_set_unique_id(port_id(self._port))
        self._abort_if_unique_id_configured()
        self.context["title_placeholders"] = {"name": self._usb.label}
        return await self.async_step_usb_confirm()

    async def _async_has_twin(self, entry: ConfigEntry, usb_id: str) -> bool:
        """Return whether an entry's board is where it was: then this is another.

        Copies of a board can have its serial number, too.
        """
        port = entry.data[CONF_PORT]
        if await self.hass.async_add_executor_job(_is_same, port, self._port):
            return False
        if (there := await async_usb_board(self.hass, port)) is not None:
            return there.id == usb_id
        return entry.state is ConfigEntryState.LOADED and bool(
            entry.runtime_data.connected
        )

    async def _async_move(self, entry: ConfigEntry) -> ConfigFlowResult:
        """Have an entry look for its board at this port."""
        unique_id = entry.unique_id
        if unique_id == port_id(entry.data[CONF_PORT]):
            # The old one would keep another board from being added there.
            unique_id = port_id(self._port)
            await self._async_stop_ignoring(unique_id)
        return self.async_update_reload_and_abort(
            entry,
            unique_id=unique_id,
            data_updates={CONF_PORT: self._port},
            reason="already_configured",
        )

    async def async_step_usb_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether to listen to a board that was plugged in."""
        errors: dict[str, str] = {}
        if user_input is not None:
            user_input = {**user_input, CONF_PORT: self._port}
        if await self._async_take_port(user_input, errors):
            return await self.async_step_serial_listen()
        if CONF_PORT in errors:
            errors["base"] = errors.pop(CONF_PORT)
        return self.async_show_form(
            step_id="usb_confirm",
            data_schema=self.add_suggested_values_to_schema(
                SPEED_SCHEMA, user_input or self._chosen()
            ),
            errors=errors,
            description_placeholders={
                "board": self._board_label(),
                "example": EXAMPLE,
                "name": self._taken_by(),
            },
        )

    async def async_step_serial_port(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where a board that was added is plugged in now."""
        errors: dict[str, str] = {}
        if not self._port:
            entry = self._get_reconfigure_entry()
            self._port = entry.data[CONF_PORT]
            self._baudrate = entry.data[CONF_BAUDRATE]
        if await self._async_take_port(user_input, errors):
            return await self.async_step_serial_listen()
        return self.async_show_form(
            step_id="serial_port",
            data_schema=self.add_suggested_values_to_schema(
                SERIAL_SCHEMA, user_input or self._chosen()
            ),
            errors=errors,
            description_placeholders={"name": self._taken_by()},
        )

    async def async_step_serial_again(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go back to the choice of port and speed."""
        if self.source == SOURCE_RECONFIGURE:
            return await self.async_step_serial_port()
        if self.source == SOURCE_USB:
            return await self.async_step_usb_confirm()
        return await self.async_step_serial()

    async def _async_take_port(
        self, user_input: dict[str, Any] | None, errors: dict[str, str]
    ) -> bool:
        """Return whether port and speed were chosen; else note what is wrong."""
        if user_input is None:
            if self._failure is not None:
                errors[CONF_PORT] = self._failure.key
            return False
        self._failure = None
        baudrate = check_baudrate(user_input, errors)
        port = await async_stable_port(self.hass, user_input[CONF_PORT].strip())
        if errors:
            return False
        self._port, self._baudrate = port, baudrate
        self._usb = await async_usb_board(self.hass, port) or self._usb_discovered()
        return True

    def _usb_discovered(self) -> UsbBoard | None:
        # What has brought this dialog knows best.
        return self._usb if self.source == SOURCE_USB else None

    @callback
    def _chosen(self) -> dict[str, Any]:
        """Return what the form is filled with."""
        chosen = {CONF_BAUDRATE: str(self._baudrate)}
        return {**chosen, CONF_PORT: self._port} if self._port else chosen

    @callback
    def _taken_by(self) -> str:
        """Return which board has the port, if that is what was wrong."""
        if self._failure is None:
            return ""
        return self._failure.placeholders.get("board", "")

    # What is heard there.

    async def async_step_serial_listen(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Listen to the board."""
        if self._listening is None:
            self._listening = self.hass.async_create_task(
                self._async_listen(), "arduino_sensor listen to a board"
            )
            # The page would miss the end of what is over before it looks.
            await asyncio.wait({self._listening}, timeout=_MOMENT)
            if self._listening.cancelled():
                # The dialog was closed: nobody sees this any more.
                return self.async_abort(reason="nothing_changed")
            if self._listening.done():
                # What was chosen must not count as the answer to what follows.
                return await self.async_step_serial_heard()
        if not self._listening.done():
            return self.async_show_progress(
                step_id="serial_listen",
                progress_action="serial_listen",
                progress_task=self._listening,
            )
        return self.async_show_progress_done(next_step_id="serial_heard")

    @callback
    @override
    def async_remove(self) -> None:
        """Let go of the port when the dialog is closed."""
        if self._listening is not None:
            self._listening.cancel()

    async def async_step_serial_heard(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on with what was heard."""
        raise NotImplementedError

    @callback
    def _take_heard(self) -> None:
        """Take what the listening has come to; raise PortError if it failed."""
        assert self._listening is not None
        listening, self._listening = self._listening, None
        try:
            self._heard = listening.result()
        except PortError as err:
            self._failure = err
            raise

    async def _async_listen(self) -> Introduction:
        """Return what was heard, at another speed if this one gives no text."""
        chosen = self._baudrate
        heard = await self._async_hear(LISTEN_TIME)
        # What is reached over a network has set its speed itself.
        if not heard.garbled or self._port.startswith("socket:"):
            return heard
        for baudrate in _USUAL_BAUDRATES:
            if baudrate != chosen:
                self._baudrate = baudrate
                other = await self._async_hear(TRY_TIME)
                if not other.garbled and not other.silent:
                    return other
        self._baudrate = chosen
        return heard

    async def _async_hear(self, seconds: float) -> Introduction:
        """Return what was heard at one speed, with readings of either form."""
        entry_id, plotter, self._plotted = None, False, False
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
            entry_id = entry.entry_id
            plotter = entry.options.get(CONF_PLOTTER, False)
        while True:
            heard = await async_introduce(
                self.hass,
                self._port,
                self._baudrate,
                plotter=plotter,
                entry_id=entry_id,
                seconds=seconds,
            )
            if plotter or not heard.plotted or heard.channels or heard.about:
                return heard
            # For the person to see what it would come to.
            plotter = self._plotted = True

    @callback
    def _board_label(self) -> str:
        """Return what the board is, for people."""
        about = self._heard.about
        if about is not None and (name := about.name or about.model or about.id):
            label = (
                f"{name} ({about.model})" if about.model not in (None, name) else name
            )
        else:
            label = self._usb.label if self._usb is not None else self._port
        return escape_markdown(label)

    @callback
    def _serial_entries(self) -> list[ConfigEntry]:
        """Return the entries of the boards on serial lines."""
        return [
            entry
            for entry in self.hass.config_entries.async_entries(
                DOMAIN, include_ignore=False
            )
            if entry.data[CONF_LINK] == LINK_SERIAL
        ]

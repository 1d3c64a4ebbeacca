"""How a board is added to Home Assistant."""

import asyncio
from datetime import datetime
from typing import Any, Final, cast, override

from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    OptionsFlow,
    OptionsFlowWithReload,
)
from homeassistant.const import CONF_NAME, CONF_TOKEN
from homeassistant.core import CALLBACK_TYPE, HassJob, callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.typing import DiscoveryInfoType

from .alerts_flow import AlertsFlow
from .appearance import appearance
from .board import Board
from .calibration import NONE
from .channels import Channel
from .const import (
    CONF_BOARD,
    CONF_CALIBRATION,
    CONF_CHANNELS,
    CONF_CORRECT,
    CONF_LINK,
    CONF_VALUES,
    DOMAIN,
    LINK_TOKEN,
    LINK_VIRTUAL,
)
from .description import Kind
from .device import distinct_name, escape_markdown
from .domain import async_get_domain
from .forms import (
    FIXED_SCHEMA,
    MAX_VALUES,
    NAME_SCHEMA,
    FixedBoard,
    async_check_fixed,
    calibration_schema,
    check_calibration,
    check_name,
    options_schema,
    show_values,
    split_address,
)
from .pairing_flow import WAIT_TIME
from .pending import PendingBoard, PendingBoards
from .protocol import ChannelType
from .reconfigure import ReconfigureFlow
from .remembered import channels_of
from .serial_flow import SerialFlow
from .several_flow import SeveralFlow

ATTENTION_TIME: Final = 15 * 60
"""How long a dialog counts as open, in seconds: a closed browser says nothing."""

VIRTUAL_NAME: Final = "Virtual board"


class ArduinoSensorConfigFlow(
    AlertsFlow, SeveralFlow, SerialFlow, ReconfigureFlow, domain=DOMAIN
):
    """Add a board, or change one."""

    VERSION = 1
    MINOR_VERSION = 1

    # The board that is waited for.
    _boards: PendingBoards
    _pending: PendingBoard
    _wait: asyncio.Task[bool] | None = None
    _cancel_release: CALLBACK_TYPE | None = None
    # The board that was discovered at a fixed address.
    _fixed: FixedBoard

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the dialog for the options."""
        return ArduinoSensorOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what is to be added."""
        # From here on boards can connect, also before the first is added.
        await async_get_domain(self.hass)
        return self.async_show_menu(
            step_id="user",
            menu_options=[
                "add_board",
                "serial",
                "pair",
                "add_several",
                "try_it",
                "alerts",
                "fixed_address",
            ],
        )

    # A board with an address of its own.

    async def async_step_add_board(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a name, and begin to wait for the board."""
        errors: dict[str, str] = {}
        if user_input is not None:
            name = check_name(user_input, errors)
            if not errors:
                self._boards = (await async_get_domain(self.hass)).endpoint.pending
                self._pending = self._boards.expect(name)
                self._token = self._pending.token
                self._cancel_release = async_call_later(
                    self.hass,
                    ATTENTION_TIME,
                    HassJob(self._release, cancel_on_shutdown=True),
                )
                await self.async_set_unique_id(self._pending.board_id)
                return await self.async_step_sketch()
        return self.async_show_form(
            step_id="add_board", data_schema=NAME_SCHEMA, errors=errors
        )

    @callback
    def _release(self, _now: datetime | None = None) -> None:
        """Let the board be discovered: perhaps nobody looks at this any more."""
        self._cancel_release = None
        self._boards.release(self._token)

    @callback
    @override
    def async_remove(self) -> None:
        """Go on waiting for the board when the dialog is closed."""
        super().async_remove()
        if self._cancel_release is not None:
            self._cancel_release()
            self._release()

    @override
    async def _async_sketch_shown(self) -> ConfigFlowResult:
        if self.source == SOURCE_RECONFIGURE:
            return await super()._async_sketch_shown()
        return await self.async_step_connect()

    async def async_step_connect(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether to wait for the board."""
        return self.async_show_menu(step_id="connect", menu_options=["wait", "finish"])

    async def async_step_wait(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Wait for the board's first reading."""
        if self._wait is None:
            self._wait = self.hass.async_create_task(
                self._async_wait(), "arduino_sensor wait for a board"
            )
            if self._wait.done():
                # The choice in the menu must not count as the answer to what follows.
                return await self.async_step_received()
        if not self._wait.done():
            return self.async_show_progress(
                step_id="wait", progress_action="wait", progress_task=self._wait
            )
        received = self._wait.result()
        self._wait = None
        return self.async_show_progress_done(
            next_step_id="received" if received else "nothing_yet"
        )

    async def _async_wait(self) -> bool:
        """Return whether a reading came in time."""
        try:
            async with asyncio.timeout(WAIT_TIME):
                await self._pending.async_wait()
        except TimeoutError:
            return False
        return True

    async def async_step_nothing_yet(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what may be wrong, and ask whether to wait longer."""
        return self.async_show_menu(
            step_id="nothing_yet", menu_options=["wait", "finish"]
        )

    async def async_step_received(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what the board has sent."""
        if user_input is not None:
            return await self.async_step_finish()
        return self.async_show_form(
            step_id="received",
            description_placeholders={"values": show_values(self._pending.values)},
        )

    async def async_step_finish(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Add the board."""
        return self._create_token_entry(self._pending.name)

    @callback
    def _create_token_entry(self, name: str) -> ConfigFlowResult:
        if self._cancel_release is not None:
            self._cancel_release()
            self._cancel_release = None
        # The board is waited for until its entry takes it over, so that it is not
        # turned away in between.
        return self.async_create_entry(
            title=distinct_name(self.hass, name),
            data={CONF_LINK: LINK_TOKEN, CONF_TOKEN: self._token, CONF_CHANNELS: {}},
        )

    # A board that is none.

    async def async_step_try_it(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Add the board that plays inside Home Assistant."""
        # Another dialog that was left open here is no reason to refuse this one.
        await self.async_set_unique_id(LINK_VIRTUAL, raise_on_progress=False)
        self._abort_if_unique_id_configured(error="already_there")
        if user_input is None:
            return self.async_show_form(step_id="try_it")
        return self.async_create_entry(
            title=distinct_name(self.hass, VIRTUAL_NAME),
            data={CONF_LINK: LINK_VIRTUAL, CONF_CHANNELS: {}},
        )

    # A board with a fixed address.

    async def async_step_fixed_address(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where the board connects."""
        errors: dict[str, str] = {}
        if user_input is not None:
            name = check_name(user_input, errors)
            user_input = split_address(user_input, errors)
            board = await async_check_fixed(self.hass, user_input, errors)
            if not errors:
                return await self._async_create_fixed_entry(name, board)
        return self.async_show_form(
            step_id="fixed_address",
            data_schema=self.add_suggested_values_to_schema(FIXED_SCHEMA, user_input),
            errors=errors,
        )

    async def _async_create_fixed_entry(
        self, name: str, board: FixedBoard
    ) -> ConfigFlowResult:
        await self.async_set_unique_id(board.unique_id, raise_on_progress=False)
        self._abort_if_unique_id_configured()
        return self.async_create_entry(
            title=distinct_name(self.hass, name),
            data={**board.data, CONF_CHANNELS: {}},
        )

    # Boards that come by themselves.

    @override
    async def async_step_integration_discovery(
        self, discovery_info: DiscoveryInfoType
    ) -> ConfigFlowResult:
        """Offer a board that waits with a code or came after its dialog was closed.

        Or a second one at a fixed address.
        """
        if CONF_BOARD in discovery_info:
            return await self._async_discover_board(discovery_info[CONF_BOARD])
        if CONF_TOKEN in discovery_info:
            self._token = discovery_info[CONF_TOKEN]
            self._boards = (await async_get_domain(self.hass)).endpoint.pending
            self._pending = self._known()
            # Its first dialog may still be open, in a browser that was closed.
            await self.async_set_unique_id(
                self._pending.board_id, raise_on_progress=False
            )
            name = self._pending.name
            step = self.async_step_discovery_confirm
        else:
            self._fixed = FixedBoard(**discovery_info)
            await self.async_set_unique_id(self._fixed.unique_id)
            name = str(self._fixed.source)
            step = self.async_step_discovery_confirm_fixed
        self._abort_if_unique_id_configured()
        self.context["title_placeholders"] = {"name": name}
        return await step()

    def _known(self) -> PendingBoard:
        """Return the board that was discovered, if it is still waited for."""
        if (board := self._boards.get(self._token)) is None:
            raise AbortFlow("expired")
        return board

    async def async_step_discovery_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Add a board whose dialog was closed."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._known()
            name = check_name(user_input, errors)
            if not errors:
                return self._create_token_entry(name)
        return self.async_show_form(
            step_id="discovery_confirm",
            data_schema=self.add_suggested_values_to_schema(
                NAME_SCHEMA, user_input or {CONF_NAME: self._pending.name}
            ),
            errors=errors,
            description_placeholders={
                "name": escape_markdown(self._pending.name),
                "values": show_values(self._pending.values),
            },
        )

    async def async_step_discovery_confirm_fixed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Add a second board at a fixed address."""
        errors: dict[str, str] = {}
        if user_input is not None:
            name = check_name(user_input, errors)
            if not errors:
                return await self._async_create_fixed_entry(name, self._fixed)
        source = str(self._fixed.source)
        return self.async_show_form(
            step_id="discovery_confirm_fixed",
            data_schema=self.add_suggested_values_to_schema(
                NAME_SCHEMA, user_input or {CONF_NAME: source}
            ),
            errors=errors,
            description_placeholders={
                "source": source,
                "port": str(self._fixed.port),
                "path": self._fixed.path,
            },
        )


class ArduinoSensorOptionsFlow(OptionsFlowWithReload):
    """Change what holds for a board: how it is published, and what it may see."""

    # The options as they are to be, and the channel that is corrected.
    _chosen: dict[str, Any]
    _channel: Channel

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for all but the corrections, and whether there is one to make."""
        options = self.config_entry.options
        link = self.config_entry.data[CONF_LINK]
        if link == LINK_VIRTUAL:
            return self.async_abort(reason="no_options")
        numbers = {
            key: channel
            for key, channel in channels_of(self.config_entry).items()
            if channel.type is ChannelType.NUMBER and channel.kind is Kind.SENSOR
        }
        errors: dict[str, str] = {}
        if user_input is not None:
            if len(user_input[CONF_VALUES]) <= MAX_VALUES:
                chosen = dict(user_input)
                correct = chosen.pop(CONF_CORRECT, None)
                # There are options that this dialog does not show.
                self._chosen = {**options, **chosen}
                if correct is None:
                    return self.async_create_entry(data=self._chosen)
                self._channel = numbers[correct]
                return await self.async_step_calibrate()
            errors[CONF_VALUES] = "too_many_values"
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                options_schema(link, numbers), user_input or options
            ),
            errors=errors,
        )

    async def async_step_calibrate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how a sensor is to be corrected."""
        key = self._channel.key
        kept: dict[str, Any] = self._chosen.get(CONF_CALIBRATION, {})
        errors: dict[str, str] = {}
        if user_input is not None:
            calibration = check_calibration(user_input, errors)
            if not errors:
                kept = {name: one for name, one in kept.items() if name != key}
                if calibration != NONE:
                    kept[key] = calibration.as_stored()
                return self.async_create_entry(
                    data={**self._chosen, CONF_CALIBRATION: kept}
                )
        raw, shown = self._latest()
        look = cast(SensorEntityDescription, appearance(self._channel))
        return self.async_show_form(
            step_id="calibrate",
            data_schema=self.add_suggested_values_to_schema(
                calibration_schema(look.native_unit_of_measurement),
                user_input or kept.get(key),
            ),
            errors=errors,
            description_placeholders={
                "sensor": escape_markdown(key),
                "raw": raw,
                "shown": shown,
            },
        )

    def _latest(self) -> tuple[str, str]:
        """Return what the board has sent of the channel last, and what is shown."""
        if self.config_entry.state is ConfigEntryState.LOADED:
            board: Board = self.config_entry.runtime_data
            channel = board.channels.get(self._channel.key)
            if channel is not None and channel.value is not None:
                raw = channel.value if channel.calibration is None else channel.raw
                return str(raw), str(channel.value)
        return "–", "–"

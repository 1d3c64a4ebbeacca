"""Triggers for automations: what happens to a board, not what it measures."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast, override

from homeassistant.const import CONF_DEVICE_ID, CONF_FOR, CONF_NAME, CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType

from .checkup import what_is_told
from .const import DOMAIN
from .happenings import SETTLE, SIGNAL_HAPPENING, Happening
from .silences import Silences

if TYPE_CHECKING:
    # From 2026.9 on, this is what Home Assistant has under voluptuous' name.
    import probatio as vol
else:
    import voluptuous as vol


CONF_EXISTING: Final = "existing"


def _schema(more: dict[vol.Marker, Any]) -> vol.Schema:
    return vol.Schema(
        {
            vol.Required(CONF_OPTIONS, default=dict): {
                vol.Optional(CONF_DEVICE_ID, default=list): vol.All(
                    cv.ensure_list, [cv.string]
                ),
                **more,
            }
        }
    )


class BoardTrigger(Trigger):
    """Fires when one thing happens to one of some boards, or to any board.

    Its data are `device_id` and `name` of the board, and what is told of the
    happening.
    """

    happening: ClassVar[Happening]
    words: ClassVar[str]
    """What the board did, for the trace of an automation."""
    schema: ClassVar[vol.Schema] = _schema({})

    @override
    @classmethod
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Return the options in their full form.

        Raises Invalid when they are not what they have to be, name a device that is
        no board, or name only boards that are gone: an automation that still has
        another board goes on working.
        """
        config = cast(ConfigType, cls.schema(config))
        device_ids = config[CONF_OPTIONS][CONF_DEVICE_ID]
        registry = dr.async_get(hass)
        found = 0
        for device_id in device_ids:
            if (device := registry.async_get(device_id)) is None:
                continue
            if all(identifier[0] != DOMAIN for identifier in device.identifiers):
                raise vol.Invalid(f"Device '{device_id}' is no Arduino board")
            found += 1
        if device_ids and not found:
            raise vol.Invalid(f"There is no device {' or '.join(device_ids)}")
        return config

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the boards to listen to; none stands for all, also later ones."""
        super().__init__(hass, config)
        self._options: dict[str, Any] = config.options or {}
        self._device_ids = frozenset(self._options[CONF_DEVICE_ID])

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Begin to listen; return what ends that."""

        @callback
        def happened(entry_id: str, happening: Happening, data: dict[str, str]) -> None:
            if happening is self.happening:
                self._fire(run_action, entry_id, data)

        return async_dispatcher_connect(self._hass, SIGNAL_HAPPENING, happened)

    @callback
    def _fire(
        self, run_action: TriggerActionRunner, entry_id: str, data: dict[str, str]
    ) -> None:
        """Run what waits for it, if the board is one of those."""
        device = dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, entry_id), entry_id
        )
        # The device is there before the board can connect, and until it is deleted.
        if device is None or (self._device_ids and device.id not in self._device_ids):
            return
        name = device.name_by_user or device.name
        run_action(
            {**data, CONF_DEVICE_ID: device.id, CONF_NAME: name},
            f"{name} {self.words}",
        )


class ConnectedTrigger(BoardTrigger):
    """Fires when a board has connected."""

    happening = Happening.CONNECTED
    words = "connected"


class SilenceTrigger(BoardTrigger):
    """Has an option for how long a board is silent: then its own settings do not matter.

    A board that is not there when Home Assistant starts counts as well: from then on, if
    it is not known since when.
    """

    schema = _schema({vol.Optional(CONF_FOR): cv.positive_time_period})
    tells: ClassVar[str]
    """Which of what `Silences` tells it fires at."""

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Begin to listen, and to wait for boards to be silent, or heard again."""
        if (time := self._options.get(CONF_FOR)) is None:
            return await super().async_attach_runner(run_action, did_not_trigger)

        @callback
        def _tell(entry_id: str) -> None:
            self._fire(run_action, entry_id, {})

        return Silences(self._hass, time, **{self.tells: _tell}).async_begin()


class WentSilentTrigger(SilenceTrigger):
    """Fires when a board has become unavailable, or has been silent for so long."""

    happening = Happening.WENT_SILENT
    words = "went silent"
    tells = "silent"


class CameBackTrigger(SilenceTrigger):
    """Fires when a board has become available, or is heard after so long a silence."""

    happening = Happening.CAME_BACK
    words = "came back"
    tells = "back"


class RejectedTrigger(BoardTrigger):
    """Fires when something that a board has sent could not be used."""

    happening = Happening.REJECTED
    words = "sent something that could not be used"


class ChannelProblemTrigger(BoardTrigger):
    """Fires when something is wrong with a sensor of a board.

    With `existing`, also for what is wrong already when an automation begins to listen.
    """

    happening = Happening.CHANNEL_PROBLEM
    words = "has a problem with a sensor"
    schema = _schema({vol.Optional(CONF_EXISTING, default=False): cv.boolean})

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Begin to listen, and tell of what is wrong already."""
        stop = await super().async_attach_runner(run_action, did_not_trigger)
        if not self._options[CONF_EXISTING]:
            return stop

        @callback
        def _tell(_now: datetime) -> None:
            for entry in self._hass.config_entries.async_loaded_entries(DOMAIN):
                board = entry.runtime_data
                for key, trouble in board.health.troubles.items():
                    told = what_is_told(board, key, trouble.code.value)
                    self._fire(run_action, entry.entry_id, told)

        cancel = async_call_later(
            self._hass, SETTLE, HassJob(_tell, cancel_on_shutdown=True)
        )

        @callback
        def _end() -> None:
            stop()
            cancel()

        return _end


class ChannelRecoveredTrigger(BoardTrigger):
    """Fires when a sensor that something was wrong with is right again."""

    happening = Happening.CHANNEL_RECOVERED
    words = "has a sensor that works again"


_TRIGGERS: Final[dict[str, type[Trigger]]] = {
    trigger.happening: trigger
    for trigger in (
        ConnectedTrigger,
        WentSilentTrigger,
        CameBackTrigger,
        RejectedTrigger,
        ChannelProblemTrigger,
        ChannelRecoveredTrigger,
    )
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers of the integration, by the second part of their names."""
    return _TRIGGERS

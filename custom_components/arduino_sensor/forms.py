"""The forms of the config flow, and what is checked in them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
import errno
from ipaddress import ip_address, ip_network
import json
import math
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

from homeassistant.config_entries import SOURCE_IGNORE, ConfigEntry
from homeassistant.const import CONF_CODE, CONF_NAME, CONF_PATH, CONF_PORT, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers import selector

from .calibration import Calibration
from .const import (
    CONF_BAUDRATE,
    CONF_BOARD,
    CONF_CHANNELS,
    CONF_CORRECT,
    CONF_FACTOR,
    CONF_GRACE,
    CONF_LINK,
    CONF_NETWORKS,
    CONF_OFFSET,
    CONF_PLOTTER,
    CONF_PUBLISH,
    CONF_PUBLISH_INTERVAL,
    CONF_SILENCE,
    CONF_SOURCE,
    CONF_VALUES,
    CONF_WATCH,
    DEFAULT_BAUDRATE,
    DEFAULT_FIXED_PATH,
    DEFAULT_FIXED_PORT,
    DEFAULT_GRACE,
    DEFAULT_PUBLISH_INTERVAL,
    DEFAULT_SILENCE,
    DOMAIN,
    LINK_FIXED,
    LINK_SERIAL,
    MAX_PUBLISH_INTERVAL,
    PRIVATE_NETWORKS,
    PUBLISH_LAST,
    PUBLISH_MEAN,
    WATCH_ALL,
    WATCH_OFF,
    WATCH_SURE,
)
from .domain import async_get_domain
from .protocol import Value
from .transports.websocket import URL_PREFIX, plain_address

if TYPE_CHECKING:
    # From 2026.9 on, this is what Home Assistant has under voluptuous' name.
    import probatio as vol
else:
    import voluptuous as vol

CONF_AREA: Final = "area"
CONF_BOARDS: Final = "boards"

MAX_VALUES: Final = 16
"""How many entities a board may see the states of."""

# What the Arduino IDE's Serial Monitor offers; any other can be typed.
_BAUDRATES: Final = (
    *(300, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 74880, 115200),
    *(230400, 250000, 500000, 1000000, 2000000),
)
_MAX_BAUDRATE: Final = 12_000_000

# What a URL's path holds without escapes: a board sends it just as it is typed.
_PATH: Final = re.compile(r"/[\w.~!$&'()*+,;=:@/-]*", re.ASCII)


def _number(
    minimum: int, maximum: int, unit: str | None = None
) -> Callable[[Any], Any]:
    config = selector.NumberSelectorConfig(
        min=minimum, max=maximum, step=1, mode=selector.NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return vol.All(selector.NumberSelector(config), vol.Coerce(int))


NAME_SCHEMA: Final = vol.Schema({vol.Required(CONF_NAME): selector.TextSelector()})

CODE_SCHEMA: Final = vol.Schema({vol.Required(CONF_CODE): selector.TextSelector()})

PAIR_SCHEMA: Final = NAME_SCHEMA.extend(CODE_SCHEMA.schema)

FIXED_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_NAME): selector.TextSelector(),
        vol.Required(CONF_PORT, default=DEFAULT_FIXED_PORT): _number(1, 65535),
        vol.Required(CONF_PATH, default=DEFAULT_FIXED_PATH): selector.TextSelector(),
        vol.Required(
            CONF_NETWORKS, default=list(PRIVATE_NETWORKS)
        ): selector.TextSelector(selector.TextSelectorConfig(multiple=True)),
        vol.Optional(CONF_SOURCE): selector.TextSelector(),
    }
)

SPEED_SCHEMA: Final = vol.Schema(
    {
        vol.Required(
            CONF_BAUDRATE, default=str(DEFAULT_BAUDRATE)
        ): selector.SelectSelector(
            selector.SelectSelectorConfig(
                options=[str(baudrate) for baudrate in _BAUDRATES],
                custom_value=True,
                mode=selector.SelectSelectorMode.DROPDOWN,
            )
        )
    }
)

SERIAL_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_PORT): selector.SerialPortSelector()}
).extend(SPEED_SCHEMA.schema)

_OPTIONS_SCHEMA: Final = vol.Schema(
    {
        vol.Required(
            CONF_PUBLISH_INTERVAL, default=DEFAULT_PUBLISH_INTERVAL
        ): selector.NumberSelector(
            selector.NumberSelectorConfig(
                min=0,
                max=MAX_PUBLISH_INTERVAL,
                step=0.1,
                mode=selector.NumberSelectorMode.BOX,
                unit_of_measurement=UnitOfTime.SECONDS,
            )
        ),
        vol.Required(CONF_PUBLISH, default=PUBLISH_LAST): selector.SelectSelector(
            selector.SelectSelectorConfig(
                options=[PUBLISH_LAST, PUBLISH_MEAN],
                translation_key=CONF_PUBLISH,
                mode=selector.SelectSelectorMode.LIST,
            )
        ),
        vol.Required(CONF_GRACE, default=DEFAULT_GRACE): _number(
            0, 3600, UnitOfTime.SECONDS
        ),
        vol.Required(CONF_SILENCE, default=DEFAULT_SILENCE): _number(
            10, 7 * 24 * 3600, UnitOfTime.SECONDS
        ),
        vol.Required(CONF_WATCH, default=WATCH_SURE): selector.SelectSelector(
            selector.SelectSelectorConfig(
                options=[WATCH_OFF, WATCH_SURE, WATCH_ALL],
                translation_key=CONF_WATCH,
                mode=selector.SelectSelectorMode.LIST,
            )
        ),
        vol.Optional(CONF_VALUES, default=[]): selector.EntitySelector(
            selector.EntitySelectorConfig(multiple=True)
        ),
    }
)


def options_schema(link: str, numbers: Iterable[str]) -> vol.Schema:
    """Return the form with a board's options.

    `numbers` are the channels that can be corrected.
    """
    schema = _OPTIONS_SCHEMA
    if link == LINK_SERIAL:
        schema = schema.extend(
            {vol.Required(CONF_PLOTTER, default=False): selector.BooleanSelector()}
        )
    if options := sorted(numbers):
        schema = schema.extend(
            {
                vol.Optional(CONF_CORRECT): selector.SelectSelector(
                    selector.SelectSelectorConfig(
                        options=options, mode=selector.SelectSelectorMode.DROPDOWN
                    )
                )
            }
        )
    return schema


def calibration_schema(unit: str | None) -> vol.Schema:
    """Return the form to correct a sensor; its numbers are in a unit."""
    factor = selector.NumberSelectorConfig(
        step="any", mode=selector.NumberSelectorMode.BOX
    )
    offset = factor.copy()
    if unit is not None:
        offset["unit_of_measurement"] = unit
    return vol.Schema(
        {
            vol.Required(CONF_FACTOR, default=1): selector.NumberSelector(factor),
            vol.Required(CONF_OFFSET, default=0): selector.NumberSelector(offset),
        }
    )


def check_calibration(
    user_input: Mapping[str, Any], errors: dict[str, str]
) -> Calibration:
    """Return the correction that was typed; note in `errors` what is wrong."""
    calibration = Calibration(user_input[CONF_OFFSET], user_input[CONF_FACTOR])
    if calibration.factor == 0 or not math.isfinite(calibration.factor):
        errors[CONF_FACTOR] = "invalid_factor"
    if not math.isfinite(calibration.offset):
        errors[CONF_OFFSET] = "invalid_offset"
    return calibration


def copy_schema(name: str, text: str) -> vol.Schema:
    """Return a form with a field that shows a text to be copied.

    Of all that a form can show, only the editor for templates has a button that
    copies everything. What comes back is not looked at.
    """
    return vol.Schema({vol.Optional(name, default=text): selector.TemplateSelector()})


def channels_schema(channels: Mapping[str, Any]) -> vol.Schema:
    """Return a form to choose some of a board's channels."""
    return vol.Schema(
        {
            vol.Required(CONF_CHANNELS, default=[]): selector.SelectSelector(
                selector.SelectSelectorConfig(
                    options=sorted(channels),
                    multiple=True,
                    mode=selector.SelectSelectorMode.LIST,
                )
            )
        }
    )


def choose_schema(boards: Mapping[str, str]) -> vol.Schema:
    """Return a form to choose one board; `boards` has what each is called, by id."""
    return vol.Schema(
        {
            vol.Required(CONF_BOARD): selector.SelectSelector(
                selector.SelectSelectorConfig(
                    options=_options(boards), mode=selector.SelectSelectorMode.LIST
                )
            )
        }
    )


def boards_schema(boards: Mapping[str, str]) -> vol.Schema:
    """Return a form with a list of boards, to give each a name and an area.

    `boards` has what each is called, by id.
    """
    fields = {
        CONF_BOARD: selector.ObjectSelectorField(
            selector=selector.SelectSelector(
                selector.SelectSelectorConfig(
                    options=_options(boards), mode=selector.SelectSelectorMode.DROPDOWN
                )
            ),
            required=True,
        ),
        CONF_NAME: selector.ObjectSelectorField(
            selector=selector.TextSelector(), required=True
        ),
        CONF_AREA: selector.ObjectSelectorField(selector=selector.AreaSelector()),
    }
    return vol.Schema(
        {
            vol.Required(CONF_BOARDS): selector.ObjectSelector(
                selector.ObjectSelectorConfig(
                    fields=fields,
                    multiple=True,
                    label_field=CONF_NAME,
                    description_field=CONF_BOARD,
                    translation_key=CONF_BOARDS,
                )
            )
        }
    )


def _options(boards: Mapping[str, str]) -> list[selector.SelectOptionDict]:
    return [
        selector.SelectOptionDict(value=board_id, label=label)
        for board_id, label in boards.items()
    ]


@dataclass(frozen=True, slots=True)
class FixedBoard:
    """A board at a fixed address, the way its config entry has it."""

    port: int
    path: str
    networks: list[str]
    source: str | None

    @property
    def unique_id(self) -> str:
        """Return what tells this address from all others."""
        return f"{self.port}{self.path}@{self.source or ''}"

    @property
    def data(self) -> dict[str, Any]:
        """Return what is stored of it, without its channels."""
        return {CONF_LINK: LINK_FIXED, **asdict(self)}


def check_name(user_input: Mapping[str, Any], errors: dict[str, str]) -> str:
    """Return the name that was typed; note in `errors` if there is none."""
    name: str = user_input[CONF_NAME].strip()
    if not name:
        errors[CONF_NAME] = "empty_name"
    return name


def check_code(user_input: Mapping[str, Any], errors: dict[str, str]) -> str:
    """Return the code that was typed; note in `errors` if it is not six digits."""
    code = re.sub(r"[\s-]", "", user_input[CONF_CODE])
    if not re.fullmatch(r"[0-9]{6}", code):
        errors[CONF_CODE] = "invalid_code"
    return code


def check_baudrate(user_input: Mapping[str, Any], errors: dict[str, str]) -> int:
    """Return the speed that was typed; note in `errors` if it is none."""
    text = re.sub(r"\s", "", user_input[CONF_BAUDRATE])
    if not re.fullmatch(r"[0-9]{1,8}", text) or not 0 < int(text) <= _MAX_BAUDRATE:
        errors[CONF_BAUDRATE] = "invalid_baudrate"
        return DEFAULT_BAUDRATE
    return int(text)


def split_address(user_input: dict[str, Any], errors: dict[str, str]) -> dict[str, Any]:
    """Return what was typed, with a whole address in place of a path taken apart.

    Its port is the one that is meant, unless another was chosen.
    """
    if "://" not in user_input[CONF_PATH]:
        return user_input
    try:
        url = urlsplit(user_input[CONF_PATH].strip())
        port = url.port or user_input[CONF_PORT]
    except ValueError:
        errors[CONF_PATH] = "invalid_path"
        return user_input
    if user_input[CONF_PORT] not in (port, DEFAULT_FIXED_PORT):
        errors[CONF_PORT] = "other_port"
        return user_input
    path = urlunsplit(("", "", url.path, url.query, url.fragment))
    return {**user_input, CONF_PORT: port, CONF_PATH: path or "/"}


async def async_check_fixed(
    hass: HomeAssistant,
    user_input: Mapping[str, Any],
    errors: dict[str, str],
    entry: ConfigEntry | None = None,
) -> FixedBoard:
    """Return the fixed address that was typed; note in `errors` what is wrong.

    `entry` is the one that is to be changed: its address is not taken.
    """
    path = _check_path(user_input[CONF_PATH], errors)
    networks = _check_networks(user_input[CONF_NETWORKS], errors)
    source = _check_source(user_input.get(CONF_SOURCE, ""), networks, errors)
    board = FixedBoard(user_input[CONF_PORT], path, networks, source)
    other = hass.config_entries.async_entry_for_domain_unique_id(
        DOMAIN, board.unique_id
    )
    if other is not None and other is not entry and other.source != SOURCE_IGNORE:
        errors["base"] = "address_taken"
    if CONF_PORT not in errors:
        await _async_check_port(hass, board.port, errors)
    return board


async def _async_check_port(
    hass: HomeAssistant, port: int, errors: dict[str, str]
) -> None:
    if hass.config.api is not None and port == hass.config.api.port:
        errors[CONF_PORT] = "port_of_home_assistant"
        return
    domain = await async_get_domain(hass)
    try:
        await domain.listeners.async_check(port)
    except PermissionError:
        errors[CONF_PORT] = "port_not_permitted"
    except OSError as err:
        in_use = err.errno == errno.EADDRINUSE
        errors[CONF_PORT] = "port_in_use" if in_use else "port_cannot_open"


def _check_path(text: str, errors: dict[str, str]) -> str:
    path = "/" + text.strip().lstrip("/")
    if not _PATH.fullmatch(path):
        errors[CONF_PATH] = "invalid_path"
    elif f"{path}/".startswith(URL_PREFIX):
        errors[CONF_PATH] = "reserved_path"
    return path


def _check_networks(texts: list[str], errors: dict[str, str]) -> list[str]:
    # In the order in which they were typed, each once.
    networks: dict[str, None] = {}
    for text in filter(None, map(str.strip, texts)):
        try:
            networks[str(ip_network(text, strict=False))] = None
        except ValueError:
            errors[CONF_NETWORKS] = "invalid_network"
    if not networks:
        errors.setdefault(CONF_NETWORKS, "no_network")
    return list(networks)


def _check_source(text: str, networks: list[str], errors: dict[str, str]) -> str | None:
    if not text.strip():
        return None
    try:
        source = plain_address(text.strip())
    except ValueError:
        errors[CONF_SOURCE] = "invalid_source"
        return None
    if not any(ip_address(source) in ip_network(network) for network in networks):
        errors.setdefault(CONF_SOURCE, "source_not_in_networks")
    return source


def show_lines(lines: Iterable[str]) -> str:
    """Return lines as a block of text for a dialog."""
    # The block's own marks in a line would end it.
    return "```text\n" + "\n".join(lines).replace("```", "'''") + "\n```"


def show_values(values: Mapping[str, Value]) -> str:
    """Return what a board has sent, as a block of text for a dialog."""
    if not values:
        return ""
    return show_lines(
        f"{key}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in values.items()
    )

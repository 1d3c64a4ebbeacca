"""Names and limits that more than one module needs."""

from typing import Final

DOMAIN: Final = "arduino_sensor"

# Config entry data. What makes a board reachable is its link: an address with a
# token, a fixed port and path, a key, a serial port, or the board that plays inside Home
# Assistant.
CONF_LINK: Final = "link"
CONF_NETWORKS: Final = "networks"
CONF_SOURCE: Final = "source"
CONF_CHANNELS: Final = "channels"
CONF_DESCRIBED: Final = "described"
CONF_ABOUT: Final = "about"
CONF_BOARD: Final = "board"
CONF_KEY: Final = "key"
CONF_NEW_KEY: Final = "new_key"
CONF_BAUDRATE: Final = "baudrate"

LINK_TOKEN: Final = "token"
LINK_FIXED: Final = "fixed"
LINK_KEY: Final = "key"
LINK_SERIAL: Final = "serial"
LINK_VIRTUAL: Final = "virtual"

# Options: times in seconds, and entities whose states the board may see.
CONF_GRACE: Final = "grace"
CONF_SILENCE: Final = "silence"
CONF_INTERVAL: Final = "interval"
CONF_VALUES: Final = "values"
CONF_PLOTTER: Final = "plotter"
CONF_PUBLISH_INTERVAL: Final = "publish_interval"
CONF_PUBLISH: Final = "publish"
CONF_WATCH: Final = "watch"
CONF_CALIBRATION: Final = "calibration"
CONF_OFFSET: Final = "offset"
CONF_FACTOR: Final = "factor"
CONF_CORRECT: Final = "correct"
DEFAULT_GRACE: Final = 30
DEFAULT_SILENCE: Final = 600
DEFAULT_PUBLISH_INTERVAL: Final = 1
MAX_PUBLISH_INTERVAL: Final = 60
PUBLISH_LAST: Final = "last"
PUBLISH_MEAN: Final = "mean"
WATCH_OFF: Final = "off"
WATCH_SURE: Final = "sure"
WATCH_ALL: Final = "all"

DEFAULT_BAUDRATE: Final = 115200
DEFAULT_FIXED_PORT: Final = 8000
DEFAULT_FIXED_PATH: Final = "/ws/sensor/"
# Addresses that the internet does not route: RFC 1918, 4193, 3927, 4291 and 1122.
PRIVATE_NETWORKS: Final = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
)

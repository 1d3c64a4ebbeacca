"""Where a board finds Home Assistant."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from homeassistant.components import network
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .transports.websocket import URL_PREFIX


@dataclass(frozen=True, slots=True)
class Address:
    """An address on Home Assistant's own server."""

    host: str
    port: int
    path: str
    tls: bool

    @property
    def url(self) -> str:
        """Return the address as one text."""
        scheme = "wss" if self.tls else "ws"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}{self.path}"

    @property
    def is_loopback(self) -> bool:
        """Return whether only programs on this machine can reach it."""
        return _is_loopback(self.host)


async def async_get_address(hass: HomeAssistant, token: str) -> Address:
    """Return the address at which a board with this token is expected."""
    api = hass.config.api
    if TYPE_CHECKING:
        assert api is not None
    # A server that listens on certain addresses only is reached there and nowhere
    # else. The first is often one that no board can reach.
    hosts = hass.http.server_host or ["0.0.0.0"]
    host = next((host for host in hosts if not _is_loopback(host)), hosts[0])
    if _is_unspecified(host):
        try:
            host = await network.async_get_source_ip(hass)
        except HomeAssistantError:
            host = api.local_ip
    return Address(host, api.port, f"{URL_PREFIX}{token}", api.use_ssl)


def _is_loopback(host: str) -> bool:
    """Return whether a host is the machine itself, for itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_unspecified(host: str) -> bool:
    """Return whether a host stands for all addresses of the machine."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False

"""Ports of their own, for boards that were flashed with a fixed address."""

import asyncio
import errno
from ipaddress import ip_address
import logging
from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import TCPSite

from homeassistant.components.http import KEY_HASS
from homeassistant.components.http.ban import (
    KEY_BAN_MANAGER,
    KEY_FAILED_LOGIN_ATTEMPTS,
    KEY_LOGIN_THRESHOLD,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant

from ..admission import Refusal
from ..connection import CloseCode
from ..protocol import Problem
from .websocket import URL_PREFIX, URL_SHARED, WebSocketServer, plain_address

_SHUTDOWN_TIMEOUT: Final = 2.0
_IDLE_TIMEOUT: Final = 15.0


def _is_ours(record: logging.LogRecord) -> bool:
    """Return whether a record tells of more than a peer that gets HTTP wrong.

    aiohttp logs that with a traceback. On an open port it is nobody's concern.
    """
    return record.exc_info is None or not isinstance(
        record.exc_info[1], HttpProcessingError
    )


_HTTP_LOGGER: Final = logging.getLogger(f"{__name__}.http")
_HTTP_LOGGER.addFilter(_is_ours)

_BANNED: Final = Refusal(
    CloseCode.NOT_ALLOWED,
    Problem(
        "not_allowed",
        "Home Assistant has banned this board's IP address: take it out of "
        "ip_bans.yaml and restart Home Assistant.",
    ),
)


class Listeners:
    """The ports that are open, each for as long as a board needs it."""

    def __init__(self, hass: HomeAssistant, server: WebSocketServer) -> None:
        """Begin with no port open."""
        self._hass = hass
        self._server = server
        self._users: dict[int, int] = {}
        self._runners: dict[int, web.AppRunner] = {}
        self._lock = asyncio.Lock()
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._async_stop)

    async def async_acquire(self, port: int) -> None:
        """Open a port, or count one user more of an open one.

        Raises OSError when it cannot be opened.
        """
        async with self._lock:
            if port not in self._runners:
                self._runners[port] = await self._async_open(port)
            self._users[port] = self._users.get(port, 0) + 1

    async def async_release(self, port: int) -> None:
        """Count one user less; with the last, the port is closed."""
        async with self._lock:
            if port not in self._runners:
                return  # Home Assistant stops, and has closed it
            self._users[port] -= 1
            if not self._users[port]:
                del self._users[port]
                await self._runners.pop(port).cleanup()

    async def async_check(self, port: int) -> None:
        """Raise OSError when a port cannot be opened; one of our own is fine."""
        await self.async_acquire(port)
        await self.async_release(port)

    async def _async_open(self, port: int) -> web.AppRunner:
        http = self._hass.http
        app = web.Application()
        # Home Assistant's own book of failed logins and bans counts here too.
        app[KEY_HASS] = self._hass
        if (bans := http.app.get(KEY_BAN_MANAGER)) is not None:
            app[KEY_BAN_MANAGER] = bans
            app[KEY_FAILED_LOGIN_ATTEMPTS] = http.app[KEY_FAILED_LOGIN_ATTEMPTS]
            app[KEY_LOGIN_THRESHOLD] = http.app[KEY_LOGIN_THRESHOLD]

        async def serve(request: web.Request) -> web.StreamResponse:
            assert request.remote is not None
            if bans is not None and (
                ip_address(plain_address(request.remote)) in bans.ip_bans_lookup
            ):
                return await self._server.async_refuse(request, _BANNED)
            if request.path == URL_SHARED:
                return await self._server.async_serve_key(request)
            if request.path.startswith(URL_PREFIX):
                return await self._server.async_serve_token(request)
            return await self._server.async_serve_fixed(request, port)

        app.router.add_get("/{path:.*}", serve)
        runner = web.AppRunner(
            app,
            access_log=None,  # the path can have a token in it
            logger=_HTTP_LOGGER,
            handler_cancellation=True,
            # Also for a connection that never finishes its first request.
            keepalive_timeout=_IDLE_TIMEOUT,
            shutdown_timeout=_SHUTDOWN_TIMEOUT,
        )
        await runner.setup()
        try:
            await self._async_bind(runner, port)
        except OSError:
            await runner.cleanup()
            raise
        return runner

    async def _async_bind(self, runner: web.AppRunner, port: int) -> None:
        """Open the port on the machine's addresses that Home Assistant uses too."""
        hosts: list[str] | list[None] = self._hass.http.server_host or [None]
        failures: list[OSError] = []
        for host in hosts:
            try:
                await TCPSite(runner, host, port).start()
            except OSError as err:
                if err.errno in (errno.EADDRINUSE, errno.EACCES):
                    raise
                # As Home Assistant does: an address that this machine does not have,
                # such as any of IPv6, is passed over as long as there is another.
                failures.append(err)
        if len(failures) == len(hosts):
            raise failures[0]

    async def _async_stop(self, _: Event) -> None:
        async with self._lock:
            for runner in self._runners.values():
                await runner.cleanup()
            self._runners.clear()
            self._users.clear()

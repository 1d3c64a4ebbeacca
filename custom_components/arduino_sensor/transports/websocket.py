"""The WebSocket transport: Home Assistant's own server, and a port of its own.

One handler stands behind both. What the boards' libraries do on the wire, and why
this answers as it does, is in docs/architecture.md.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
import logging
import time
from typing import Any, Final, override

from aiohttp import WebSocketError, WSMsgType, hdrs, web
from aiohttp.http_websocket import WSMessageNoDecodeText
import orjson

from homeassistant.components.http import HomeAssistantView
from homeassistant.components.http.ban import process_wrong_login
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback

from ..admission import Admission, Gatekeeper, Refusal
from ..collecting import Collector
from ..connection import PROBE_TIME, CloseCode, Session
from ..const import DEFAULT_SILENCE
from ..endpoint import Endpoint, KeyAddress
from ..enrolment import Enrolment
from ..handshake import Handshake
from ..link import LinkRecord
from ..protocol import MAX_FRAME, Problem

_LOGGER = logging.getLogger(__name__)

URL_SHARED: Final = "/api/arduino_sensor/ws"
"""Where boards with a key connect."""

URL_PREFIX: Final = f"{URL_SHARED}/"
"""Where boards with a token connect; the token follows."""

# Up to this length a frame that is too long is still read, so that its author gets
# a sentence; a longer one is closed by aiohttp with the bare code.
_MAX_READ: Final = 4 * MAX_FRAME

_MAX_QUEUE: Final = 32
_MAX_IN_A_ROW: Final = 32
_MAX_REFUSALS: Final = 32
_MAX_HANDSHAKES: Final = 128
_MAX_FROM_SOURCE: Final = 16
_PREPARE_TIMEOUT: Final = 10.0
_SEND_TIMEOUT: Final = 10.0
_CLOSE_TIMEOUT: Final = 2.0

_PAGE: Final = (
    "This is where Arduino boards bring their readings to Home Assistant.\n"
    "A board connects here with a WebSocket: there is nothing to see in a browser.\n"
)


class WebSocketConnection:
    """A board's connection over a WebSocket."""

    def __init__(
        self,
        hass: HomeAssistant,
        socket: web.WebSocketResponse[Any],
        transport: asyncio.Transport,
        source: str,
    ) -> None:
        """Wrap a WebSocket that was prepared."""
        self._hass = hass
        self._heard = hass.loop.time()
        self._pinged: float | None = None
        self._ping_due = False
        self._socket = socket
        self._transport = transport
        self._source = source
        self._outgoing: deque[str] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._close_code: CloseCode | None = None
        self._checker: asyncio.TimerHandle | None = None
        self._silence: float = DEFAULT_SILENCE
        self.session: Session | None = None
        self.collector = Collector()
        self.link: LinkRecord | None = None
        self.receive: Callable[[bytes], None]
        self.receive_problem: Callable[[Problem], None]

    @property
    def source(self) -> str:
        """Return the IP address of the board."""
        return self._source

    @property
    def silence(self) -> float:
        """Return after how many silent seconds the peer is asked for a sign of life.

        It is given half as long to answer.
        """
        return self._silence

    @silence.setter
    def silence(self, seconds: float) -> None:
        self._silence = seconds
        # A peer that was asked keeps the time that it was given to answer.
        if self._checker is not None and not self._is_asked:
            self._check()

    def probe(self, patience: float = PROBE_TIME) -> None:
        """Ask a peer that has been silent for a while, and give it as long again."""
        silent = self._hass.loop.time() - self._heard
        if self._pinged is None and silent >= patience:
            self._ping(patience)

    def send(self, message: dict[str, Any]) -> None:
        """Queue a message; a board that does not read its messages is closed."""
        if self._close_code is not None:
            return
        if len(self._outgoing) >= _MAX_QUEUE:
            self._outgoing.clear()
            self.close(CloseCode.TRY_AGAIN_LATER)
            return
        self._queue(message)
        self._write_soon()

    def close(self, code: CloseCode, problem: Problem | None = None) -> None:
        """Close, once what is queued has been sent."""
        if self._close_code is not None:
            return
        if problem is not None:
            self._queue(problem.as_message())
        self._close_code = code
        self._write_soon()

    def _queue(self, message: dict[str, Any]) -> None:
        self._outgoing.append(orjson.dumps(message).decode())
        if self.link is not None:
            self.link.sent(time.monotonic(), message)

    def _write_soon(self) -> None:
        if self._writer is None or self._writer.done():
            self._writer = self._hass.async_create_background_task(
                self._write(), "arduino_sensor write", eager_start=True
            )

    async def _write(self) -> None:
        try:
            async with asyncio.timeout(_SEND_TIMEOUT):
                while self._ping_due or self._outgoing:
                    if self._ping_due:
                        self._ping_due = False
                        await self._socket.ping()
                    else:
                        await self._socket.send_str(self._outgoing.popleft())
                if self._close_code is not None:
                    await self._socket.close(code=self._close_code)
        except ConnectionError:
            # Whoever reads from the connection notices as well.
            self._outgoing.clear()
        except TimeoutError:
            # A peer that does not read would not take part in closing either.
            self._outgoing.clear()
            self._close_code = self._close_code or CloseCode.TRY_AGAIN_LATER
            self._transport.abort()

    async def async_run(self) -> None:
        """Hand on what comes in until the connection ends."""
        now = self._hass.loop.time
        taken = 0
        # Whoever owns the connection may leave the silence as it is.
        self._check()
        try:
            async for message in self._socket:
                self._heard = now()
                # While frames are queued, the line above does not wait: without this
                # a board that sends faster than it is read would stop the house.
                taken += 1
                if taken % _MAX_IN_A_ROW == 0:
                    await asyncio.sleep(0)
                if self._close_code is not None:
                    continue
                if message.type is WSMsgType.TEXT and len(message.data) <= MAX_FRAME:
                    self.receive(message.data)
                elif message.type is WSMsgType.PING:
                    await self._socket.pong(message.data)
                else:
                    self._handle(message)
        finally:
            if self._checker is not None:
                self._checker.cancel()
                self._checker = None
        if self._writer is not None:
            await self._writer

    def _handle(self, message: WSMessageNoDecodeText) -> None:
        """Hand on what is no text frame, or a text frame that is too long."""
        problem: Problem | None = None
        if message.type is WSMsgType.BINARY:
            problem = Problem(
                "binary_frame", "This was sent as binary: readings are sent as text."
            )
        elif message.type is WSMsgType.TEXT or (
            message.type is WSMsgType.ERROR
            and isinstance(message.data, WebSocketError)
            and message.data.code == CloseCode.FRAME_TOO_LARGE
        ):
            problem = Problem(
                "frame_too_large",
                f"A message can have {MAX_FRAME} bytes, and this had more.",
            )
            self.close(CloseCode.FRAME_TOO_LARGE, problem)
        if problem is not None:
            self.receive_problem(problem)

    # Not aiohttp's heartbeat: its interval is fixed when a connection begins, it
    # costs a callback for every frame, and it leaves its timer behind when the server
    # is the one that closes.

    @property
    def _is_asked(self) -> bool:
        """Return whether the peer was pinged and not heard since."""
        return self._pinged is not None and self._heard < self._pinged

    @callback
    def _check(self) -> None:
        """Look whether the peer is there, and when to look again."""
        if self._is_asked:
            self.close(CloseCode.GOING_AWAY)
            return
        self._pinged = None
        remaining = self._heard + self._silence - self._hass.loop.time()
        if remaining > 0:
            self._check_in(remaining)
        else:
            self._ping(self._silence / 2)

    def _ping(self, patience: float) -> None:
        self._pinged = self._hass.loop.time()
        self._ping_due = True
        self._write_soon()
        self._check_in(patience)

    def _check_in(self, seconds: float) -> None:
        if self._checker is not None:
            self._checker.cancel()
        self._checker = self._hass.loop.call_later(seconds, self._check)


class SharedView(HomeAssistantView):
    """Where boards with a key connect, on Home Assistant's own server."""

    url = URL_SHARED
    name = "api:arduino_sensor:ws"
    requires_auth = False

    def __init__(self, server: WebSocketServer) -> None:
        """Make the view; the server outlives every config entry."""
        self._server = server

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Serve a board's connection for as long as it lasts."""
        return await self._server.async_serve_key(request)


class BoardView(HomeAssistantView):
    """Where boards with a token connect, on Home Assistant's own server."""

    url = URL_PREFIX + "{token:.*}"
    name = "api:arduino_sensor:ws:token"
    requires_auth = False

    def __init__(self, server: WebSocketServer) -> None:
        """Make the view; the server outlives every config entry."""
        self._server = server

    @override
    def register(
        self, hass: HomeAssistant, app: web.Application, router: web.UrlDispatcher
    ) -> None:
        """Register the route.

        Without the usual wrapper: it logs the path of every request at debug level,
        and the path has the token in it.
        """
        assert self.url is not None
        router.add_get(self.url, self.get)

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Serve a board's connection for as long as it lasts."""
        return await self._server.async_serve_token(request)


class WebSocketServer:
    """Takes connections in, or refuses them in a way that boards can read."""

    def __init__(
        self,
        hass: HomeAssistant,
        endpoint: Endpoint,
        gatekeeper: Gatekeeper,
        enrolment: Enrolment,
    ) -> None:
        """Begin with no connection."""
        self._hass = hass
        self._endpoint = endpoint
        self._gatekeeper = gatekeeper
        self._enrolment = enrolment
        self._refusals = 0
        self._handshakes: dict[Handshake, None] = {}
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._stop)

    async def async_serve_token(self, request: web.Request) -> web.StreamResponse:
        """Serve a connection to an address with a token."""
        # A slash too many at the end is a slip, not another token.
        token = request.path.removeprefix(URL_PREFIX).rstrip("/")
        if not token:
            return await self.async_serve_key(request)
        return await self._serve(
            request, lambda source: self._gatekeeper.admit_token(token, source)
        )

    async def async_serve_fixed(
        self, request: web.Request, port: int
    ) -> web.StreamResponse:
        """Serve a connection to a fixed path on a port of its own."""
        if _is_page(request):
            return await self.async_refuse(request, _PAGE_REFUSAL)
        return await self._serve(
            request,
            lambda source: self._gatekeeper.admit_fixed(port, request.path, source),
        )

    async def async_serve_key(self, request: web.Request) -> web.StreamResponse:
        """Serve a connection to the address for boards with a key."""
        if _is_page(request):
            return await self.async_refuse(request, _PAGE_REFUSAL)
        return await self._serve(request, lambda _: None)

    async def async_refuse(
        self, request: web.Request, refusal: Refusal
    ) -> web.StreamResponse:
        """Refuse a connection whatever it wants."""
        return await self._serve(request, lambda _: refusal)

    async def _serve(
        self, request: web.Request, admit: Callable[[str], Admission | Refusal | None]
    ) -> web.StreamResponse:
        """Serve a connection; whose it is shows in a handshake if nothing is admitted."""
        if self._hass.is_stopping:
            return _response(HTTPStatus.SERVICE_UNAVAILABLE, "Home Assistant stops.\n")
        assert request.remote is not None
        source = plain_address(request.remote)
        # The subprotocol that a client asks for is granted, whatever it is: some
        # libraries always ask for one, and browsers give up without an answer.
        protocols = request.headers.get(hdrs.SEC_WEBSOCKET_PROTOCOL, "").split(",")
        socket: web.WebSocketResponse[Any] = web.WebSocketResponse(
            autoping=False,
            protocols=[protocol.strip() for protocol in protocols[:8]],
            max_msg_size=_MAX_READ,
            timeout=_CLOSE_TIMEOUT,
            compress=False,
            decode_text=False,
        )
        if not socket.can_prepare(request):
            return _response(HTTPStatus.UPGRADE_REQUIRED, _PAGE)
        admission = admit(source)
        if isinstance(admission, Refusal) and self._refusals >= _MAX_REFUSALS:
            return _response(HTTPStatus.SERVICE_UNAVAILABLE, "Too many at once.\n")
        try:
            if isinstance(admission, Refusal):
                await self._refuse(request, socket, source, admission)
            else:
                await self._take(request, socket, source, admission)
        except ConnectionError, TimeoutError:
            # Peers go at any moment: Home Assistant's log is not the place for it.
            _LOGGER.debug("The connection from %s was lost", source)
        return socket

    async def _take(
        self,
        request: web.Request,
        socket: web.WebSocketResponse[Any],
        source: str,
        admission: Admission | None,
    ) -> None:
        async with asyncio.timeout(_PREPARE_TIMEOUT):
            await socket.prepare(request)
        if (transport := request.transport) is None:
            raise ConnectionResetError
        connection = WebSocketConnection(self._hass, socket, transport, source)
        if admission is None:
            await self._shake_hands(connection)
            return
        self._endpoint.connect(admission.address, connection)
        try:
            await connection.async_run()
        finally:
            self._endpoint.disconnect(connection)

    def _make_room(self, source: str) -> None:
        """Have the oldest stranger go, if there are too many, from here or at all.

        Whoever has a key needs a moment; who stays long is in its way. Boards that
        wait for a person are counted elsewhere.
        """
        going_on = [each for each in self._handshakes if each.is_going_on]
        from_here = [each for each in going_on if each.source == source]
        if len(from_here) >= _MAX_FROM_SOURCE:
            from_here[0].give_way()
        elif len(going_on) >= _MAX_HANDSHAKES:
            going_on[0].give_way()

    @callback
    def _stop(self, _: Event) -> None:
        for handshake in self._handshakes:
            handshake.stop()

    async def _shake_hands(self, connection: WebSocketConnection) -> None:
        """Serve a connection that has to show whose it is."""

        @callback
        def proven(session: Session, hello: bytes) -> None:
            self._handshakes.pop(handshake, None)
            connection.session = session
            self._endpoint.connect(KeyAddress(session.board_id), connection)
            # What the board said of itself counts from now on.
            connection.receive(hello)

        handshake = Handshake(
            self._hass, connection, self._endpoint, self._enrolment, proven
        )
        self._make_room(connection.source)
        self._handshakes[handshake] = None
        try:
            await connection.async_run()
        finally:
            self._handshakes.pop(handshake, None)
            handshake.end()
            self._endpoint.disconnect(connection)

    async def _refuse(
        self,
        request: web.Request,
        socket: web.WebSocketResponse[Any],
        source: str,
        refusal: Refusal,
    ) -> None:
        """Accept a connection and close it with a reason.

        Not refused by an HTTP status: boards' libraries do not show it, and the one
        that most sketches use answers it with bytes that are no HTTP.
        """
        self._refusals += 1
        try:
            if refusal.failed_login and self._gatekeeper.is_failed_login(source):
                # What Home Assistant logs of the request must not have the token.
                await process_wrong_login(
                    request.clone(rel_url=f"{URL_PREFIX}(token)", remote=source)
                )
            async with asyncio.timeout(_PREPARE_TIMEOUT):
                await socket.prepare(request)
                await socket.send_json(refusal.problem.as_message())
                await socket.close(code=refusal.code)
        finally:
            self._refusals -= 1


_PAGE_REFUSAL: Final = Refusal(
    CloseCode.NOT_ALLOWED, Problem("not_allowed", "A web page cannot be a board.")
)


def _is_page(request: web.Request) -> bool:
    """Return whether a web page wants to connect where no token is needed.

    A page on any site can open a WebSocket to the home's own network, and its
    visitor's browser tells itself apart by this header alone.
    """
    return request.headers.get(hdrs.USER_AGENT, "").startswith("Mozilla/")


def plain_address(remote: str) -> str:
    """Return an IP address with IPv4 in its own form, and without a zone."""
    address = ip_address(remote.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address)


def _response(status: HTTPStatus, text: str) -> web.Response:
    """Return a response after which nothing more is read from the client.

    A board's library that takes it for a WebSocket goes on writing.
    """
    response = web.Response(status=status, text=text)
    response.force_close()
    return response

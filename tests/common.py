"""What several test modules use: boards to add, and boards that connect."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import json
import logging
import time
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.arduino_sensor.const import (
    CONF_CHANNELS,
    CONF_LINK,
    CONF_NETWORKS,
    CONF_SOURCE,
    DOMAIN,
    LINK_FIXED,
    LINK_TOKEN,
    LINK_VIRTUAL,
    PRIVATE_NETWORKS,
)
from custom_components.arduino_sensor.transports.websocket import URL_PREFIX
from homeassistant.const import CONF_PATH, CONF_PORT, CONF_TOKEN, CONF_TYPE
from homeassistant.core import HomeAssistant

TOKEN = "abcdefghijkmnpqrstuvwxyz23456789"
ADDRESS = f"{URL_PREFIX}{TOKEN}"
PATH = "/ws/sensor/"


# Boards that Home Assistant knows.


def _stored(channels: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {key: {CONF_TYPE: kind} for key, kind in channels.items()}


def token_entry(
    token: str = TOKEN,
    *,
    title: str = "Kitchen",
    channels: Mapping[str, str] = {},
    **kwargs: Any,
) -> MockConfigEntry:
    """Return the entry of a board with an address of its own."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=title,
        unique_id=f"board-{token}",
        data={
            CONF_LINK: LINK_TOKEN,
            CONF_TOKEN: token,
            CONF_CHANNELS: _stored(channels),
        },
        **kwargs,
    )


def fixed_entry(
    port: int,
    *,
    path: str = PATH,
    source: str | None = None,
    networks: tuple[str, ...] = PRIVATE_NETWORKS,
    title: str = "Shed",
    **kwargs: Any,
) -> MockConfigEntry:
    """Return the entry of a board with a fixed address."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=title,
        unique_id=f"{port}{path}@{source or ''}",
        data={
            CONF_LINK: LINK_FIXED,
            CONF_PORT: port,
            CONF_PATH: path,
            CONF_NETWORKS: list(networks),
            CONF_SOURCE: source,
            CONF_CHANNELS: {},
        },
        **kwargs,
    )


def virtual_entry() -> MockConfigEntry:
    """Return the entry of the board that plays inside Home Assistant."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Virtual board",
        unique_id=LINK_VIRTUAL,
        data={CONF_LINK: LINK_VIRTUAL, CONF_CHANNELS: {}},
    )


async def add(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Add a board to Home Assistant."""
    if hass.config_entries.async_get_entry(entry.entry_id) is None:
        entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


# Boards that connect.


class Sketch:
    """A board as its author sees it: what it sends, and what it is told."""

    def __init__(self, hass: HomeAssistant, socket: ClientWebSocketResponse) -> None:
        """Take a WebSocket that leaves pings to this class."""
        self.hass = hass
        self.socket = socket

    async def send(self, frame: object) -> list[dict[str, Any]]:
        """Send a frame and return the answers.

        Bytes go out as they are, in a text frame; a str as text; anything else as
        JSON.
        """
        data = frame if isinstance(frame, str | bytes) else json.dumps(frame)
        if isinstance(data, str):
            data = data.encode()
        await self.socket.send_frame(data, WSMsgType.TEXT)
        return await self.answers()

    async def answers(self) -> list[dict[str, Any]]:
        """Return what the server had to say until now."""
        # Frames are taken in order: when the pong is here, all before it are done.
        await self.socket.ping(b"done?")
        answers, message = await self._receive()
        assert message.type is WSMsgType.PONG, message
        return answers

    async def end(self) -> tuple[list[dict[str, Any]], int]:
        """Wait for the server to close; return its last words and the code."""
        answers, message = await self._receive()
        assert message.type is WSMsgType.CLOSE, message
        return answers, message.data

    async def _receive(self) -> tuple[list[dict[str, Any]], Any]:
        """Return the messages until something else comes, and that."""
        answers: list[dict[str, Any]] = []
        async with asyncio.timeout(5):
            while True:
                message = await self.socket.receive()
                if message.type is WSMsgType.PING:
                    await self.socket.pong(message.data)
                elif message.type is WSMsgType.TEXT:
                    answers.append(json.loads(message.data))
                else:
                    break
        await self.hass.async_block_till_done()
        return answers, message


type Connect = Callable[..., Awaitable[Sketch]]


def raw_frame(
    data: bytes, opcode: WSMsgType = WSMsgType.TEXT, *, final: bool = True
) -> bytes:
    """Return a client's frame as it travels, under a mask of zeros."""
    size = len(data)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 2**16:
        length = bytes([0x80 | 126]) + size.to_bytes(2)
    else:
        length = bytes([0x80 | 127]) + size.to_bytes(8)
    return bytes([(0x80 if final else 0) | opcode]) + length + bytes(4) + data


def upgrade_request(path: str, *headers: str) -> bytes:
    """Return the request with which a board's library begins."""
    return "\r\n".join(
        (
            f"GET {path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
            *headers,
            "",
            "",
        )
    ).encode()


# Waiting.


async def wait_until(hass: HomeAssistant, condition: Callable[[], object]) -> None:
    """Wait for what takes a moment on a real connection."""
    for _ in range(3000):
        if condition():
            return
        # The event loop's own clock may stand still.
        await asyncio.to_thread(time.sleep, 0.001)
        await hass.async_block_till_done()
    pytest.fail("This did not happen.")


async def pass_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float
) -> None:
    """Let time pass."""
    freezer.tick(seconds)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


# Looking.


def state(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the state of an entity, or None if there is none."""
    found = hass.states.get(entity_id)
    return found.state if found is not None else None


def assert_quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Check that nothing in the log looks like a bug."""
    loud = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelno >= logging.ERROR
        or (
            (record.exc_info or "Traceback" in record.getMessage())
            # Others may tell the like of a reset connection, if they are asked for all.
            and not (
                record.levelno == logging.DEBUG
                and not record.name.startswith("custom_components")
            )
        )
    ]
    assert not loud


# Talking with a board.


def channels(*items: object, final: bool = True) -> dict[str, Any]:
    """Return the message with which a board describes its channels."""
    return {"type": "channels", "channels": list(items), "final": final}


async def told(board: Sketch) -> dict[str, Any]:
    """Return the next message that a board gets."""
    async with asyncio.timeout(5):
        while True:
            message = await board.socket.receive()
            if message.type is WSMsgType.PING:
                await board.socket.pong(message.data)
                continue
            assert message.type is WSMsgType.TEXT, message
            found: dict[str, Any] = json.loads(message.data)
            return found


async def obey(board: Sketch, **result: Any) -> dict[str, Any]:
    """Do what a board is told next, or refuse it; return what that was."""
    command = await told(board)
    assert command["type"] == "set", command
    # What comes next is for the next to read.
    await board.socket.send_json(
        {"type": "result", "id": command["id"], "ok": True, **result}
    )
    return command


def act(
    hass: HomeAssistant, action: str, entity_id: str, **data: Any
) -> asyncio.Task[Any]:
    """Begin an action on an entity, as a person does; await the task for its end.

    Until then, `Sketch.send` waits as well: write to the socket itself.
    """
    domain, _, service = action.partition(".")
    return hass.async_create_background_task(
        hass.services.async_call(
            domain, service, {"entity_id": entity_id, **data}, blocking=True
        ),
        action,
    )


def attributes(hass: HomeAssistant, entity_id: str) -> dict[str, Any]:
    """Return the attributes of an entity."""
    found = hass.states.get(entity_id)
    assert found is not None, entity_id
    return dict(found.attributes)


async def disconnect(hass: HomeAssistant, board: Sketch) -> None:
    """Close the connection of the board in the kitchen."""
    await board.socket.close()
    await wait_until(
        hass, lambda: state(hass, "binary_sensor.kitchen_connectivity") == "off"
    )

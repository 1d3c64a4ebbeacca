"""A new key, agreed on under the old one."""

import asyncio
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
import pytest

from custom_components.arduino_sensor import rotation
from custom_components.arduino_sensor.auth import (
    Agreement,
    Role,
    agree,
    commitment,
    is_proof,
    is_vouch,
    proof,
    transcript,
    vouch,
)
from custom_components.arduino_sensor.const import CONF_KEY, CONF_NEW_KEY
from custom_components.arduino_sensor.transports.websocket import URL_SHARED
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .common import Connect, Sketch, add, state, token_entry
from .test_handshake import ID, KEY, NONCE, challenged, key_entry, prove


class Board:
    """A board that was let in, and knows its nonces."""

    def __init__(self, sketch: Sketch, hub_nonce: bytes) -> None:
        """Take a connection in which the old key was proven."""
        self.sketch = sketch
        self.hub_nonce = hub_nonce

    async def receive(self, kind: str) -> dict[str, Any]:
        """Return the next message, which has to be of a kind."""
        message: dict[str, Any] = await self.sketch.socket.receive_json(timeout=5)
        assert message["type"] == kind, message
        return message

    async def exchange(self, secret: bytes) -> tuple[dict[str, Any], Agreement]:
        """Go through the exchange up to its answer, vouching with a secret."""
        private = X25519PrivateKey.generate()
        public, nonce = private.public_key().public_bytes_raw(), secrets.token_bytes(16)
        commit = commitment(public, nonce).hex()
        await self.sketch.socket.send_json({"type": "pair", "id": ID, "commit": commit})
        theirs = await self.receive("pair")
        key, their_nonce = bytes.fromhex(theirs["key"]), bytes.fromhex(theirs["nonce"])
        agreed = agree(private, key, transcript(ID, key, public, their_nonce, nonce))
        await self.sketch.socket.send_json(
            {
                "type": "reveal",
                "key": public.hex(),
                "nonce": nonce.hex(),
                "vouch": vouch(secret, Role.BOARD, agreed.transcript),
            }
        )
        return await self.sketch.socket.receive_json(timeout=5), agreed

    async def prove(self, key: bytes) -> None:
        """Prove a key with the nonces of this connection."""
        text = proof(key, Role.BOARD, ID, self.hub_nonce, NONCE)
        await self.sketch.socket.send_json({"type": "proof", "proof": text})


@pytest.fixture
def entry() -> Any:
    """Return the entry of a board with a key."""
    return key_entry()


@pytest.fixture
async def board(hass: HomeAssistant, entry: Any, connect_token: Connect) -> Board:
    """Return a board that was let in."""
    await add(hass, entry)
    sketch = await connect_token(URL_SHARED)
    nonce = await challenged(sketch)
    text = proof(KEY, Role.BOARD, ID, nonce, NONCE)
    (welcome,) = await sketch.send({"type": "proof", "proof": text})
    assert welcome["type"] == "welcome"
    return Board(sketch, nonce)


async def test_new_key(
    hass: HomeAssistant, entry: Any, board: Board, connect_token: Connect
) -> None:
    """The exchange runs in the live connection; the old key ends with the proof."""
    task = asyncio.create_task(entry.runtime_data.dialogue.async_replace_key())
    await board.receive("rotate")
    paired, agreed = await board.exchange(KEY)
    assert paired["type"] == "paired"
    assert is_vouch(paired["vouch"], KEY, Role.HUB, agreed.transcript)
    new = agreed.key
    assert is_proof(paired["proof"], new, Role.HUB, ID, board.hub_nonce, NONCE)
    # A board that has lost the last message goes on with the old key.
    assert entry.data[CONF_KEY] == KEY.hex()
    assert entry.data[CONF_NEW_KEY] == new.hex()
    await board.prove(new)
    welcome = await board.receive("welcome")
    assert is_proof(welcome["proof"], new, Role.HUB, ID, board.hub_nonce, NONCE)
    await task
    assert entry.data[CONF_KEY] == new.hex()
    assert CONF_NEW_KEY not in entry.data
    await board.sketch.send({"temp": 20})
    assert state(hass, "sensor.kitchen_temperature") == "20"
    again = await connect_token(URL_SHARED)
    assert (await prove(again))[0]["code"] == "wrong_proof"
    assert (await prove(await connect_token(URL_SHARED), new))[0]["type"] == "welcome"


async def test_not_vouched_for(hass: HomeAssistant, entry: Any, board: Board) -> None:
    """Who is in the middle of the connection does not have the old key."""
    task = asyncio.create_task(entry.runtime_data.dialogue.async_replace_key())
    await board.receive("rotate")
    answer, agreed = await board.exchange(bytes(32))
    assert answer["code"] == "wrong_vouch"
    await board.prove(agreed.key)
    await board.sketch.answers()
    assert entry.data[CONF_KEY] == KEY.hex()
    assert CONF_NEW_KEY not in entry.data
    await board.sketch.socket.close()
    with pytest.raises(HomeAssistantError):
        await task


async def test_wrong_commit(hass: HomeAssistant, entry: Any, board: Board) -> None:
    """What is revealed has to fit; out of order is not taken either."""
    task = asyncio.create_task(entry.runtime_data.dialogue.async_replace_key())
    await board.receive("rotate")
    send = board.sketch.send
    reveal = {"type": "reveal", "key": "11" * 32, "nonce": "00" * 16}
    assert (await send(reveal))[0]["code"] == "invalid_message"
    entry.runtime_data.reporter._next = 0.0
    assert (await send({"type": "pair", "id": "x"}))[0]["code"] == "invalid_message"
    entry.runtime_data.reporter._next = 0.0
    await send({"type": "pair", "id": ID, "commit": "00" * 32})
    (answer,) = await send(reveal)
    assert answer["code"] == "wrong_commit"
    entry.runtime_data.reporter._next = 0.0
    (answer,) = await send({"type": "proof", "proof": "00" * 32})
    assert answer["code"] == "invalid_message"
    task.cancel()


async def test_no_answer(
    hass: HomeAssistant, entry: Any, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A board that cannot do it leaves the person an error, and all as it was."""
    monkeypatch.setattr(rotation, "ROTATION_TIME", 0.05)
    with pytest.raises(HomeAssistantError) as err:
        await entry.runtime_data.dialogue.async_replace_key()
    assert err.value.translation_key == "key_not_replaced"
    await board.receive("rotate")
    # Nothing is taken when nobody has asked for it.
    assert (
        await board.sketch.send({"type": "pair", "id": ID, "commit": "00" * 32}) == []
    )
    assert entry.data[CONF_KEY] == KEY.hex()


async def test_one_at_a_time(hass: HomeAssistant, entry: Any, board: Board) -> None:
    """A second person who asks for the same does not disturb the first."""
    dialogue = entry.runtime_data.dialogue
    task = asyncio.create_task(dialogue.async_replace_key())
    await board.receive("rotate")
    with pytest.raises(HomeAssistantError) as err:
        await dialogue.async_replace_key()
    assert err.value.translation_key == "key_is_being_replaced"
    _, agreed = await board.exchange(KEY)
    await board.prove(agreed.key)
    await task
    assert entry.data[CONF_KEY] == agreed.key.hex()


async def test_no_key_to_replace(
    hass: HomeAssistant, entry: Any, connect_token: Connect
) -> None:
    """A board that is away, or has no key, cannot get another."""
    await add(hass, entry)
    other = await add(hass, token_entry())
    await connect_token()
    for board in (entry, other):
        with pytest.raises(HomeAssistantError) as err:
            await board.runtime_data.dialogue.async_replace_key()
        assert err.value.translation_key == "board_away"

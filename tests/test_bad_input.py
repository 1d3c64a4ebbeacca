"""What a board can get wrong, and what becomes of it, as one table.

Each row goes over a real WebSocket. What is good in a frame is kept, what is not is
answered with a sentence and counted, the log stays quiet, and the board's next
reading is taken as if nothing had been.
"""

from dataclasses import dataclass
import json
from typing import Any

from aiohttp import WSMsgType
from freezegun.api import FrozenDateTimeFactory
import pytest
from yarl import URL

from custom_components.arduino_sensor.channels import MAX_CHANNELS
from custom_components.arduino_sensor.protocol import MAX_FRAME, MAX_KEY, MAX_TEXT
from custom_components.arduino_sensor.transports.websocket import URL_PREFIX
from homeassistant.const import STATE_OFF, STATE_UNKNOWN
from homeassistant.core import HomeAssistant

from .common import (
    TOKEN,
    Connect,
    Sketch,
    add,
    assert_quiet,
    raw_frame,
    state,
    token_entry,
    wait_until,
)

# The board has sent {"temp": 20.5, "humidity": 40, "red": true} before. In each
# frame that can have one, "humidity" is the good neighbour.
BEFORE = "40"
KEPT = "50"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The server ends the connection."""

    code: int
    """The close code."""


@dataclass(frozen=True, slots=True)
class Binary:
    """What is sent in a binary frame."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Pieces:
    """What is sent in pieces, none of which is the final one."""

    data: bytes
    size: int


NONE: dict[str, str] = {}
UNKNOWN = {"sensor.board_temperature": STATE_UNKNOWN}
FULL = {f"x{number}": number for number in range(MAX_CHANNELS)}

# What is sent · the error that is answered, or how the connection ends · the good
# neighbour afterwards · how many are counted · other states worth a look.
TABLE = {
    # No JSON, or none that is of use.
    "empty": ("", "invalid_json", BEFORE, 1, NONE),
    "no JSON": ("temp=25.5", "invalid_json", BEFORE, 1, NONE),
    "single quotes": ("{'humidity':50}", "invalid_json", BEFORE, 1, NONE),
    "cut off": ('{"humidity":50,"te', "invalid_json", BEFORE, 1, NONE),
    "two in one": ('{"humidity":50}{"temp":1}', "invalid_json", BEFORE, 1, NONE),
    "a word": ('{"humidity":50,"temp":none}', "invalid_json", BEFORE, 1, NONE),
    "invalid UTF-8": (b'{"humidity":50,"n":"\xff"}', "invalid_json", BEFORE, 1, NONE),
    "only bytes": (b"\x00\x01\xfe\xff", "invalid_json", BEFORE, 1, NONE),
    "half a character": (
        r'{"humidity":50,"n":"\udc00"}',
        "invalid_json",
        KEPT,
        1,
        NONE,
    ),
    "a list": ('[{"humidity":50}]', "not_an_object", BEFORE, 1, NONE),
    "a number": ("25.5", "not_an_object", BEFORE, 1, NONE),
    "a text": ('"humidity"', "not_an_object", BEFORE, 1, NONE),
    "null": ("null", "not_an_object", BEFORE, 1, NONE),
    "many [": ("[" * MAX_FRAME, "invalid_json", BEFORE, 1, NONE),
    # What Arduino prints for a float that is no number: null, and no error.
    "nan": ('{"temp":nan,"humidity":50}', None, KEPT, 0, UNKNOWN),
    "inf": ('{"temp":inf,"humidity":50}', None, KEPT, 0, UNKNOWN),
    "-inf": ('{"temp":-inf,"humidity":50}', None, KEPT, 0, UNKNOWN),
    "ovf": ('{"temp":ovf,"humidity":50}', None, KEPT, 0, UNKNOWN),
    "NaN": ('{"temp":NaN,"humidity":50}', None, KEPT, 0, UNKNOWN),
    "Infinity": ('{"temp":Infinity,"humidity":50}', None, KEPT, 0, UNKNOWN),
    "-Infinity": ('{"temp":-Infinity,"humidity":50}', None, KEPT, 0, UNKNOWN),
    "nan for all": ('{"temp":nan,"red":nan,"humidity":50}', None, KEPT, 0, UNKNOWN),
    "nan in a text": (
        '{"temp":nan,"note":"nan, -inf \\" ovf","humidity":50}',
        None,
        KEPT,
        0,
        {**UNKNOWN, "sensor.board_note": 'nan, -inf " ovf'},
    ),
    "a text that is nan": ('{"temp":"nan","humidity":50}', "wrong_type", KEPT, 1, NONE),
    # Values that no channel takes.
    "1e400": ('{"temp":1e400,"humidity":50}', "number_out_of_range", KEPT, 1, NONE),
    "-1e400": ('{"temp":-1e400,"humidity":50}', "number_out_of_range", KEPT, 1, NONE),
    "400 digits": (
        f'{{"temp":{"9" * 400},"humidity":50}}',
        "number_out_of_range",
        KEPT,
        1,
        NONE,
    ),
    "an object": ('{"temp":{"c":25},"humidity":50}', "nested_value", KEPT, 1, NONE),
    "an empty list": ('{"temp":[],"humidity":50}', "nested_value", KEPT, 1, NONE),
    "deep": (
        f'{{"humidity":50,"x":{"[" * 500}{"]" * 500}}}',
        "nested_value",
        KEPT,
        1,
        NONE,
    ),
    "a long text": (
        {"note": "x" * (MAX_TEXT + 1), "humidity": 50},
        "text_too_long",
        KEPT,
        1,
        {"sensor.board_note": None},
    ),
    "not too long a text": (
        {"note": "x" * MAX_TEXT, "humidity": 50},
        None,
        KEPT,
        0,
        {"sensor.board_note": "x" * MAX_TEXT},
    ),
    # Keys.
    "the same key twice": (
        '{"humidity":49,"temp":1,"humidity":50}',
        "duplicate_key",
        KEPT,
        1,
        {"sensor.board_temperature": "1"},
    ),
    "an empty key": ('{"":1,"humidity":50}', "invalid_key", KEPT, 1, NONE),
    "a blank key": ('{" ":1,"humidity":50}', "invalid_key", KEPT, 1, NONE),
    "a key with a zero byte": (
        r'{"a\u0000b":1,"humidity":50}',
        "invalid_key",
        KEPT,
        1,
        NONE,
    ),
    "a long key": (
        {"x" * (MAX_KEY + 1): 1, "humidity": 50},
        "invalid_key",
        KEPT,
        1,
        NONE,
    ),
    "not too long a key": (
        {"x" * MAX_KEY: 1, "humidity": 50},
        None,
        KEPT,
        0,
        {f"sensor.board_{'x' * MAX_KEY}": "1"},
    ),
    # Three are there, so three of these are too many.
    "too many channels": (
        {**FULL, "humidity": 50},
        "too_many_channels",
        KEPT,
        3,
        {"sensor.board_x60": "60", "sensor.board_x61": None},
    ),
    # A key keeps the type of its name or its first value.
    "true after 25.5": ('{"temp":true,"humidity":50}', "wrong_type", KEPT, 1, NONE),
    "text after 25.5": ('{"temp":"25.5","humidity":50}', "wrong_type", KEPT, 1, NONE),
    "25.5 after true": ('{"red":25.5,"humidity":50}', "wrong_type", KEPT, 1, NONE),
    "1 after true": (
        '{"red":1,"humidity":50}',
        None,
        KEPT,
        0,
        {"binary_sensor.board_red": "on"},
    ),
    "a name for a number": ('{"co2":"low","humidity":50}', "wrong_type", KEPT, 1, NONE),
    "several at once": (
        '{"temp":true,"":1,"x":[],"humidity":50}',
        "wrong_type",
        KEPT,
        3,
        NONE,
    ),
    # Types.
    "unknown type": ('{"type":"DHT22","humidity":50}', "unknown_type", BEFORE, 0, NONE),
    "a number as type": ('{"type":1,"humidity":50}', "unknown_type", BEFORE, 0, NONE),
    "a later type": ('{"type":"backlog","humidity":50}', None, BEFORE, 0, NONE),
    # Frames.
    "binary": (Binary(b'{"humidity":50}'), "binary_frame", BEFORE, 1, NONE),
    "a byte too long": (
        '{"humidity":50' + " " * (MAX_FRAME - 14) + "}",
        Closed(code=1009),
        BEFORE,
        1,
        NONE,
    ),
    "far too long": (" " * 2**20, Closed(code=1009), BEFORE, 1, NONE),
    "a megabyte of [ in small pieces": (
        Pieces(b"[" * 2**20, 1000),
        Closed(code=1009),
        BEFORE,
        1,
        NONE,
    ),
    "a megabyte of [ in large pieces": (
        Pieces(b"[" * 2**20, 30000),
        Closed(code=1009),
        BEFORE,
        1,
        NONE,
    ),
}


@pytest.mark.parametrize(
    ("sent", "answer", "neighbour", "rejected", "states"),
    TABLE.values(),
    ids=TABLE,
)
async def test_bad_input(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    caplog: pytest.LogCaptureFixture,
    sent: object,
    answer: str | Closed | None,
    neighbour: str,
    rejected: int,
    states: dict[str, str | None],
) -> None:
    """Each row of the table holds."""
    entry = await add(hass, token_entry(title="Board"))
    board = await connect_token()
    assert await board.send({"temp": 20.5, "humidity": 40, "red": True}) == []

    if isinstance(answer, Closed):
        await send(board, sent)
        answers, code = await board.end()
        assert code == answer.code
        assert [message["code"] for message in answers] in ([], ["frame_too_large"])
        await wait_until(
            hass,
            lambda: state(hass, "binary_sensor.board_connectivity") == STATE_OFF,
        )
    else:
        await send(board, sent)
        answers = await board.answers()
        assert [message["code"] for message in answers] == [answer] * (
            answer is not None
        )
    for message in answers:
        check_sentence(message, rejected)
    assert entry.runtime_data.reporter.count == rejected
    assert state(hass, "sensor.board_humidity") == neighbour
    for entity_id, expected in states.items():
        assert state(hass, entity_id) == expected
    if "sensor.board_temperature" not in states:
        assert state(hass, "sensor.board_temperature") == "20.5"

    # As if nothing had been.
    if isinstance(answer, Closed):
        board = await connect_token()
    assert await board.send({"temp": 21.5, "humidity": 60, "red": False}) == []
    assert state(hass, "sensor.board_temperature") == "21.5"
    assert state(hass, "sensor.board_humidity") == "60"
    assert state(hass, "binary_sensor.board_red") == "off"
    assert_quiet(caplog)


async def send(board: Sketch, sent: object) -> None:
    """Send what stands in a row."""
    if isinstance(sent, Binary):
        await board.socket.send_bytes(sent.data)
        return
    if isinstance(sent, Pieces):
        writer = board.socket._writer
        opcode = WSMsgType.TEXT
        for begin in range(0, len(sent.data), sent.size):
            piece = sent.data[begin : begin + sent.size]
            writer.transport.write(raw_frame(piece, opcode, final=False))
            opcode = WSMsgType.CONTINUATION
        return
    data = sent if isinstance(sent, str | bytes) else json.dumps(sent)
    await board.socket.send_frame(
        data.encode() if isinstance(data, str) else data, WSMsgType.TEXT
    )


def check_sentence(message: dict[str, Any], rejected: int) -> None:
    """Check that an error is of use to who reads it in the Serial Monitor."""
    assert message["type"] == "error"
    assert set(message) <= {"type", "code", "key", "message", "more"}
    assert message.get("more", 0) == max(rejected - 1, 0)
    sentence = message["message"]
    assert sentence.isprintable()
    assert 20 < len(sentence) < 200
    assert sentence.endswith((".", "?"))
    assert len(json.dumps(message)) < 600


# Addresses: what is sent instead of the token · whether that is the board's.
ADDRESSES = {
    "right": (TOKEN, True),
    "a slash too many": (f"{TOKEN}/", True),
    "URL-encoded": ("".join(f"%{ord(char):02X}" for char in TOKEN), True),
    "URL-encoded in part": (f"%61{TOKEN[1:]}", True),
    "URL-encoded twice": (f"%2561{TOKEN[1:]}", False),
    "wrong": (TOKEN[::-1], False),
    "cut": (TOKEN[:-1], False),
    "too long": (f"{TOKEN}x", False),
    "with a space": (f"{TOKEN}%20", False),
    "in capitals": (TOKEN.upper(), False),
    "not UTF-8": ("%ff%fe", False),
}


@pytest.mark.parametrize(("token", "right"), ADDRESSES.values(), ids=ADDRESSES)
async def test_bad_address(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    caplog: pytest.LogCaptureFixture,
    token: str,
    right: bool,
) -> None:
    """A token is right or wrong, however it is written."""
    await add(hass, token_entry(title="Board"))
    board = await connect_token(URL(f"{URL_PREFIX}{token}", encoded=True))
    if not right:
        (answer,), code = await board.end()
        assert (answer["code"], code) == ("unknown_address", 4401)
        check_sentence(answer, 0)
        board = await connect_token()
    assert await board.send({"temp": 20}) == []
    assert state(hass, "sensor.board_temperature") == "20"
    assert_quiet(caplog)


async def test_flood(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    connect_token: Connect,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """However much is wrong, one error a second is answered, and all are counted."""
    entry = await add(hass, token_entry(title="Board"))
    board = await connect_token()
    answers = []
    for _ in range(3):
        for _ in range(100):
            await board.socket.send_str("garbage")
        answers.extend(await board.answers())
        freezer.tick(1.01)
    assert [answer["code"] for answer in answers] == ["invalid_json"] * 3
    assert entry.runtime_data.reporter.count == 300
    assert await board.send({"temp": 20}) == []
    assert state(hass, "sensor.board_temperature") == "20"
    assert_quiet(caplog)

"""What is kept of a board's link, and how much of it is shown."""

import json
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.arduino_sensor.link import MAX_FRAMES, MAX_SHOWN, LinkRecord


def frames(record: LinkRecord) -> list[dict[str, Any]]:
    """Return what is shown of the frames, each received or sent at 0."""
    shown: list[dict[str, Any]] = record.as_dict(0.0)["frames"]
    assert [frame.pop("age") for frame in shown] == [0.0] * len(shown)
    return shown


def shown(data: bytes) -> dict[str, str]:
    """Return how one frame from a board is shown."""
    record = LinkRecord()
    record.received(0.0, data)
    (frame,) = frames(record)
    assert frame.pop("direction") == "in"
    return frame


def test_nothing_yet() -> None:
    """A link that never was has a record too."""
    assert LinkRecord().as_dict(1.0) == {
        "connects": 0,
        "drops": 0,
        "moves": 0,
        "reconnects_in_24_hours": 0,
        "received": 0,
        "sent": 0,
        "last_connect_age": None,
        "last_drop_age": None,
        "frames": [],
    }


def test_frames_of_both_directions() -> None:
    """Frames are shown as they travelled, with their age to the millisecond."""
    record = LinkRecord()
    record.received(100.0, b'{"temp": 25.5,\t"x": nan}')
    record.sent(100.25, {"type": "error", "code": "nested", "message": "Kö"})
    record.handshake(101.0, "in", "hello")
    record.handshake(101.5, "out", "challenge")
    report = record.as_dict(101.98765)
    assert report["frames"] == [
        {"age": 1.988, "direction": "in", "frame": '{"temp": 25.5,\t"x": nan}'},
        {
            "age": 1.738,
            "direction": "out",
            "frame": '{"type":"error","code":"nested","message":"Kö"}',
        },
        {"age": 0.988, "direction": "in", "type": "hello"},
        {"age": 0.488, "direction": "out", "type": "challenge"},
    ]
    assert (report["received"], report["sent"]) == (2, 2)


def test_only_the_latest_frames_are_kept() -> None:
    """All are counted, the older ones give way."""
    record = LinkRecord()
    for number in range(MAX_FRAMES + 7):
        record.received(0.0, b"%d" % number)
    record.sent(0.0, {"type": "settings"})
    report = record.as_dict(0.0)
    assert (report["received"], report["sent"]) == (MAX_FRAMES + 7, 1)
    assert [frame["frame"] for frame in report["frames"]] == [
        *(str(number) for number in range(8, MAX_FRAMES + 7)),
        '{"type":"settings"}',
    ]


def test_connections(freezer: FrozenDateTimeFactory) -> None:
    """It is known how often a board came and went, and from how many places."""
    record = LinkRecord()
    record.connected("192.168.1.5")
    freezer.tick(10)
    record.dropped()
    freezer.tick(5)
    record.connected("192.168.1.5")
    record.connected("192.168.1.6")
    record.connected("192.168.1.5")
    freezer.tick(1.5)
    report = record.as_dict(time.monotonic())
    assert (report["connects"], report["drops"], report["moves"]) == (4, 1, 2)
    assert report["last_connect_age"] == pytest.approx(1.5)
    assert report["last_drop_age"] == pytest.approx(6.5)
    # Where a board is may be nobody else's business.
    assert "192.168" not in json.dumps(report)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"", "", id="empty"),
        pytest.param(b"temp=\xff\xfe5", "temp=\ufffd\ufffd5", id="no UTF-8"),
        pytest.param(b"[1, 2]", "[1, 2]", id="no object"),
        pytest.param(b'{"type": ["hello"]}', '{"type": ["hello"]}', id="odd type"),
        pytest.param(b'{"type": "event"}', '{"type": "event"}', id="no handshake"),
    ],
)
def test_what_cannot_be_used_is_shown(data: bytes, text: str) -> None:
    """A frame that makes no sense is what a report is about."""
    assert shown(data) == {"frame": text}


def test_long_frames_are_cut() -> None:
    """A report is not made long by one frame."""
    record = LinkRecord()
    record.received(0.0, b"x" * (MAX_SHOWN + 1))
    record.received(0.0, b'{"token": 1, "x": "%b"}' % (b"x" * MAX_SHOWN))
    record.sent(0.0, {"type": "set", "value": "x" * MAX_SHOWN})
    assert [len(frame["frame"]) for frame in frames(record)] == [MAX_SHOWN] * 3


@pytest.mark.parametrize(
    "data",
    [
        b'{"token": "abcdefgh", "temp": 1}',
        b'{"temp": 1, "token": {"a": "abcdefgh"}}',
        # Read with care: numbers that JSON does not have, a key that stands twice.
        b'{"token": "abcdefgh", "token": "2", "temp": nan}',
        b'{"t\\u006fken": "abcdefgh", "temp": 1e999}',
        # What cannot be stored as text.
        b'{"token": "abcdefgh", "temp": ["\\ud800"]}',
        b'{"token": "abcdefgh", "temp": ' + b"[" * 2000 + b"]" * 2000 + b"}",
    ],
)
def test_a_token_is_not_shown(data: bytes) -> None:
    """A sketch may send its token along; the rest of the frame is shown."""
    frame = shown(data)["frame"]
    assert "abcdefgh" not in frame
    assert '"token": "**REDACTED**"' in frame
    assert '"temp": ' in frame


@pytest.mark.parametrize(
    "kind",
    [
        "hello",
        "challenge",
        "proof",
        "welcome",
        "pair",
        "reveal",
        "waiting",
        "paired",
        "rotate",
    ],
)
def test_handshakes_are_shown_by_type_only(kind: str) -> None:
    """Nothing else of them is anybody's business, wherever they were noted."""
    record = LinkRecord()
    record.received(0.0, b'{"type": "%b", "key": "abcdefgh"}' % kind.encode())
    record.received(0.0, b'{"key": nan, "type": "%b"}' % kind.encode())
    record.sent(0.0, {"type": kind, "key": "abcdefgh"})
    assert frames(record) == [
        {"direction": "in", "type": kind},
        {"direction": "in", "type": kind},
        {"direction": "out", "type": kind},
    ]
    assert (record.frames_in, record.frames_out) == (2, 1)

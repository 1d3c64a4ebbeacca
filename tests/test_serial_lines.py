"""Lines in a stream of bytes."""

from itertools import batched
import random

import pytest

from custom_components.arduino_sensor.protocol import MAX_FRAME
from custom_components.arduino_sensor.transports.lines import (
    MAX_SHOWN,
    Lines,
    as_text,
    is_garbled,
)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1000])
def test_any_pieces(size: int) -> None:
    """However the bytes come, the lines are the same."""
    data = b'{"a":1}\r\n\0\0{"b":2}\n\n \r\n{"c":3} \n  x\ny'
    lines = Lines()
    found = [line for piece in batched(data, size) for line in lines.feed(bytes(piece))]
    assert found == [b'{"a":1}', b'{"b":2}', b'{"c":3}', b"x"]
    assert lines.rest == b"y"


@pytest.mark.parametrize("size", [1, 100, MAX_FRAME, 100_000])
def test_too_long(size: int) -> None:
    """One that is too long comes once, cut off, and what is behind it is whole."""
    data = b"a\n" + b"x" * 3 * MAX_FRAME + b"\nb\n" + b"y" * (MAX_FRAME + 1) + b"\nc\n"
    lines = Lines()
    found: list[bytes] = []
    for piece in batched(data, size):
        found += lines.feed(bytes(piece))
        assert len(lines.rest) <= MAX_FRAME + 16
    assert [line[:1] for line in found] == [b"a", b"x", b"b", b"y", b"c"]
    assert [len(line) for line in found] == [1, MAX_FRAME + 1, 1, MAX_FRAME + 1, 1]


def test_blanks_without_end() -> None:
    """What is blank is not kept, however much of it comes."""
    lines = Lines()
    for _ in range(100):
        assert lines.feed(b"\0" * 1000) == []
        assert len(lines.rest) <= MAX_FRAME + 16
    assert lines.feed(b"x\n") == [b"x"]


@pytest.mark.parametrize(
    ("line", "garbled"),
    [
        (b"", False),
        (b"\0\0\xff", False),
        (b"Temp: 21.5", False),
        ("Größe: 3 °C".encode(), False),
        ("Температура".encode(), False),
        (b"T: 21.5 \xb0C", False),
        (b"\x1b[32mready\x1b[0m\t\r", False),
        (b"\x80\xf8\x00\xe6\x78\x06", True),
        (b"\xfe\xfe\xfe\xfe", True),
        (b"x\x00x\x00x\x00", True),
        (bytes(range(160, 256)), True),
    ],
)
def test_garbled(line: bytes, garbled: bool) -> None:
    """Text in any usual encoding is text; bytes of a wrong speed are not."""
    assert is_garbled(line) is garbled


def test_as_text() -> None:
    """A line is shown short, and with nothing in it that acts."""
    assert as_text(b"a\tb\x07\x1b[2J\xff") == "a b\ufffd\ufffd[2J\ufffd"
    shown = as_text("ä".encode() * 9999)
    assert (len(shown), shown[0], shown[-1]) == (MAX_SHOWN, "ä", "…")
    noise = random.Random(1).randbytes(5000)
    assert as_text(noise).isprintable() or "\ufffd" in as_text(noise)

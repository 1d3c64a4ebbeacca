"""Lines in a stream of bytes, and what kind of line one is.

Pure functions and one small state: no event loop, no port.
"""

from typing import Final

from ..protocol import MAX_FRAME

BLANK: Final = b"\0 \t\r\n\x0b\x0c"
"""What does not count around a line. NUL bytes come when a port is opened or a board
is plugged in."""

MAX_SHOWN: Final = 200
"""How much of a line that is no JSON is kept, in characters."""

# Blanks at the end of the longest line, of which a carriage return is usual.
_ROOM: Final = 16

# Tabs, and the escape character that begins a colour, are in many a debug line.
_CONTROL: Final = bytes(sorted({*range(32), 127} - {*b"\t\r\n\x1b"}))
_HIGH: Final = bytes(range(128, 256))
_MIN_JUDGED: Final = 4
_MAX_CONTROL: Final = 0.1
_MAX_HIGH: Final = 0.3


class Lines:
    """Cuts what comes in at the line feeds, and keeps what is not yet a line."""

    __slots__ = ("_rest", "_skipping")

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rest = bytearray()
        self._skipping = False

    @property
    def rest(self) -> bytes:
        """Return what came after the last line feed, as far as it is kept."""
        return bytes(self._rest)

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes; return the lines that they end, without what is blank around.

        Of one that is longer than a frame can be, the beginning is returned, which is
        longer too. It comes as soon as it is that long: its end may never come.
        """
        *ended, rest = data.split(b"\n")
        if ended:
            if self._skipping:
                self._skipping = False
                del ended[0]
            elif self._rest:
                ended[0] = bytes(self._rest) + ended[0]
                self._rest.clear()
        lines = [line[: MAX_FRAME + 1] for part in ended if (line := part.strip(BLANK))]
        if rest and not self._skipping:
            self._rest += rest
            if len(self._rest) > MAX_FRAME:
                self._rest = self._rest.lstrip(BLANK)
                if len(self._rest) > MAX_FRAME + _ROOM:
                    lines.append(bytes(self._rest[: MAX_FRAME + 1]))
                    self._rest.clear()
                    self._skipping = True
        return lines


def is_garbled(data: bytes) -> bool:
    """Return whether bytes are no text: what comes at a wrong speed.

    Some bytes that are no UTF-8 can be a sketch's own, such as the degree sign that
    many a font has.
    """
    if len(data) < _MIN_JUDGED:
        return False
    if len(data) - len(data.translate(None, _CONTROL)) > len(data) * _MAX_CONTROL:
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return len(data) - len(data.translate(None, _HIGH)) > len(data) * _MAX_HIGH
    return False


def as_text(data: bytes, size: int = MAX_SHOWN) -> str:
    """Return a line for people to read: short, and nothing in it that acts."""
    text = data[: 4 * size + 4].decode(errors="replace").replace("\t", " ")
    shown = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return shown if len(shown) <= size else f"{shown[: size - 1]}…"

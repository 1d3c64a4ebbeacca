"""Who answers a board's search for Home Assistant, on loopback only.

It speaks as Home Assistant's own does (RFC 6762), to whoever asks: the real one
listens to a group of the whole network, which tests have no business in.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import socket
import struct
from typing import Final, Self, override

from scripts.lib.home_assistant import HOST, free_port

SERVICE: Final = "_home-assistant._tcp.local"
NAME: Final = f"Home.{SERVICE}"
MACHINE: Final = "homeassistant.local"

A, PTR, TXT, SRV = 1, 12, 16, 33
INTERNET, UNICAST = 1, 0x8000
ANSWER: Final = 0x8400
LIFETIME: Final = 120


def _name(text: str) -> bytes:
    parts = [part.encode() for part in text.split(".")]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def _record(name: str, kind: int, data: bytes) -> bytes:
    head = struct.pack("!HHIH", kind, INTERNET, LIFETIME, len(data))
    return _name(name) + head + data


class Responder(asyncio.DatagramProtocol):
    """One Home Assistant that can be found, as long as it has a port."""

    def __init__(self, home: int | None = None) -> None:
        """Say at which port it is; None: nobody answers."""
        self.home = home
        self.port = free_port()
        self.asked = 0
        self._transport: asyncio.DatagramTransport

    @classmethod
    @asynccontextmanager
    async def running(cls, home: int | None = None) -> AsyncIterator[Self]:
        """Listen for questions."""
        responder = cls(home)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: responder, local_addr=(HOST, responder.port)
        )
        responder._transport = transport
        try:
            yield responder
        finally:
            transport.close()

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer a question for Home Assistant; it has to be a right one."""
        header = struct.unpack("!6H", data[:12])
        question = _name(SERVICE) + struct.pack("!H", PTR)
        assert header[1:] == (0, 1, 0, 0, 0), header
        assert data[12:-2] == question, data
        assert struct.unpack("!H", data[-2:])[0] & ~UNICAST == INTERNET, data
        self.asked += 1
        if self.home is not None:
            self._transport.sendto(self._answer(header[0], data[12:]), addr)

    def _answer(self, number: int, question: bytes) -> bytes:
        assert self.home is not None
        told = [b"uuid=0123456789abcdef", f"internal_url=http://{HOST}".encode()]
        records = [
            _record(SERVICE, PTR, _name(NAME)),
            _record(NAME, SRV, struct.pack("!3H", 0, 0, self.home) + _name(MACHINE)),
            _record(NAME, TXT, b"".join(bytes([len(one)]) + one for one in told)),
            _record(MACHINE, A, socket.inet_aton(HOST)),
        ]
        # Whoever asks from a port of its own is told what it has asked, too.
        header = struct.pack("!6H", number, ANSWER, 1, 1, 0, len(records) - 1)
        return header + question + b"".join(records)

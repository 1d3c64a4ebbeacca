"""How the boards' library comes to Home Assistant, compiled for this machine.

Its tests are programs in `firmware/tests`, with scripted Home Assistants and a clock
that they move. What it makes of mDNS is also compared with the library that answers in
Home Assistant.
"""

from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
import subprocess
from typing import Final

import pytest
from zeroconf import ServiceInfo
from zeroconf._protocol.incoming import DNSIncoming
from zeroconf._protocol.outgoing import DNSOutgoing

from .building import CHECKED, PROGRAMS, Workshop, run

HELPERS: Final = ("FakeChip", "ScriptedHub", "stubs/FakeClock", "stubs/Print")

SERVICE: Final = "_home-assistant._tcp.local."
# RFC 1035, section 4.1.
PTR: Final = 12
INTERNET: Final = 1
AUTHORITATIVE_ANSWER: Final = 0x8400

FUZZ_TIME: Final = "3"  # seconds, for each target

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize(
    "name", ["exchange_test", "pairing_test", "network_test", "search_test"]
)
def test_program(
    workshop: Workshop, name: str, record_property: Callable[[str, object], None]
) -> None:
    """What the program tests is right, and no sanitizer has anything to say."""
    said = run(workshop.program(CHECKED, *HELPERS, "check", name))
    # What is for information is indented: sizes, and how long it takes.
    for line in said.splitlines():
        if line.startswith("  "):
            record_property("size", line.strip())


def announced(addresses: list[str]) -> ServiceInfo:
    """Return what a Home Assistant announces of itself."""
    url = "http://192.168.1.10:8123"
    return ServiceInfo(
        SERVICE,
        f"Home.{SERVICE}",
        server="0123456789abcdef0123456789abcdef.local.",
        parsed_addresses=addresses,
        port=8123,
        properties={
            "location_name": "Home",
            "uuid": "0123456789abcdef0123456789abcdef",
            "version": "2026.10.4",
            "external_url": "",
            "internal_url": url,
            "base_url": url,
            "requires_api_password": True,
        },
    )


def answer(question: bytes, info: ServiceInfo) -> bytes:
    """Return what is sent to a board that asks so: to it alone, with its own id."""
    incoming = DNSIncoming(question)
    assert incoming.valid
    assert [
        (asked.name, asked.type, asked.class_, asked.unicast)
        for asked in incoming.questions
    ] == [(SERVICE, PTR, INTERNET, False)]
    out = DNSOutgoing(AUTHORITATIVE_ANSWER, multicast=False, id_=incoming.id)
    out.add_question(incoming.questions[0])
    out.add_answer_at_time(info.dns_pointer(), 0)
    for record in (info.dns_service(), info.dns_text(), *info.dns_addresses()):
        out.add_additional_answer(record)
    (packet,) = out.packets()
    return packet


@pytest.mark.parametrize(
    ("addresses", "sender", "place"),
    [
        (["192.168.1.10"], "192.168.1.10", "192.168.1.10:8123"),
        # Its own network of containers is no way for a board.
        (
            ["172.30.32.1", "192.168.1.10", "fe80::1"],
            "192.168.1.10",
            "192.168.1.10:8123",
        ),
        # Through a router that passes mDNS on.
        (["192.168.1.10"], "192.168.2.1", "192.168.1.10:8123"),
        # It has no address in IPv4, or does not tell it.
        (["fe80::1"], "192.168.1.10", "192.168.1.10:8123"),
    ],
)
def test_home_assistants_own_answer(
    workshop: Workshop, addresses: list[str], sender: str, place: str
) -> None:
    """What Home Assistant's library for mDNS understands, and says, is right."""
    probe = workshop.program(CHECKED, *HELPERS, "search_probe")
    packet = answer(bytes.fromhex(run(probe)), announced(addresses))
    # So much fits into what a board has room for.
    assert len(packet) <= 512
    found = run(probe, packet.hex(), ip_address(sender).packed.hex())
    assert found.splitlines() == [place]


def test_what_nobody_thought_of(tmp_path: Path) -> None:
    """No input does harm, of those that are found in a short time."""
    done = subprocess.run(
        [PROGRAMS / "fuzz.sh", FUZZ_TIME],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-5000:]}\n{done.stderr[-5000:]}"
    assert not [*tmp_path.iterdir()]

"""What a board says of itself."""

from typing import Any

import pytest

from custom_components.arduino_sensor.hello import About, parse_hello

NONCE = "000102030405060708090a0b0c0d0e0f"
HELLO = {
    "type": "hello",
    "v": 1,
    "id": "esp32-a0b1c2d3e4f5",
    "name": " Kitchen ",
    "manufacturer": "Espressif",
    "model": "ESP32-C3",
    "hardware": "rev 4",
    "firmware": "1.2.0",
    "mac": "A0B1C2-D3E4F5",
    "interval": 5,
    "sleeps": True,
    "reset": "deep_sleep",
    "nonce": NONCE,
    "of_a_later_version": [1, 2],
}


def test_everything() -> None:
    """Take each member, and nothing that is not known."""
    hello, problems = parse_hello(HELLO)
    assert not problems
    assert hello.nonce == bytes(range(16))
    assert hello.about == About(
        id="esp32-a0b1c2d3e4f5",
        name="Kitchen",
        manufacturer="Espressif",
        model="ESP32-C3",
        hardware="rev 4",
        firmware="1.2.0",
        mac="a0:b1:c2:d3:e4:f5",
        interval=5,
        sleeps=True,
        reset="deep_sleep",
    )
    assert About.from_stored(hello.about.as_stored()) == hello.about
    # It proves nothing, but it is nobody's to see either.
    assert NONCE not in repr(hello)
    assert str(hello.nonce) not in repr(hello)


def test_nothing() -> None:
    """A hello may say nothing at all; null is as good as nothing."""
    hello, problems = parse_hello({"type": "hello", "name": None})
    assert (hello.about, hello.nonce, problems) == (About(), None, [])
    assert hello.about.as_stored() == {}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", "Kitchen"),
        ("id", ""),
        ("id", "a" * 33),
        ("id", "a b"),
        ("id", "a\n"),
        ("id", 7),
        ("nonce", NONCE[:-2]),
        ("nonce", NONCE + "00"),
        ("nonce", NONCE[:-1] + "g"),
        ("nonce", 7),
        ("name", ""),
        ("name", "  "),
        ("name", "a" * 65),
        ("name", "a\nb"),
        ("name", "a\x00b"),
        ("name", "\ud800"),
        ("name", ["Kitchen"]),
        ("manufacturer", 3),
        ("model", "a" * 65),
        ("hardware", 4),
        ("firmware", 1.2),
        ("mac", "a0:b1:c2:d3:e4"),
        ("mac", "a0:b1:c2:d3:e4:f5:06"),
        ("mac", "g0:b1:c2:d3:e4:f5"),
        ("mac", 7),
        ("interval", 0),
        ("interval", -5),
        ("interval", 86401),
        ("interval", float("nan")),
        ("interval", True),
        ("interval", "5"),
        ("sleeps", 1),
        ("sleeps", "yes"),
        ("reset", "power on"),
        ("reset", ""),
        ("reset", "unknown"),
        ("reset", 1),
        ("reset", ["power_on"]),
    ],
)
def test_wrong_member(member: str, value: Any) -> None:
    """A wrong member is named and passed over; the others count."""
    hello, problems = parse_hello({**HELLO, member: value})
    (problem,) = problems
    assert (problem.code, problem.field) == ("invalid_hello", member)
    assert f"'{member}' in hello has to be " in problem.message
    expected, _ = parse_hello(
        {key: other for key, other in HELLO.items() if key != member}
    )
    assert hello == expected


@pytest.mark.parametrize(
    "mac", ["a0:b1:c2:d3:e4:f5", "A0-B1-C2-D3-E4-F5", "a0b1c2d3e4f5"]
)
def test_mac(mac: str) -> None:
    """A MAC address is written in many ways."""
    hello, _ = parse_hello({"mac": mac})
    assert hello.about.mac == "a0:b1:c2:d3:e4:f5"

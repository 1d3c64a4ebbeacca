"""Getting to know the board at a port that no entry has, or a lent one."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from pathlib import Path
import time
from typing import Any

import pytest

from custom_components.arduino_sensor.channels import Channel
from custom_components.arduino_sensor.const import CONF_PLOTTER, DOMAIN
from custom_components.arduino_sensor.remembered import stored
from custom_components.arduino_sensor.transports import (
    serial,
    serial_line,
    serial_ports,
)
from custom_components.arduino_sensor.transports.serial import (
    Introduction,
    PortError,
    async_introduce,
    async_stable_port,
)
from homeassistant.components.usb import USBDevice
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from .common import add, assert_quiet, channels, wait_until
from .serial_cable import (
    Cable,
    Openings,
    has_open,
    hurry,
    is_open,
    is_temperature,
    serial_entry,
)

type Introduce = Callable[..., Awaitable[asyncio.Task[Introduction]]]


@pytest.fixture(autouse=True)
def faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have less time pass than with a board that has to start."""
    hurry(monkeypatch, 0.1)
    monkeypatch.setattr(serial, "_TOGETHER", 0.2)


@pytest.fixture
async def introduce(hass: HomeAssistant, cable: Cable) -> Introduce:
    """Return what begins to listen to the board; the integration is there."""
    assert await async_setup_component(hass, DOMAIN, {})

    async def _introduce(**kwargs: Any) -> asyncio.Task[Introduction]:
        kwargs = {"seconds": 1.5, **kwargs}
        # Not one of Home Assistant's tasks: the tests wait for the end of those.
        task = asyncio.create_task(async_introduce(hass, cable.port, 115200, **kwargs))
        await is_open(hass, cable)
        return task

    return _introduce


def values(channels: dict[str, Channel]) -> dict[str, Any]:
    """Return the values of channels."""
    return {key: channel.value for key, channel in channels.items()}


async def test_board_that_says_all(
    hass: HomeAssistant,
    cable: Cable,
    introduce: Introduce,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With a hello and a reading, there is nothing more to wait for."""
    began = time.monotonic()
    listening = await introduce(seconds=20)
    cable.send(
        {"type": "hello", "id": "uno-1", "name": "Bench", "model": "Uno"},
        channels({"key": "heat", "kind": "switch"}),
        {"temp": 21.5, "heat": True},
    )
    heard = await listening

    assert time.monotonic() - began < 3
    assert heard.about is not None
    assert (heard.about.id, heard.about.model) == ("uno-1", "Uno")
    assert values(heard.channels) == {"heat": True, "temp": 21.5}
    assert stored(heard.channels) == {
        "heat": {"type": "boolean", "described": {"kind": "switch"}},
        "temp": {"type": "number"},
    }
    assert (heard.lines, heard.silent, heard.garbled) == (3, False, False)
    assert not heard.problems
    assert not heard.debug
    assert_quiet(caplog)


async def test_board_that_is_asked(
    hass: HomeAssistant, cable: Cable, introduce: Introduce
) -> None:
    """A board that was not reset says hello when asked, and what comes then is heard."""
    listening = await introduce(seconds=20)
    cable.send("half", {"temp": 1})
    await cable.told(hass, "hello")
    cable.send({"type": "hello", "id": "uno-1"})
    await asyncio.sleep(0.1)
    cable.send(channels({"key": "heat", "kind": "switch"}))
    heard = await listening

    assert list(heard.channels) == ["temp", "heat"]


async def test_plain_sketch(cable: Cable, introduce: Introduce) -> None:
    """A sketch without hello is known when it was asked twice."""
    began = time.monotonic()
    listening = await introduce(seconds=20)
    cable.send("half", "Setup done", {"temp": 21.5})
    heard = await listening

    assert 0.5 <= time.monotonic() - began < 3
    assert heard.about is None
    assert values(heard.channels) == {"temp": 21.5}
    assert heard.debug == ("Setup done",)


async def test_nothing(cable: Cable, introduce: Introduce) -> None:
    """A board that is silent is listened to until the time is over."""
    began = time.monotonic()
    heard = await (await introduce(seconds=1))
    assert 1 <= time.monotonic() - began < 2
    assert heard == Introduction(about=None)


async def test_mistakes(
    hass: HomeAssistant, cable: Cable, introduce: Introduce
) -> None:
    """What is wrong with readings is told here and to the board: each once."""
    listening = await introduce()
    cable.send("half", *['{"temp":"21"}', '{"temp": }'] * 3, {"id": 1})
    error = await cable.told(hass, "error")
    heard = await listening

    assert error["code"] == "wrong_type"
    assert [problem.code for problem in heard.problems] == [
        "wrong_type",
        "invalid_json",
    ]
    assert heard.lines == 7
    assert heard.channels == {}


async def test_mistakes_are_bounded(cable: Cable, introduce: Introduce) -> None:
    """Only the latest mistakes are kept."""
    listening = await introduce()
    cable.send("half", *(f'{{"x{number}":[]}}' for number in range(30)))
    heard = await listening
    assert [problem.key for problem in heard.problems] == [
        f"x{number}" for number in range(22, 30)
    ]


async def test_garbled(cable: Cable, introduce: Introduce) -> None:
    """Bytes that are no text are known as such, also without a line feed."""
    listening = await introduce()
    cable.send_raw(b"\x80\xf8\0\xe6" * 50)
    heard = await listening
    assert (heard.garbled, heard.silent, heard.plotted) == (True, False, False)


async def test_text_for_the_plotter(cable: Cable, introduce: Introduce) -> None:
    """Pairs are looked at only, unless they are asked for."""
    listening = await introduce(seconds=20)
    cable.send("half", "Starting", "A: 1 V, B: 2")
    heard = await listening
    assert heard.plotted
    assert heard.channels == {}
    assert heard.debug == ("Starting", "A: 1 V, B: 2")

    listening = await introduce(plotter=True)
    cable.send("half", "Starting", "A: 1 V", "B: 2")
    heard = await listening
    assert not heard.plotted
    assert values(heard.channels) == {"A": 1, "B": 2}
    assert heard.debug == ("Starting",)


async def test_unplugged(cable: Cable, introduce: Introduce) -> None:
    """A board that is unplugged meanwhile is missing."""
    listening = await introduce(seconds=20)
    cable.unplug()
    with pytest.raises(PortError) as caught:
        await listening
    assert caught.value.key == "port_missing"
    assert caught.value.placeholders == {"port": cable.port}


async def test_cancelled(
    hass: HomeAssistant, cable: Cable, introduce: Introduce
) -> None:
    """Who closes the dialog has the port closed."""
    listening = await introduce(seconds=20)
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening

    heard = await (await introduce(seconds=0.1))
    assert heard.silent


async def test_cancelled_at_the_last_moment(
    hass: HomeAssistant,
    cable: Cable,
    introduce: Introduce,
    late: asyncio.Event,
) -> None:
    """A port that is open, and was not yet said to be, is closed as well."""
    listening = await introduce(seconds=20)
    await late.wait()
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening

    assert not has_open(cable)


async def test_missing(hass: HomeAssistant, cable: Cable, introduce: Introduce) -> None:
    """There is no such port, and that is said at once."""
    began = time.monotonic()
    with pytest.raises(PortError) as caught:
        await async_introduce(hass, "/dev/nothing_here", 9600)
    assert time.monotonic() - began < 2
    assert caught.value.key == "port_missing"


@pytest.mark.parametrize("port", ["nonsense://x", "socket://", "socket://127.0.0.1"])
async def test_no_port_at_all(
    hass: HomeAssistant, introduce: Introduce, port: str
) -> None:
    """What is no port fails with a word about why."""
    with pytest.raises(PortError) as caught:
        await async_introduce(hass, port, 9600)
    assert caught.value.key in ("port_failed", "port_missing")


async def test_nobody_answers(
    hass: HomeAssistant, introduce: Introduce, port: int
) -> None:
    """Nobody is at an address in the network."""
    with pytest.raises(PortError) as caught:
        await async_introduce(hass, f"socket://127.0.0.1:{port}", 9600)
    assert caught.value.key == "port_failed"
    assert caught.value.placeholders["error"]


# A port that an entry has.


@pytest.mark.parametrize("by", ["name", "link"])
async def test_taken(
    hass: HomeAssistant, cable: Cable, openings: Openings, tmp_path: Path, by: str
) -> None:
    """An entry's port is not taken from it, whatever it is called."""
    await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    other = tmp_path / "by-id"
    other.symlink_to(cable.port)

    with pytest.raises(PortError) as caught:
        await async_introduce(hass, cable.port if by == "name" else str(other), 9600)

    assert caught.value.key == "port_taken"
    assert caught.value.placeholders["board"] == "Bench"
    assert openings.count == 1


async def test_lent(hass: HomeAssistant, cable: Cable, openings: Openings) -> None:
    """For its own reconfiguration an entry lends its port, and has it back."""
    entry = await add(hass, serial_entry(cable.port, options={CONF_PLOTTER: True}))
    await is_open(hass, cable)
    cable.send("half", {"temp": 1})
    await is_temperature(hass, "1")

    listening = asyncio.create_task(
        async_introduce(hass, cable.port, 9600, entry_id=entry.entry_id, seconds=20)
    )
    await wait_until(hass, lambda: openings.count == 2)
    await is_open(hass, cable)
    # Setting it up anew does not take the port back before.
    await hass.config_entries.async_reload(entry.entry_id)
    cable.send({"type": "hello", "id": "uno-1"}, {"temp": 2})
    heard = await listening
    assert values(heard.channels) == {"temp": 2}

    await wait_until(hass, lambda: openings.count == 3)
    await is_open(hass, cable)
    cable.send({"temp": 3})
    await is_temperature(hass, "3")
    assert openings.count == 3


async def test_dialog_is_closed_while_the_port_is(
    hass: HomeAssistant,
    cable: Cable,
    openings: Openings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever changes his mind while a port takes its time to close gives it back."""
    caplog.set_level(logging.DEBUG, serial_ports.__name__)
    monkeypatch.setattr(serial_line, "_CLOSE_TIMEOUT", 0.6)
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    cable.send("half", {"temp": 1})
    await is_temperature(hass, "1")
    connection = entry.runtime_data.connection
    assert isinstance(connection, serial_line.SerialConnection)
    assert connection._transport is not None
    # The board does not read, and this is more than a pty holds.
    connection._transport.write(b"x" * 40_000)

    listening = asyncio.create_task(
        async_introduce(hass, cable.port, 9600, entry_id=entry.entry_id)
    )
    await asyncio.sleep(0.2)
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    assert openings.count == 1

    await wait_until(hass, lambda: openings.count == 2)
    await is_open(hass, cable)
    cable.send("half", {"temp": 2})
    await is_temperature(hass, "2")
    # It was not opened before it was closed.
    assert "port_busy" not in caplog.text


# Names that stay.


def device(path: Path, serial_number: str | None, **kwargs: Any) -> USBDevice:
    """Return what Home Assistant knows of a device."""
    return USBDevice(
        device=str(path),
        vid="1A86",
        pid="7523",
        serial_number=serial_number,
        manufacturer=None,
        description="USB Serial",
        **kwargs,
    )


@pytest.fixture
def ports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return two ports, with the links that Linux makes of them."""
    found = []
    by_id, by_path = tmp_path / "by-id", tmp_path / "by-path"
    by_id.mkdir()
    by_path.mkdir()
    for number in range(2):
        port = tmp_path / f"ttyUSB{number}"
        port.touch()
        (by_id / f"usb-Board_{number}-if00").symlink_to(port)
        (by_path / f"usb-0:1.{number}:1.0").symlink_to(port)
        (by_path / f"usbv2-0:1.{number}:1.0").symlink_to(port)
        found.append(port)
    monkeypatch.setattr(serial, "_BY_ID", by_id)
    monkeypatch.setattr(serial, "_BY_PATH", by_path)
    return found


@pytest.mark.parametrize(
    ("serials", "name"),
    [
        (("75735303", "84513"), "by-id/usb-Board_0-if00"),
        ((None, "84513"), "by-path/usb-0:1.0:1.0"),
        (("", ""), "by-path/usb-0:1.0:1.0"),
        (("0001", "84513"), "by-path/usb-0:1.0:1.0"),
        (("A50285BI", "A50285BI"), "by-path/usb-0:1.0:1.0"),
    ],
)
async def test_stable_port(
    hass: HomeAssistant,
    ports: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    serials: tuple[str | None, ...],
    name: str,
) -> None:
    """A name that two boards could share is not used."""
    scanned = [device(*each) for each in zip(ports, serials, strict=True)]

    async def scan(hass: HomeAssistant) -> list[USBDevice]:
        return scanned

    monkeypatch.setattr(serial, "async_scan_serial_ports", scan)
    found = await async_stable_port(hass, str(ports[0]))
    assert found.endswith(name)
    assert await async_stable_port(hass, found) == found


async def test_stable_port_without_links(
    hass: HomeAssistant, cable: Cable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What Linux has no links for, and addresses, stay as they are."""
    assert await async_setup_component(hass, DOMAIN, {})
    monkeypatch.setattr(serial, "_BY_ID", tmp_path / "not there")
    monkeypatch.setattr(serial, "_BY_PATH", tmp_path)
    for port in (cable.port.replace("ttyUSB0", "else"), "socket://x:1", "/dev/ttyS0"):
        assert await async_stable_port(hass, port) == port

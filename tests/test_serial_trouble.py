"""Serial ports that cannot be opened, and those at the wrong speed."""

import asyncio
import errno
import fcntl
from itertools import pairwise
import os
from typing import Any

import pytest
import serialx

from custom_components.arduino_sensor.domain import async_get_domain
from custom_components.arduino_sensor.transports import serial_ports
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import issue_registry as ir

from .common import add, wait_until
from .serial_cable import Cable, hurry, is_open, is_temperature, repairs, serial_entry


@pytest.fixture(autouse=True)
def faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have less time pass than with a board that has to start."""
    hurry(monkeypatch, 0.1)


async def test_port_is_busy(hass: HomeAssistant, cable: Cable) -> None:
    """Another program has the port: a repair says so until it has not."""
    other = os.open(cable.port, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(other, fcntl.LOCK_EX)
    entry = await add(hass, serial_entry(cable.port))
    await wait_until(hass, lambda: repairs(hass) == ["port_busy"])
    (issue,) = ir.async_get(hass).issues.values()
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["board"] == "Bench"
    assert entry.state is ConfigEntryState.LOADED

    os.close(other)
    await is_open(hass, cable)
    cable.send({"temp": 1})

    await is_temperature(hass, "1")
    assert repairs(hass) == []


@pytest.mark.parametrize(
    ("error", "repair"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "port_denied"),
        (PermissionError(errno.EPERM, "Not permitted"), "port_denied"),
        (OSError(errno.EBUSY, "Busy"), "port_busy"),
        (OSError(errno.ENOTTY, "Not a typewriter"), "port_failed"),
        (ValueError("Unsupported baudrate 7"), "port_failed"),
        (ConfigEntryNotReady("ESPHome has not loaded yet"), "port_failed"),
        (TimeoutError(), "port_failed"),
        (OSError(errno.EIO, "Input/output error"), None),
    ],
)
async def test_port_cannot_be_opened(
    hass: HomeAssistant,
    cable: Cable,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    repair: str | None,
) -> None:
    """Why not is said to the person, and it is tried again."""
    tries = 0

    async def fail(*args: Any, **kwargs: Any) -> None:
        nonlocal tries
        tries += 1
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(serialx, "create_serial_connection", fail)
        await add(hass, serial_entry(cable.port))
        await wait_until(hass, lambda: tries == 2)
        assert repairs(hass) == []
        await wait_until(hass, lambda: tries == 4)
        assert repairs(hass) == ([repair] if repair else [])

    await is_open(hass, cable)
    await wait_until(hass, lambda: repairs(hass) == [])


async def test_pauses(
    hass: HomeAssistant, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port that is not there is tried more and more seldom, but soon when plugged."""
    cable.unplug()
    tries: list[float] = []
    create = serialx.create_serial_connection

    async def counted(*args: Any, **kwargs: Any) -> Any:
        tries.append(hass.loop.time())
        return await create(*args, **kwargs)

    monkeypatch.setattr(serialx, "create_serial_connection", counted)
    await add(hass, serial_entry(cable.port))
    await wait_until(hass, lambda: len(tries) == 5)
    pauses = [later - sooner for sooner, later in pairwise(tries)]
    for pause, least in zip(pauses, (0.1, 0.2, 0.4, 0.8), strict=True):
        assert least - 0.01 <= pause < least + 0.19

    cable.plug()
    await usb_devices(hass, {"a device"})
    await is_open(hass, cable)
    assert hass.loop.time() - tries[4] < 1.2


def test_unplugged_for_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port is never given up, however often it was tried."""
    monkeypatch.undo()
    pauses = [serial_ports.pause_after(failures) for failures in range(5000)]
    assert pauses[:8] == [1, 1, 2, 4, 8, 16, 30, 30]
    assert set(pauses[8:]) == {30}


async def usb_devices(hass: HomeAssistant, added: set[Any]) -> None:
    """Have Home Assistant find that something was plugged in."""
    domain = await async_get_domain(hass)
    domain.serial_ports._plugged(added, set())


@pytest.mark.parametrize(
    "garbage",
    [bytes(range(128, 256)), b"\x80\xf8\0\xe6\n" * 9, b"\0\1\2\3\xff" * 999],
    ids=["no_line", "lines", "too_long"],
)
async def test_wrong_speed(
    hass: HomeAssistant,
    cable: Cable,
    garbage: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is no text comes at a wrong speed: that is said once, until it is right."""
    await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)

    await cable.send_much(garbage)
    await wait_until(hass, lambda: repairs(hass) == ["serial_speed"])
    await cable.send_much(garbage)
    await asyncio.sleep(1.2)
    warnings = [r.getMessage() for r in caplog.records if "serial_speed" in r.message]
    assert len(warnings) == 1

    cable.send("", {"temp": 1})
    await is_temperature(hass, "1")
    assert repairs(hass) == []


async def test_right_speed(hass: HomeAssistant, cable: Cable) -> None:
    """Text without readings, and what a boot loader says, are no wrong speed."""
    await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)

    cable.send(
        b"\x8cd\x82\xfc\x0c\x8c\xe2", "ready", "T: 20 \xb0C".encode("latin-1"), "…"
    )
    await asyncio.sleep(1.3)

    assert repairs(hass) == []

"""Text for the serial plotter: what is a pair, what it means, and the whole way."""

import json
import time
from typing import Any

import pytest

from custom_components.arduino_sensor.appearance import refusals
from custom_components.arduino_sensor.channels import MAX_CHANNELS
from custom_components.arduino_sensor.const import CONF_PLOTTER
from custom_components.arduino_sensor.description import (
    Description,
    Kind,
    parse_description,
)
from custom_components.arduino_sensor.plotter import Plotter, describe, pairs
from custom_components.arduino_sensor.protocol import MAX_FRAME
from custom_components.arduino_sensor.units import DECIMALS
from homeassistant.const import CONF_DEVICE_CLASS
from homeassistant.core import HomeAssistant

from .common import add, attributes, state, wait_until
from .serial_cable import Cable, Openings, is_open, is_temperature, serial_entry

PLOTTED = (
    "DHT Temp: 25.00 C, DHT Humidity: 40.00 %, Air Quality: 120 ppm, "
    "BMP Temp: 24.80 C, BMP Pressure: 101325.00 Pa"
)


# What is a pair.


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            PLOTTED,
            [
                ("DHT Temp", "C", 25.0),
                ("DHT Humidity", "%", 40.0),
                ("Air Quality", "ppm", 120),
                ("BMP Temp", "C", 24.8),
                ("BMP Pressure", "Pa", 101325.0),
            ],
        ),
        ("a:1,b:-2.5", [("a", None, 1), ("b", None, -2.5)]),
        ("a:1\tb:+.5\tc:3.", [("a", None, 1), ("b", None, 0.5), ("c", None, 3.0)]),
        ("a:1 b:2 c_3:3e2", [("a", None, 1), ("b", None, 2), ("c_3", None, 300.0)]),
        ("  a : 1 ; b:2 ;", [("a", None, 1), ("b", None, 2)]),
        ("Temp: 25.0 C Hum: 40 %", [("Temp", "C", 25.0), ("Hum", "%", 40)]),
        ("Hum: 45.00%  Temp: 23.00*C", [("Hum", "%", 45.0), ("Temp", "*C", 23.0)]),
        ("T: 21.5 °C", [("T", "°C", 21.5)]),
        ("T: 21.5 deg C", [("T", "deg C", 21.5)]),
        ("Größe: 5 cm", [("Größe", "cm", 5)]),
        ("dust: 3.5 ug/m3", [("dust", "ug/m3", 3.5)]),
        (
            "a: nan, b: INF, c: ovf C, d: -inf",
            [("a", None, None), ("b", None, None), ("c", "C", None), ("d", None, None)],
        ),
        ("a:1e999", [("a", None, None)]),
        (f"a:{'9' * 30}", [("a", None, 1e30)]),
    ],
)
def test_pairs(line: str, found: list[Any]) -> None:
    """Labels and numbers, with or without units, are parted in many ways."""
    assert pairs(line.encode()) == found


def test_latin_1() -> None:
    """The degree sign can be one byte."""
    assert pairs(b"T: 21.5 \xb0C") == [("T", "°C", 21.5)]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ready",
        "Connecting to: wifi",
        "Connected, IP: 192.168.1.5",
        "IP: 192.168.1.5",
        "Version: 1.2.3",
        "Time: 12:30:00",
        "12:30:00",
        "12:30 Temp",
        "Address: 0x3F",
        "Range: 10-20",
        "a: 1 2",
        "a: 1 whatever b: 2",
        "a: 1, and so on",
        "a:1, b:wifi",
        ": 5",
        "1.0, 2.0, 3.0",
        "Error: -",
        "a:",
        "http://x:80/",
        "T\x01: 5",
        "x" * 65 + ": 5",
    ],
)
def test_no_pairs(line: str) -> None:
    """One thing in it that is no pair, and the whole line is text for people."""
    assert pairs(line.encode()) == []


@pytest.mark.parametrize(
    "line",
    [
        b"a" + b" " * (MAX_FRAME - 3) + b":x",
        b"a " * (MAX_FRAME // 2 - 1) + b":x",
        b"a:1 " * (MAX_FRAME // 4 - 1) + b"x",
        b"a:" + b"1" * (MAX_FRAME - 3) + b"x",
        b"a:" + b"1" * (MAX_FRAME - 4) + b":",
        b"a:" + b"1" * (MAX_FRAME // 2) + b"." + b"1" * (MAX_FRAME // 2 - 5) + b":",
        b"a:" + b"1." * (MAX_FRAME // 2 - 2),
        b"a:1" + b" " * (MAX_FRAME - 6) + b"x:y",
        b"a:1" + b"%" * (MAX_FRAME - 6) + b":",
    ],
    ids=range(9),
)
def test_no_line_takes_long(line: bytes) -> None:
    """There is no line over which the search loses itself."""
    began = time.perf_counter()
    pairs(line)
    assert time.perf_counter() - began < 0.05


# What a pair means.


@pytest.mark.parametrize(
    ("label", "given", "unit", "device_class", "state_class"),
    [
        ("DHT Temp", "C", "°C", "temperature", "measurement"),
        ("Kiln", "C", "°C", "temperature", None),
        ("Kiln", "F", "°F", "temperature", None),
        ("Kiln", "ºC", "°C", "temperature", None),
        ("Kiln", "deg C", "°C", "temperature", None),
        ("DHT Humidity", "%", "%", "humidity", "measurement"),
        ("Valve", "%", "%", None, None),
        ("Valve", "%RH", "%", "humidity", None),
        ("Air Quality", "ppm", "ppm", None, None),
        ("BMP Pressure", "hpa", "hPa", "pressure", "measurement"),
        ("Solar", "mW", "mW", "power", None),
        ("Solar", "MW", "MW", None, None),
        ("Dust PM25", "ug/m3", "μg/m³", "pm25", "measurement"),
        ("Energy", "Wh", "Wh", "energy", "total_increasing"),
        ("Brightness", "Lux", "lx", "illuminance", None),
        ("Gain", "k", "k", None, None),
        ("Force", "c", "c", None, None),
        ("Something", "furlongs", "furlongs", None, None),
        ("temp", None, "°C", "temperature", "measurement"),
        ("Water Temp", None, "°C", "temperature", "measurement"),
        ("Oven Temp", None, None, None, None),
        ("door", None, None, None, None),
        ("door", "cm", "cm", "distance", None),
    ],
)
def test_meaning(
    label: str,
    given: str | None,
    unit: str | None,
    device_class: str | None,
    state_class: str | None,
) -> None:
    """The unit tells, and the label's last words where they are known with that unit."""
    line = f"{label}: 1.5 {given or ''}, other: 1".encode()
    (described, _) = (json.loads(frame) for frame in read(Plotter({}), line))
    key, found = _described(described)[0]
    assert key == found.name == label
    assert found.kind is Kind.SENSOR
    assert (found.unit, found.device_class, found.state_class) == (
        unit,
        device_class,
        state_class,
    )


def _described(message: dict[str, Any]) -> list[tuple[str, Description]]:
    """Return what a message describes, taken as a board's is."""
    found = []
    for item in message["channels"]:
        parsed = parse_description(item)
        assert isinstance(parsed, tuple), parsed
        found.append(parsed)
    return found


@pytest.mark.parametrize("unit", [*DECIMALS, "%RH", "furlongs", None])
def test_meaning_is_taken(unit: str | None) -> None:
    """Home Assistant refuses nothing of what is made of a pair."""
    for label in (
        "x",
        "Temp",
        "Humidity",
        "Energy",
        "Current",
        "CO2",
        "Sound",
        "pH",
        "Wind Direction",
        "Rain",
        "Flow",
        "Battery",
        "Water Meter",
        "count",
    ):
        assert refusals(label, describe(label, unit)) == []


# The work that is done once.


def read(plotter: Plotter, line: bytes) -> list[bytes]:
    """Return what a line with pairs means."""
    frames = plotter.frames(line)
    assert frames is not None
    return frames


def test_described_once() -> None:
    """Only a new label is described; then all of them are."""
    plotter = Plotter({})
    first = [json.loads(frame) for frame in read(plotter, b"A: 1 V, B: 2")]
    assert [frame.get("type") for frame in first] == ["channels", None]
    assert first[1] == {"A": 1, "B": 2}
    assert [*map(json.loads, read(plotter, b"A: 3 V, B: 4"))] == [{"A": 3, "B": 4}]

    more = [json.loads(frame) for frame in read(plotter, b"A: 5 V, C: 6 V")]
    assert [key for key, _ in _described(more[0])] == ["A", "B", "C"]
    assert more[0]["final"] is True

    again = Plotter(dict(_described(more[0])))
    assert [*map(json.loads, read(again, b"C: 7 V, A: 8 V"))] == [{"C": 7, "A": 8}]


def test_labels_that_come_one_by_one() -> None:
    """They are described together, when one comes again."""
    plotter = Plotter({})
    assert read(plotter, b"A: 1") == read(plotter, b"B: 2") == []
    described, reading = map(json.loads, read(plotter, b"A: 3"))
    assert [key for key, _ in _described(described)] == ["A", "B"]
    assert reading == {"A": 3, "B": 2}
    assert plotter.flush() == []

    assert read(plotter, b"C: 4") == []
    assert json.loads(plotter.flush()[1]) == {"C": 4}


def test_labels_without_end() -> None:
    """A label that is new in each line is not kept for ever."""
    plotter = Plotter({})
    frames = [
        json.loads(frame)
        for number in range(1000)
        for frame in read(plotter, f"Line {number}: 1".encode())
    ]
    described = [frame for frame in frames if "type" in frame]
    assert len(described) == 1
    assert len(described[0]["channels"]) == MAX_CHANNELS
    assert len(plotter._keys) < 3 * MAX_CHANNELS
    assert len(plotter._first) < 3 * MAX_CHANNELS


def test_one_label_in_two_units() -> None:
    """They are two channels, the first of which keeps the label as its key."""
    line = b"Temp: 25 C, Temp: 77 F"
    described, reading = map(json.loads, read(Plotter({}), line))
    assert reading == {"Temp": 25, "Temp °F": 77}
    assert [found.unit for _, found in _described(described)] == ["°C", "°F"]


def test_no_number_yet() -> None:
    """What has no number and no unit says nothing; later it is null."""
    plotter = Plotter({})
    assert json.loads(read(plotter, b"A: nan, B: 1")[1]) == {"B": 1}
    assert json.loads(read(plotter, b"A: 2 C, B: 1")[1]) == {"A": 2, "B": 1}
    assert json.loads(read(plotter, b"A: nan, B: 1")[0]) == {"A": None, "B": 1}


def test_reserved_names() -> None:
    """A label that is no channel's name in JSON is one nevertheless."""
    described, reading = map(json.loads, read(Plotter({}), b"type: 1, time: 2 s"))
    assert reading == {"type value": 1, "time value": 2}
    assert [found.name for _, found in _described(described)] == ["type", "time"]


# The whole way.


async def test_plotter(hass: HomeAssistant, cable: Cable, openings: Openings) -> None:
    """Pairs are debug lines, until a person says that they are readings."""
    entry = await add(hass, serial_entry(cable.port))
    await is_open(hass, cable)
    cable.send("half", PLOTTED, {"temp": 1})
    await is_temperature(hass, "1")
    assert state(hass, "sensor.bench_dht_temp") is None

    hass.config_entries.async_update_entry(entry, options={CONF_PLOTTER: True})
    await hass.config_entries.async_reload(entry.entry_id)
    cable.send("Hello from the sketch: ready", PLOTTED)
    await wait_until(hass, lambda: state(hass, "sensor.bench_dht_temp") == "25.0")

    found = {
        name: (
            state(hass, f"sensor.bench_{name}"),
            attributes(hass, f"sensor.bench_{name}").get("unit_of_measurement"),
            attributes(hass, f"sensor.bench_{name}").get(CONF_DEVICE_CLASS),
        )
        for name in (
            "dht_temp",
            "dht_humidity",
            "air_quality",
            "bmp_temp",
            "bmp_pressure",
        )
    }
    assert found == {
        "dht_temp": ("25.0", "°C", "temperature"),
        "dht_humidity": ("40.0", "%", "humidity"),
        "air_quality": ("120", "ppm", None),
        "bmp_temp": ("24.8", "°C", "temperature"),
        "bmp_pressure": ("101325.0", "Pa", "pressure"),
    }
    assert (
        attributes(hass, "sensor.bench_dht_temp")["friendly_name"] == "Bench DHT Temp"
    )
    assert entry.runtime_data.reporter.count == 0

    hass.config_entries.async_update_entry(entry, options={CONF_PLOTTER: False})
    await hass.config_entries.async_reload(entry.entry_id)
    cable.send(PLOTTED.replace("25.00", "26.00"), {"temp": 2})
    await is_temperature(hass, "2")
    assert state(hass, "sensor.bench_dht_temp") == "25.0"
    assert openings.count == 1


async def test_plotter_after_a_restart(hass: HomeAssistant, cable: Cable) -> None:
    """A sketch whose labels come one by one loses none of them when it comes back."""
    entry = await add(hass, serial_entry(cable.port, options={CONF_PLOTTER: True}))
    await is_open(hass, cable)
    cable.send("half", "A:1", "B:2", "A:1", "B:2")
    await wait_until(hass, lambda: state(hass, "sensor.bench_b") == "2")
    await hass.config_entries.async_remove(entry.entry_id)

    again = serial_entry(cable.port, options={CONF_PLOTTER: True})
    again = await add(
        hass,
        type(again)(
            domain=again.domain, title="Bench", data=entry.data, options=entry.options
        ),
    )
    await is_open(hass, cable)
    cable.send("half", "A:3", "C:5", "A:4", "C:5")
    await wait_until(hass, lambda: state(hass, "sensor.bench_c") == "5")

    assert state(hass, "sensor.bench_a") == "4"
    assert list(again.runtime_data.channels) == ["A", "B", "C"]

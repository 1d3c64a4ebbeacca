"""The library's examples, on a bench: their formulas, their pins, and what they say.

Each is compiled with `firmware/tests/bench`, which has the pins of a board, a library
that only remembers what the sketch has, and voltages that are set here. Whether they
compile with the real library, for each board, is for other tests.
"""

from collections.abc import Callable
import math
from pathlib import Path
import re
import subprocess
from typing import Final

import pytest

from custom_components.arduino_sensor.sketch import _TEMPLATE

from .building import Workshop
from .examples import BOARDS, LIBRARIES, LIBRARY, ROOT, Example, example, examples

BENCH: Final = LIBRARY / "tests" / "bench"
A0: Final = 50

COMPILE: Final = (
    *("g++", "-std=c++17", "-O0", "-Wall", "-Wextra", "-Wshadow", "-Werror"),
    *("-fsanitize=undefined", "-fno-sanitize-recover=all"),
    *(f"-I{folder}" for folder in (BENCH, LIBRARIES)),
)

type Run = Callable[..., list[str]]

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(name="bench")
def bench_fixture(workshop: Workshop) -> Run:
    """Return what runs an example for a board, with these lines, and gives its answers.

    A change is a text in it, and what stands there instead.
    """

    def build(name: str, board: str, text: str) -> Path:
        sketch = workshop.write(f"{name}.ino", text)
        defines = [f"-D{define}" for define in BOARDS[board].defines]
        if "SensorBoard board" in text:
            defines.append("-DBENCH_BOARD=board")
        defines.append(f'-DSKETCH="{sketch}"')
        # Most of what there is to compile is always the same.
        hosted = workshop.make(
            "hosted.h.gch", *COMPILE, BENCH / "hosted.h", "-o", "hosted.h.gch"
        )
        common = ("-include", hosted.with_suffix(""))
        bench = BENCH / "bench.cpp"
        return workshop.make(
            "program", *COMPILE, *defines, *common, bench, "-o", "program"
        )

    def run(
        name: str,
        board: str,
        *lines: str,
        change: tuple[str, str] = ("", ""),
        text: str | None = None,
    ) -> list[str]:
        if text is None:
            assert board in example(name).boards
            text = example(name).text
            assert change[0] in text
            text = text.replace(*change, 1)
        ended = subprocess.run(
            [build(name, board, text)],
            input="".join(f"{line}\n" for line in lines),
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.splitlines()

    return run


def number(*answers: str) -> float:
    """Return the only answer, as a number."""
    (answer,) = answers
    return float(answer)


# What is said in their heads.


@pytest.mark.parametrize("sketch", examples(), ids=lambda sketch: sketch.name)
def test_head(sketch: Example) -> None:
    """Each begins with a sentence, says for which boards it is, and what comes of it."""
    head = sketch.head
    first, second = head.splitlines()[:2]
    assert re.fullmatch(r"[A-Z].{20,}\.", first), "a sentence that says what it is"
    assert second.startswith("Boards: ")
    assert sketch.boards
    assert re.search(r"^In Home Assistant: ", head, re.MULTILINE)
    for row in sketch.wiring:
        assert all(row.values()), f"an empty cell in {row}"
    assert head.replace("°C", "").isascii(), "signs that an editor can show wrongly"


@pytest.mark.parametrize("sketch", examples(), ids=lambda sketch: sketch.name)
def test_width(sketch: Example) -> None:
    """No line is wider than a window of the Arduino IDE on a small screen."""
    template = _TEMPLATE.read_text(encoding="utf-8").splitlines()
    for line in sketch.text.splitlines():
        assert len(line) <= 88 or line in template, line


def pins(sketch: Example, board: str) -> dict[str, str]:
    """Return the pins that a sketch has on a board, by their names in it."""
    plain = re.sub(r"^#include.*$", "", sketch.text, flags=re.MULTILINE)
    defines = [f"-D{define}" for define in BOARDS[board].defines]
    seen = subprocess.run(
        ["g++", "-E", "-P", "-x", "c++", *defines, "-"],
        input=plain,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return dict(re.findall(r"const int (\w+_PIN) = (\w+);", seen))


@pytest.mark.parametrize("sketch", examples(), ids=lambda sketch: sketch.name)
def test_wiring_is_true(sketch: Example) -> None:
    """The table says of each pin and each board what the sketch has there."""
    for board in sketch.boards:
        there = pins(sketch, board)
        assert len(set(there.values())) == len(there), f"a pin twice on {board}"
        told = dict[str, str]()
        for row in sketch.wiring:
            heading = next(iter(row.values()))
            wire = sketch.wire(row, board)
            # The pin's name is where there is room for it.
            if name := re.search(r"\b\w+_PIN\b", f"{heading} {wire}"):
                told[name[0]] = wire.split()[0]
        assert told == there, board


# Pins that a board has for something else: its flash, its USB, how it starts.
TAKEN: Final = {
    "Uno": {0, 1},
    "Mega": {0, 1},
    # Flash, serial port, those that have to be at a level at the start, input only.
    "ESP32": {0, 1, 2, 3, 5, *range(6, 12), 12, 15, *range(34, 40)},
    "ESP32-S3": {0, 3, 19, 20, *range(26, 38), 43, 44, 45, 46},
    "ESP32-C3": {2, 8, 9, *range(11, 20)},
    "UNO R4 WiFi": {0, 1},
    "Nano 33 IoT": {0, 1},
    "MKR WiFi 1010": {13, 14},
    "Pico W": {23, 24, 25, 29},
}
NODEMCU: Final = {"D1", "D2", "D5", "D6", "D7"}  # those without any of that
INTERRUPTS: Final = {
    "Uno": {2, 3},
    "Mega": {2, 3, 18, 19, 20, 21},
    "UNO R4 WiFi": {2, 3},
    "Nano 33 IoT": {2, 3, 9, 10, 11, 13},
    "MKR WiFi 1010": {0, 1, 4, 5, 6, 7, 8, 9},
}
PWM: Final = {
    "Uno": {3, 5, 6, 9, 10, 11},
    "Mega": set(range(2, 14)),
    "UNO R4 WiFi": {3, 5, 6, 9, 10, 11},
    "Nano 33 IoT": {2, 3, 5, 6, 9, 10, 11, 12},
    "MKR WiFi 1010": {*range(9), 10},
}


@pytest.mark.parametrize("sketch", examples(), ids=lambda sketch: sketch.name)
def test_pins_are_free(sketch: Example) -> None:
    """No example uses a pin that its board needs, or one that cannot do it."""
    for board in sketch.boards:
        for name, pin in pins(sketch, board).items():
            if board == "ESP8266":
                assert pin in NODEMCU, name
            elif pin != "A0":
                assert int(pin) not in TAKEN[board], f"{name} on {board}"
                if name == "PULSE_PIN":
                    assert int(pin) in INTERRUPTS.get(board, {int(pin)}), board
                if "analogWrite" in sketch.text and name != "RELAY_PIN":
                    assert int(pin) in PWM.get(board, {int(pin)}), f"{name} on {board}"


@pytest.mark.parametrize("sketch", examples(), ids=lambda sketch: sketch.name)
def test_warnings(sketch: Example) -> None:
    """What can break a board or a person is said where it is connected."""
    head = " ".join(sketch.head.split())
    if "HC-SR04" in head and any(
        board not in ("Uno", "Mega") for board in sketch.boards
    ):
        assert "2 k between the pin and GND" in head
    if "MQ-135" in head:
        assert "24 hours" in head and "halves it" in head
    if "relay" in head or "meter" in head:
        assert "DANGER" in head


def test_plain_sketch_is_that_of_home_assistant() -> None:
    """AnyWebSocket is what the config flow shows, with an address to replace."""
    sketch = example("AnyWebSocket")
    shown = _TEMPLATE.read_text(encoding="utf-8").strip()
    for marker, value in (
        ("@HOST@", "192.168.1.10"),
        ("@PORT@", "8123"),
        ("@PATH@", "/api/arduino_sensor/ws/the-path-that-Home-Assistant-shows"),
        ("@BEGIN@", 'begin(HA_HOST, HA_PORT, HA_PATH, "")'),
    ):
        shown = shown.replace(marker, value)
    head, _, rest = sketch.text.partition("\n\n")
    assert all(line.startswith("//") for line in head.splitlines())
    assert rest == f"{shown}\n"
    assert "SensorBoard.h" not in sketch.text


# What they do.


@pytest.mark.parametrize("name", [sketch.name for sketch in examples()])
def test_begins(bench: Run, name: str) -> None:
    """Boards with Wi-Fi join it, those without begin their serial port."""
    if name == "AnyWebSocket":
        return
    boards = example(name).boards
    if "Uno" in boards:
        assert bench(name, "Uno", "begun") == ["115200"]
    if "ESP32-C3" in boards:
        wanted = "client" if name == "EnterpriseWifi" else "your Wi-Fi"
        assert bench(name, "ESP32-C3", "begun") == [wanted]


@pytest.mark.parametrize(
    ("millivolts", "celsius"), [(500, 0), (750, 25), (755, 25.5), (100, -40)]
)
def test_tmp36(bench: Run, millivolts: int, celsius: float) -> None:
    """An Uno reads a TMP36 to within its steps of half a degree."""
    answers = bench("UnoOverUsb", "Uno", f"voltage {A0} {millivolts}", "read temp")
    assert number(*answers) == pytest.approx(celsius, abs=0.5)


@pytest.mark.parametrize("name", ["UnoOverUsb", "TemperatureDistanceRgb"])
def test_distance(bench: Run, name: str) -> None:
    """Sound goes there and back at 343 m/s; without an echo there is no distance."""
    lines = ("echo 8746", "read distance", "echo 0", "read distance")
    near, nothing, far = bench(name, "Uno", *lines, "echo 30000", "read distance")
    assert float(near) == pytest.approx(150, abs=0.1)
    assert (nothing, far) == ("nan", "nan")


def test_inputs_and_switch_of_uno(bench: Run) -> None:
    """Contacts to GND are on when they close, and off with no wire; the LED follows."""
    table = (("red", 5), ("green", 6), ("blue", 7))
    for key, pin in table:
        lines = (f"read {key}", f"pull {pin} 0", f"read {key}")
        assert bench("UnoOverUsb", "Uno", *lines) == ["0", "1"]
    switch = ("level 13", "set led 1", "level 13", "set led 0", "level 13")
    assert bench("UnoOverUsb", "Uno", *switch) == ["0", "255", "0"]


def ntc(celsius: float, beta: float = 3950, ohms: float = 10000) -> float:
    """Return what part of the supply an NTC leaves to a resistor of 10 k."""
    resistance = ohms * math.exp(beta * (1 / (celsius + 273.15) - 1 / 298.15))
    return 10000 / (10000 + resistance)


@pytest.mark.parametrize("celsius", [-20, 0, 25, 45])
@pytest.mark.parametrize(
    ("board", "supply"),
    [
        *(("Uno", 5000), ("UNO R4 WiFi", 5000), ("ESP32", 3300), ("ESP32-C3", 3300)),
        *(("ESP8266", 3300), ("Pico W", 3300)),
    ],
)
def test_ntc(bench: Run, board: str, supply: int, celsius: float) -> None:
    """The same NTC gives the same temperature on each board, whatever its ADC."""
    millivolts = round(ntc(celsius) * supply)
    lines = (f"voltage {A0} {millivolts}", "read temp")
    answers = bench("TemperatureDistanceRgb", board, *lines)
    assert number(*answers) == pytest.approx(celsius, abs=0.6)


@pytest.mark.parametrize("board", ["Uno", "ESP32", "ESP8266"])
def test_ntc_without_wire(bench: Run, board: str) -> None:
    """A loose wire, and on boards that can tell a short circuit, give no temperature."""
    lines = [f"voltage {A0} 0", "read temp"]
    if board != "ESP8266":  # the pin ends below its supply
        lines += [f"voltage {A0} {5000 if board == 'Uno' else 3300}", "read temp"]
    answers = bench("TemperatureDistanceRgb", board, *lines)
    assert set(answers) == {"nan"}


def test_lights(bench: Run) -> None:
    """Three LEDs are off at first, and each is switched by its own name."""
    for board, leds in (("Uno", (6, 7, 10)), ("ESP32", (25, 26, 27))):
        for key, pin in zip(("red", "green", "blue"), leds, strict=True):
            lines = [f"set {key} 1", *(f"level {led}" for led in leds)]
            wanted = ["255" if led == pin else "0" for led in leds]
            assert bench("TemperatureDistanceRgb", board, *lines) == wanted


@pytest.mark.parametrize(
    ("board", "halved"),
    [("Uno", False), ("ESP32", True), ("ESP8266", True), ("Nano 33 IoT", True)],
)
def test_air(bench: Run, board: str, halved: bool) -> None:
    """The MQ-135 gives the resistance at once it is warm, and ppm once it is known."""
    output = round(5000 / (1 + 3.6))  # 3.6 times its load resistor
    worse = round(5000 / (1 + 3.6 / 2))
    divide = 2 if halved else 1
    lines = (
        *(f"voltage {A0} {output // divide}", "read mq_135", "wait 200000"),
        *("read mq_135", "read ppm"),
        *(f"voltage {A0} {worse // divide}", "read ppm"),
        *(f"voltage {A0} 0", "read mq_135"),
    )
    cold, warm, *unknown = bench("WeatherStation", board, *lines)
    assert cold == "nan"
    assert float(warm) == pytest.approx(3.6, rel=0.02)
    assert unknown == ["nan"] * 3

    change = ("CLEAN_AIR = NAN;", "CLEAN_AIR = 3.6;")
    _, _, clean, bad, _ = bench("WeatherStation", board, *lines, change=change)
    assert float(clean) == pytest.approx(425, rel=0.05)
    # Half the resistance is 2 to the power of 2.8 as much.
    assert float(bad) == pytest.approx(425 * 2**2.8, rel=0.05)


def test_warm_air_sensor_stays_warm(bench: Run) -> None:
    """When millis() begins anew after 50 days, the sensor is not cold."""
    lines = (
        "wait 200000",
        f"voltage {A0} 1000",
        "read mq_135",
        "restart",
        "read mq_135",
    )
    assert bench("WeatherStation", "Uno", *lines) == ["4.01961", "4.01961"]


def test_weather(bench: Run) -> None:
    """Sensors that do not answer, or nonsense, give no value; others do."""
    lines = (
        *("read temp", "read humidity", "read pressure"),
        *("dht nan", "read humidity", "bmp 1 -144 -2100000", "read temp"),
        *("read pressure", "bmp 1 12.5 98000", "read temp", "read pressure"),
    )
    assert bench("WeatherStation", "Uno", *lines) == [
        *("20.5", "40", "101325", "nan", "nan", "nan", "12.5", "98000"),
    ]


def test_energy(bench: Run) -> None:
    """1000 pulses are 1 kWh; the time between two gives the power."""
    lines = ["read energy", "read power", "wait 5000", "pulse", "read power"]
    lines += ["wait 3600", "pulse", "read power", "read energy"]
    # Nothing for four times as long: at most a quarter of it.
    lines += ["wait 14400", "read power"]
    nothing, first, one, power, energy, less = bench("EnergyMeter", "Uno", *lines)
    assert (nothing, first, one) == ("0", "nan", "nan")
    assert float(power) == pytest.approx(1000)
    assert float(energy) == pytest.approx(0.002)
    assert float(less) == pytest.approx(250)


def test_energy_without_noise(bench: Run) -> None:
    """What bounces within 50 ms is one pulse; what comes later is another."""
    lines = ["pulse", "wait 3", "pulse", "wait 40", "pulse", "wait 10", "pulse"]
    (energy,) = bench("EnergyMeter", "ESP8266", *lines, "read energy")
    assert float(energy) == pytest.approx(0.002)


def test_energy_over_millis_wrapping(bench: Run) -> None:
    """50 days after the start, a pulse is a pulse."""
    lines = ["wait 4294966296", "pulse", "wait 3600", "pulse", "read power"]
    answers = bench("EnergyMeter", "Uno", *lines)
    assert number(*answers) == pytest.approx(1000)


@pytest.mark.parametrize("board", ["Uno", "ESP32"])
def test_energy_after_restart(bench: Run, board: str) -> None:
    """The count goes on after a restart, and begins at 0 when the power was gone."""
    lines = ["pulse", "wait 900", "pulse", "restart", "read energy"]
    lines += ["forget", "restart", "read energy"]
    kept, gone = bench("EnergyMeter", board, *lines)
    assert float(kept) == pytest.approx(0.002)
    assert gone == "0"


def test_control(bench: Run) -> None:
    """Relay and lamp are off at first, and do what they are told."""
    lines = ["level 4", "level 5", "level 6", "level 10", "set relay 1", "level 4"]
    lines += ["set lamp 255 128 0", "level 5", "level 6", "level 10"]
    assert bench("Control", "Uno", *lines) == [
        *("0", "0", "0", "0", "255", "255", "128", "0"),
    ]
    change = ("RELAY_ON = HIGH;", "RELAY_ON = LOW;")
    lines = ["level 4", "set relay 1", "level 4", "set relay 0", "level 4"]
    assert bench("Control", "Uno", *lines, change=change) == ["255", "0", "255"]


def test_messages(bench: Run) -> None:
    """The LED blinks as often as a message says, and that is answered."""
    lines = ["message times 2 speed fast"]
    lines += ["wait 100", "loop", "level 13"] * 5
    answer, *levels = bench("Messages", "Uno", *lines)
    assert answer == "times=2 seconds=0.4 "
    assert levels == ["255", "0", "255", "0", "0"]
    answers = bench(
        "Messages", "ESP32", "message", "message speed warp", "message times 0"
    )
    assert answers == [
        *("times=1 seconds=1 ", "The speed is slow or fast."),
        "It can blink 1 to 100 times.",
    ]


@pytest.mark.parametrize(("board", "at_pin"), [("ESP32", 1850), ("ESP8266", 2819)])
def test_battery(bench: Run, board: str, at_pin: int) -> None:
    """3.7 V are 3.7 V, halved by two resistors or let down by one and the board's own.

    100 k and the 320 k of a NodeMCU leave 320/420 of it to the pin.
    """
    lines = (f"voltage {A0} {at_pin}", "read battery_voltage", "sleeps")
    volts, sleeps = bench("DeepSleep", board, *lines)
    assert float(volts) == pytest.approx(3.7, abs=0.02)
    assert sleeps == "300"


def test_first_board(bench: Run) -> None:
    """The LED is off at first, on each board in its own way, and can be switched."""
    lines = ("level 13", "set led 1", "level 13", "read rssi", "wait 61000")
    assert bench("FirstBoard", "ESP32-C3", *lines, "read uptime") == [
        *("0", "255", "-42", "61"),
    ]
    assert bench("FirstBoard", "ESP8266", *lines)[:2] == ["255", "0"]


def test_updates(bench: Run) -> None:
    """ArduinoOTA is begun once, when the Wi-Fi is there, and then looked after."""
    lines = ("ota", "loop", "loop", "ota")
    assert bench("UpdatesOverWifi", "ESP32", *lines) == ["0 0", "1 2"]
    assert bench("UpdatesOverWifi", "ESP8266", *lines) == ["0 0", "1 2"]


def test_plain_sketch(bench: Run) -> None:
    """The plain sketch sends its readings once it is connected."""
    lines = ("loop", "sent", "connect", "wait 65000", "loop", "sent")
    nothing, sent = bench("AnyWebSocket", "ESP8266", *lines)
    assert nothing == ""
    assert sent == '{"uptime":60.00,"rssi":-42.00,"led":true}'


@pytest.mark.parametrize("document", [ROOT / "README.md", LIBRARY / "README.md"])
def test_sketch_in_document(bench: Run, document: Path) -> None:
    """The sketch that everybody sees first works, on the board that it is for."""
    blocks = re.findall(
        r"^```cpp\n(.*?)^```", document.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    (sketch,) = (text for text in blocks if "#include <SensorBoard.h>" in text)
    assert len(sketch.splitlines()) <= 16
    lines = (f"voltage {A0} 750", "read temp", "begun")
    temp, begun = bench("document", "ESP32", *lines, text=sketch)
    assert float(temp) == pytest.approx(25, abs=0.5)
    assert begun == "your Wi-Fi"
    if "lamp" in sketch:
        acts = ("read button", "pull 27 0", "read button", "set lamp 1", "level 4")
        answers = bench("document", "ESP32", *acts, text=sketch)
        assert answers == ["0", "1", "255"]

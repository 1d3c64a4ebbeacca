"""What Home Assistant would refuse: it is not given, and somebody is told."""

from typing import Any

import pytest

from custom_components.arduino_sensor.refused import MAX_LISTED, SENTENCES

from .test_appearance import assert_has, look, refused

CASES: list[tuple[dict[str, Any], str, str, dict[str, str], dict[str, Any]]] = [
    (
        {"device_class": "temp", "unit": "°C"},
        "device_class",
        "refused_device_class",
        {"given": "temp", "kind": "sensor"},
        {"device_class": None, "native_unit_of_measurement": "°C"},
    ),
    (
        {"device_class": "temperature", "unit": "%"},
        "unit",
        "refused_unit",
        {"allowed": "K, °C, °F", "given": "%", "device_class": "temperature"},
        {
            "device_class": None,
            "native_unit_of_measurement": "%",
            "state_class": "measurement",
        },
    ),
    (
        {"device_class": "humidity"},
        "unit",
        "refused_no_unit",
        {"allowed": "%", "device_class": "humidity"},
        {"device_class": None, "native_unit_of_measurement": None},
    ),
    # The table's unit is that of another class.
    (
        {"key": "temp", "device_class": "humidity"},
        "unit",
        "refused_no_unit",
        {"allowed": "%"},
        {
            "device_class": None,
            "native_unit_of_measurement": None,
            "name": "Temp",
        },
    ),
    (
        {"device_class": "ph", "unit": "pH"},
        "unit",
        "refused_any_unit",
        {"given": "pH", "device_class": "ph"},
        {"device_class": None, "native_unit_of_measurement": "pH"},
    ),
    (
        {"state_class": "totally"},
        "state_class",
        "refused_state_class",
        {
            "given": "totally",
            "allowed": "measurement, measurement_angle, total, total_increasing",
        },
        {"state_class": None},
    ),
    (
        {"device_class": "energy", "unit": "kWh", "state_class": "measurement"},
        "state_class",
        "refused_state_class_here",
        {
            "given": "measurement",
            "device_class": "energy",
            "allowed": "total, total_increasing",
        },
        {"state_class": None, "device_class": "energy"},
    ),
    (
        {"unit": "rad", "state_class": "measurement_angle"},
        "state_class",
        "refused_state_class_unit",
        {"given": "measurement_angle", "allowed": "°"},
        {"state_class": None, "native_unit_of_measurement": "rad"},
    ),
    *(
        (
            {"type": "text", field: value},
            field,
            "refused_on_text",
            {"field": field},
            {
                "device_class": None,
                "native_unit_of_measurement": None,
                "state_class": None,
                "suggested_display_precision": None,
            },
        )
        for field, value in (
            ("device_class", "temperature"),
            ("unit", "°C"),
            ("state_class", "measurement"),
            ("precision", 1),
        )
    ),
    (
        {"options": ["a"], "device_class": "temperature"},
        "device_class",
        "refused_on_text",
        {},
        {"device_class": "enum", "options": ["a"]},
    ),
    *(
        (
            {"type": kind, "device_class": "enum"},
            "options",
            "refused_enum",
            {},
            {"device_class": None, "options": None},
        )
        for kind in ("number", "text")
    ),
    *(
        (
            {"type": kind, "device_class": device_class},
            "device_class",
            "refused_time",
            {"given": device_class},
            {"device_class": None},
        )
        for kind in ("number", "text")
        for device_class in ("date", "timestamp", "uptime")
    ),
    *(
        (
            {"kind": kind, "category": "config", "options": ["a"]},
            "category",
            "refused_category",
            {"kind": kind},
            {"entity_category": None},
        )
        for kind in ("sensor", "event")
    ),
    (
        {"kind": "binary_sensor", "key": "battery_low", "category": "config"},
        "category",
        "refused_category",
        {"kind": "binary_sensor"},
        {"entity_category": None, "device_class": "battery"},
    ),
    *(
        (
            {"kind": kind, "device_class": "gate", "options": ["a"]},
            "device_class",
            "refused_device_class",
            {"kind": kind, "given": "gate"},
            {"device_class": None},
        )
        for kind in ("binary_sensor", "switch", "number", "button", "event")
    ),
    (
        {"kind": "event", "options": ["press"], "device_class": "doorbell"},
        "options",
        "refused_doorbell",
        {"allowed": "ring"},
        {"device_class": None, "event_types": ["press"]},
    ),
    (
        {"kind": "number", "device_class": "voltage", "unit": "A"},
        "unit",
        "refused_unit",
        {"given": "A", "device_class": "voltage"},
        {"device_class": None, "native_unit_of_measurement": "A"},
    ),
    (
        {"kind": "number", "device_class": "voltage"},
        "unit",
        "refused_no_unit",
        {},
        {"device_class": None},
    ),
]
"""An item, the field and the reason, some placeholders, and what is left of it."""


@pytest.mark.parametrize(("item", "field", "reason", "placeholders", "expected"), CASES)
def test_refused(
    item: dict[str, Any],
    field: str,
    reason: str,
    placeholders: dict[str, str],
    expected: dict[str, Any],
) -> None:
    """What does not go together is left out, and what to write instead is said."""
    [refusal] = refused(**item)
    assert (refusal.field, refusal.translation_key) == (field, reason)
    assert refusal.placeholders.items() >= placeholders.items()
    assert_has(look(**item), **expected)

    key = item.get("key", "x")
    problem = refusal.problem
    assert (refusal.key, problem.key) == (key, key)
    assert (problem.code, problem.field) == ("refused_channel", field)
    assert f"'{key}'" in problem.message
    for text in placeholders.values():
        assert text in problem.message


def test_every_reason_is_tested() -> None:
    """The reasons above are all that there are."""
    assert {case[2] for case in CASES} == SENTENCES.keys()


def test_several_refusals() -> None:
    """Each is told; none hides another."""
    found = refused(
        device_class="warmth", state_class="mean", category="config", unit="°C"
    )
    assert [refusal.field for refusal in found] == [
        "device_class",
        "state_class",
        "category",
    ]


@pytest.mark.parametrize(
    "item",
    [
        {"key": "🦄" * 64, "device_class": "🦄" * 64},
        {"key": "🦄" * 64, "device_class": "temperature", "unit": "🦄" * 16},
        {"key": "🦄" * 64, "state_class": "🦄" * 64},
        {"key": "{key}", "device_class": "{given}{0}"},
    ],
)
def test_sentences_are_short(item: dict[str, Any]) -> None:
    """What is said fits into a frame, whatever the board has written."""
    [refusal] = refused(**item)
    assert len(str(refusal.problem.as_message()).encode()) < 1024
    assert refusal.placeholders["allowed"].count(", ") <= MAX_LISTED


def test_the_most_similar_is_named() -> None:
    """Of many right values, the one that was meant stands first."""
    [refusal] = refused(device_class="volatile_organic_compound", unit="ppb")
    assert refusal.placeholders["allowed"].startswith("volatile_organic_compounds, ")
    assert refusal.placeholders["allowed"].endswith(", …")
    # Not one that would be refused for another reason.
    [refusal] = refused(device_class="timestam")
    assert "timestamp" not in refusal.placeholders["allowed"]

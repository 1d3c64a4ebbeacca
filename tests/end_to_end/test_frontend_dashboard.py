"""What the dashboard makes of boards, in a page without a Home Assistant."""

from typing import Final

from playwright.async_api import Page
import pytest

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]

# Returns what went wrong.
ODD_HOUSES: Final = """async () => {
    const load = (name) => import(`/frontend/dashboard/${name}.js`);
    const { allBoards, oneBoard } = await load("boards");
    const { boardView } = await load("board_view");
    const { overview } = await load("overview");
    const { BoardsDashboard, BoardView, OverviewView } = await load("strategies");
    customElements.define("arduino-plotter-card", class extends HTMLElement {});

    const ours = { identifiers: [["arduino_sensor", "x"]] };
    const entity = (id, more) => ({
        entity_id: id, platform: "arduino_sensor", device_id: "a", ...more,
    });
    const state = (value, attributes = {}) => ({ state: value, attributes });
    const houses = {
        nothing: {},
        empty: { devices: {}, entities: {}, states: {} },
        bare: { devices: { a: { id: "a", ...ours } } },
        "odd identifiers": {
            devices: { a: { id: "a", identifiers: [null, [], ["other", "y"]] } },
        },
        disabled: { devices: { a: { id: "a", disabled_by: "user", ...ours } } },
        "no state": {
            devices: { a: { id: "a", name: null, ...ours } },
            entities: { s: entity("sensor.s") },
            states: {},
        },
        "odd states": {
            devices: { a: { id: "a", name: "A", ...ours } },
            entities: {
                a: entity("sensor.a"), b: entity("sensor.b"), c: entity("light.c"),
                d: entity("number.d"), e: entity("select.e"), f: entity("strange.f"),
                g: entity("binary_sensor.g", { translation_key: "red" }),
                h: entity("text.h"), i: entity("event.i"), j: entity("button.j"),
                k: entity("sensor.k", { entity_category: "diagnostic", hidden: true }),
            },
            states: {
                "sensor.a": state("unavailable", { device_class: "temperature" }),
                "sensor.b": state("1e999", { unit_of_measurement: "%" }),
                "light.c": state("unknown"), "number.d": state(""),
                "select.e": state("x"), "strange.f": state("y"),
                "binary_sensor.g": state("unknown"), "text.h": state("unknown"),
                "event.i": state("unknown"), "button.j": state("unknown"),
                "sensor.k": state("secret"),
            },
        },
    };
    const wrong = [];
    for (const [name, house] of Object.entries(houses)) {
        const hass = {
            language: "en",
            callWS: () => Promise.reject(new Error("not now")),
            ...house,
        };
        try {
            const made = await BoardsDashboard.generate({}, hass);
            const views = [await OverviewView.generate({}, hass)];
            for (const { strategy } of made.views.slice(1)) {
                views.push(await BoardView.generate(strategy, hass));
            }
            await BoardView.generate({}, hass);
            for (const strategy of [BoardsDashboard, OverviewView, BoardView]) {
                strategy.shouldRegenerate({}, hass, { ...hass, states: {} });
            }
            const text = JSON.stringify(views);
            if (text.includes("undefined") || text.includes("sensor.k")) {
                wrong.push(`${name}: ${text}`);
            }
            if (views.some((view) => !view.sections && !view.cards)) {
                wrong.push(`${name}: a view without anything`);
            }
        } catch (err) {
            wrong.push(`${name}: ${err.stack}`);
        }
    }
    return wrong;
}"""

GAUGES: Final = """async () => {
    const { gaugeFor } = await import("/frontend/dashboard/gauges.js");
    const wrong = [];
    const expect = (thing, min, max, from) => {
        const gauge = gaugeFor(thing);
        const found = JSON.stringify([gauge?.min, gauge?.max, gauge?.segments.map((s) => s.from)]);
        if (found !== JSON.stringify([min, max, from])) {
            wrong.push(`${JSON.stringify(thing)}: ${found}`);
        }
    };
    const temperature = { kind: "temperature", unit: "°C" };
    expect({ ...temperature, value: 21 }, -10, 45, [-10, 10, 35]);
    expect({ ...temperature, value: NaN }, -10, 45, [-10, 10, 35]);
    expect({ ...temperature, value: 85 }, -40, 125, [-40, 10, 35]);
    expect({ ...temperature, value: 1200 }, -100, 500, [-100, 10, 35]);
    expect({ kind: "temperature", unit: "°F", value: 70 }, 14, 113, [14, 50, 95]);
    expect({ kind: null, unit: "%", value: 5 }, 0, 100, [0]);
    if (gaugeFor({ kind: "distance", unit: "cm", value: 3 })) {
        wrong.push("a gauge for a distance");
    }
    return wrong;
}"""


async def test_odd_houses(fresh: Page) -> None:
    """Whatever is missing or odd, there are views: no board is a reason to show none."""
    assert not (wrong := await fresh.evaluate(ODD_HOUSES)), wrong


async def test_gauges(fresh: Page) -> None:
    """A scale suits what is measured, and its unit."""
    assert await fresh.evaluate(GAUGES) == []


BADGES: Final = """async () => {
    const load = (name) => import(`/frontend/dashboard/${name}.js`);
    const { BoardView, OverviewView } = await load("strategies");
    const board = (id) => ({ id, name: id, identifiers: [["arduino_sensor", id]] });
    const house = (...ids) => ({
        language: "en",
        callWS: () => Promise.reject(new Error("not now")),
        devices: Object.fromEntries(ids.map((id) => [id, board(id)])),
        entities: Object.fromEntries(ids.map((id) => [`sensor.${id}`,
            { entity_id: `sensor.${id}`, platform: "arduino_sensor", device_id: id }])),
        states: Object.fromEntries(ids.map((id) =>
            [`sensor.${id}`, { state: "1", attributes: {} }])),
    });
    const badges = ({ sections }) => sections.flatMap(({ cards }) => cards
        .filter((card) => card.type === "heading").flatMap(({ badges }) => badges ?? [])
        .filter(({ type }) => type === "custom:arduino-board-alerts")
        .map((badge) => badge.device_id));
    return [
        badges(await OverviewView.generate({}, house("a"))),
        badges(await OverviewView.generate({}, house("a", "b"))),
        badges(await BoardView.generate({ device_id: "b" }, house("a", "b"))),
    ];
}"""


async def test_alerts_are_beside_headings(fresh: Page) -> None:
    """Of each board on the overview, of one on its own page: also a phone shows them."""
    assert await fresh.evaluate(BADGES) == [["a"], ["a", "b"], ["b"]]

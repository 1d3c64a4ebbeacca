"""The cards in a page of their own: what they do when something is out of the ordinary."""

import json

from playwright.async_api import Page
import pytest

from .modules import UPDATED, pretend

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]

LOST = "There is no connection to Home Assistant."


# The modules, and their words.


async def test_loaded_twice(fresh: Page) -> None:
    """After an update, an open page has what it had, once."""
    await pretend(fresh)
    await fresh.evaluate(
        "void (window.first = customElements.get('arduino-plotter-card'))"
    )
    await fresh.evaluate(f'import("{UPDATED}/main.js")')
    assert await fresh.evaluate(
        """[
            first === customElements.get("arduino-plotter-card"),
            customCards.map((one) => one.type).sort(),
            customStrategies.map((one) => one.type),
        ]"""
    ) == [True, ["arduino-alerts-card", "arduino-plotter-card"], ["arduino-boards"]]


async def test_words_come_late(fresh: Page) -> None:
    """Without them, the cards say it as well as they can, and ask again and again."""
    await fresh.clock.install()
    await pretend(fresh)
    await fresh.evaluate("""() => {
        side.come = side.texts;
        side.texts = async () => { throw { code: 3, message: "Connection lost" }; };
        window.look = () => [...document.body.children].map((card) =>
            card.shadowRoot.querySelector("h1, h2").textContent);
        document.body.append(...["arduino-alerts-card", "arduino-plotter-card",
            "arduino-boards-panel"].map((type) => {
                const card = document.createElement(type);
                card.setConfig?.({});
                return card;
            }));
        for (const card of document.body.children) card.hass = hass;
        side.answer = async () => [];
    }""")
    await fresh.clock.run_for(500)
    assert await fresh.evaluate("look()") == ["Name", "Name", "Title"]
    asked = "side.asked.filter((one) => one === 'frontend/get_translations').length"
    counts = []
    for _ in range(6):
        await fresh.clock.run_for(60_000)
        counts.append(await fresh.evaluate(asked))
    # At once, after 1, 3, 7, 15 and 31 seconds, and in the end once a minute.
    assert counts[0] == 6
    assert counts[5] - counts[3] == 2
    await fresh.evaluate("side.texts = side.come")
    await fresh.clock.run_for(61_000)
    names = ["Alerts", "Arduino live plotter", "Arduino boards"]
    assert await fresh.evaluate("look()") == names
    many = await fresh.evaluate(asked)
    await fresh.clock.run_for(600_000)
    assert await fresh.evaluate(asked) == many


async def test_dashboard_gets_words_that_come_late(fresh: Page) -> None:
    """It is made anew with them, and only then."""
    await fresh.clock.install()
    await pretend(fresh)
    again = """() => {
        const { shouldRegenerate } = customElements.get("ll-strategy-view-arduino-boards");
        const before = hass;
        hass = { ...hass };
        return shouldRegenerate({}, before, hass);
    }"""
    title = """async () => (await customElements.get("ll-strategy-view-arduino-boards")
        .generate({}, hass)).cards[0].title"""
    await fresh.evaluate("""() => {
        side.come = side.texts;
        side.texts = async () => { throw { code: 3, message: "Connection lost" }; };
    }""")
    assert await fresh.evaluate(title) == "No boards"
    assert not await fresh.evaluate(again)
    await fresh.evaluate("side.texts = side.come")
    await fresh.clock.run_for(1100)
    assert await fresh.evaluate(again)
    assert await fresh.evaluate(title) == "No boards yet"
    assert not await fresh.evaluate(again)


# The plotter.


def sent(*values: float | None) -> list[list[float | None]]:
    """Return rows with these values."""
    return [[number * 100, value] for number, value in enumerate(values)]


PLOT = """async (values) => {
    hass.devices = { d: { name: "Kitchen" } };
    const card = await put("arduino-plotter-card", { device_id: "d" });
    card.style = "display: block; width: 320px; height: 300px";
    side.tell({
        start: Date.now() / 1000 - 1, state: "available",
        channels: [{ key: "a", name: "A", unit: "V", entity_id: "sensor.a" }],
        rows: values,
    });
    const began = performance.now();
    await settled(400);
    const { lanes: [lane], left, width, series: [series] } = card.plotter;
    const y = Number.isNaN(series.last) ? 0 : lane.y(series.last);
    return { labels: lane.labels, left, width, drawn: !Number.isNaN(y),
        late: performance.now() - began > 2000,
        value: card.shadowRoot.querySelector(".value").textContent,
        row: card.shadowRoot.querySelector("tbody").textContent };
}"""


@pytest.mark.parametrize(
    ("values", "labels", "value"),
    [
        (
            (1e300, 5e299),
            ["5.0E299", "6.0E299", "7.0E299", "8.0E299", "9.0E299", "1.0E300"],
            "5E299 V",
        ),
        ((0, 3.4028234663852886e38), ["0", "1E38", "2E38", "3E38"], "3.4028E38 V"),
        ((-1.7e308, 1.7e308), ["-4E307", "-2E307", "0", "2E307", "4E307"], "1.7E308 V"),
        ((1.7e308,), None, "1.7E308 V"),
        ((1e-7, 3e-7), ["1.0E-7", "1.5E-7", "2.0E-7", "2.5E-7", "3.0E-7"], "3E-7 V"),
        ((1e-7, 1.5e-7), None, "1.5E-7 V"),
        ((5e-324, 1e-323), None, None),
        ((0, 0), ["-1.0", "-0.5", "0.0", "0.5", "1.0"], "0 V"),
        ((21, 21), None, "21 V"),
        ((-5, -1.25), ["-5", "-4", "-3", "-2", "-1"], "-1.25 V"),
        ((1e15, 1e15), None, "1E15 V"),
        (
            (1_000_000, 1_200_000),
            ["1,000,000", "1,050,000", "1,100,000", "1,150,000", "1,200,000"],
            None,
        ),
        ((1_763_764_000, 1_763_764_002), None, "1,763,764,002 V"),
        ((21.125, 928_286_081.051), None, "928,286,081 V"),
        ((21.125, 12_345.125), None, "12,345.13 V"),
        ((1e-17, 0.5), ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"], "0.5 V"),
        ((0.5, 1e-17), None, "0.000 V"),
        ((4, None), None, "unknown"),
        ((None,), [], "unknown"),
    ],
)
async def test_plotter_numbers(
    fresh: Page,
    values: tuple[float | None, ...],
    labels: list[str] | None,
    value: str | None,
) -> None:
    """However large or small they are, scale and legend are short, and the plot wide."""
    await pretend(fresh)
    seen = await fresh.evaluate(PLOT, sent(*values))
    assert seen["drawn"], seen
    assert not seen["late"]
    assert seen["width"] == pytest.approx(308, abs=4)
    assert seen["left"] <= 112
    assert all(len(label) <= 15 for label in seen["labels"]), seen["labels"]
    assert len(set(seen["labels"])) == len(seen["labels"])
    assert "NaN" not in json.dumps(seen)
    if labels is not None:
        assert seen["labels"] == labels
    if value is not None:
        assert seen["value"] == value


async def test_plotter_after_an_outlier(fresh: Page) -> None:
    """One reading that is far off takes no decimals from those that come after it."""
    await pretend(fresh)
    await fresh.evaluate(PLOT, sent(21.37, 4_294_967_295, 21.41))
    legend = fresh.locator("arduino-plotter-card .value")
    assert await legend.inner_text() == "21.41 V"
    # As soon as it is out of sight, what is tiny is large enough again.
    seen = await fresh.evaluate(
        """async () => {
            const { series: [series] } = document.body.firstElementChild.plotter;
            const { shown } = await import("/frontend/plotter/legend.js");
            const write = (size) => shown(hass, series, 0.0004, size);
            return [write(4294967295), write(0.0005), write(NaN)];
        }"""
    )
    assert seen == ["0.000 V", "4E-4 V", "4E-4 V"]


@pytest.mark.parametrize(
    "name", ["Glasshouse behind the old well on the left", "Donaudampfschifffahrt" * 3]
)
async def test_plotter_with_a_long_name(fresh: Page, name: str) -> None:
    """On a small phone, names have two lines beside the buttons, and nothing is wider."""
    await pretend(fresh)
    await fresh.evaluate(PLOT, sent(1, 2))
    seen = await fresh.evaluate(
        """async (name) => {
            const [card] = document.body.children;
            side.tell({ start: Date.now() / 1000, channels: [{ key: "a", name, unit: "V",
                entity_id: "sensor.a" }] });
            card.hass = { ...hass, devices: { d: { name } } };
            await settled(100);
            const find = (what) => card.shadowRoot.querySelector(what).getBoundingClientRect();
            const [title, tools, legend] = [".title", ".tools", ".legend button"].map(find);
            const { right } = card.getBoundingClientRect();
            return { beside: title.right <= tools.left && tools.right <= right,
                high: title.height, legend: legend.right <= right,
                wide: card.shadowRoot.querySelector("ha-card").scrollWidth };
        }""",
        name,
    )
    assert seen == {"beside": True, "high": 40, "legend": True, "wide": 320}


async def test_plotter_keeps_room_for_its_numbers(fresh: Page) -> None:
    """Also when its channels are taken over anew and the scale stays as it was."""
    await pretend(fresh)
    before = await fresh.evaluate(PLOT, sent(20, 25, 22))
    assert before["left"] > 0
    lefts = await fresh.evaluate("""async () => {
        const [card] = document.body.children;
        const lefts = [];
        for (const locale of [hass.locale, { language: "de" }]) {
            card.hass = { ...hass, locale: { ...locale } };
            await settled(100);
            lefts.push(card.plotter.left);
        }
        return lefts;
    }""")
    assert lefts == [before["left"]] * 2


async def test_plotter_writes_its_scale_as_the_person_reads(fresh: Page) -> None:
    """Who changes how numbers are written sees it at once, whatever the scale is."""
    await pretend(fresh)
    assert (await fresh.evaluate(PLOT, sent(0.1, 0.4)))["labels"][0] == "0.1"
    assert (
        await fresh.evaluate("""async () => {
        const [card] = document.body.children;
        card.hass = { ...hass, locale: { language: "de", number_format: "language" } };
        await settled(100);
        return card.plotter.lanes[0].labels[0];
    }""")
        == "0,1"
    )


async def test_plotter_leaves_the_wheel_to_the_page(fresh: Page) -> None:
    """The wheel alone scrolls, also past a plot that has the keyboard."""
    await pretend(fresh)
    await fresh.evaluate(PLOT, sent(1, 2))
    await fresh.evaluate("document.body.style.height = '3000px'")
    plot = fresh.locator(".plot")
    await plot.focus()
    box = await plot.bounding_box()
    assert box is not None
    await fresh.mouse.move(box["x"] + 100, box["y"] + 50)
    span = "document.body.firstChild.plotter.view.span"
    await fresh.mouse.wheel(0, 100)
    await fresh.wait_for_function("scrollY > 0")
    assert await fresh.evaluate(span) == 30_000
    await fresh.evaluate("scrollTo(0, 0)")
    await fresh.keyboard.down("Control")
    await fresh.mouse.wheel(0, 100)
    await fresh.keyboard.up("Control")
    assert await fresh.evaluate(span) > 30_000


# The way to the dashboard.


async def test_panel_takes_back_what_it_has_begun(fresh: Page) -> None:
    """An empty dashboard does not stay, what went wrong is said, and it can be tried again."""
    await pretend(fresh)
    assert await fresh.evaluate("""async () => {
        const made = new Set();
        let fails = true;
        side.answer = async ({ type, url_path: path, dashboard_id: id }) => {
            await settled(1);
            if (type === "lovelace/dashboards/list") return [];
            if (type === "lovelace/dashboards/create") {
                made.add(path);
                return { id: `id of ${path}` };
            }
            if (type === "lovelace/dashboards/delete") made.delete(id.slice(6));
            if (type === "lovelace/config/save") {
                if (fails) throw { code: "x", message: "The disk is full" };
                hass.panels[path] = {};
            }
        };
        const panel = await put("arduino-boards-panel");
        const { button, problem } = panel._parts;
        const seen = [button.hidden];
        button.focus();
        button.click();
        button.click();
        await settled(100);
        seen.push([...made], problem.hidden, problem.textContent, button.ariaDisabled,
            panel.shadowRoot.activeElement === button,
            side.asked.filter((one) => one === "lovelace/dashboards/create").length);
        fails = false;
        button.click();
        button.click();
        await settled(100);
        seen.push([...made], problem.hidden, location.pathname);
        return seen;
    }""") == [
        False,
        *([], False, "The disk is full", "false", True, 1),
        *(["arduino-boards"], True, "/arduino-boards"),
    ]


async def test_panel_without_a_connection(fresh: Page) -> None:
    """It says so in words, and what cannot be deleted is no second fault."""
    await pretend(fresh)
    assert (
        await fresh.evaluate("""async () => {
        side.answer = async ({ type }) => {
            if (type === "lovelace/dashboards/list") return [];
            if (type === "lovelace/dashboards/create") return { id: "made" };
            throw 3;
        };
        const panel = await put("arduino-boards-panel");
        panel._parts.button.click();
        await settled();
        return panel._parts.problem.textContent;
    }""")
        == LOST
    )

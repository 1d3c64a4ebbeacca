"""The live plotter in a page of its own: numbers of any size, names, time, and keys."""

import json
import re

from playwright.async_api import Page
import pytest

from .modules import pretend

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]


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


async def test_plotter_says_where_the_lines_would_be(fresh: Page) -> None:
    """Without any, what is to be said is in the middle of them."""
    await pretend(fresh)
    assert await fresh.evaluate("""async () => {
        hass.devices = { d: { name: "Kitchen" } };
        const card = await put("arduino-plotter-card", { device_id: "d" });
        card.style = "display: block; width: 320px; height: 300px; margin: 100px 20px";
        side.tell({ start: 1, state: "away", channels: [] });
        await settled(100);
        const middle = (what) => {
            const { x, y, width, height } =
                card.shadowRoot.querySelector(what).getBoundingClientRect();
            return [x + width / 2, y + height / 2];
        };
        const [one, other] = [".notice", ".plot"].map(middle);
        return Math.hypot(one[0] - other[0], one[1] - other[1]) < 3;
    }""")


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


async def test_plotter_leaves_out_what_is_hidden(fresh: Page) -> None:
    """Hidden entities are drawn if the card names them, or when they are shown again."""
    await pretend(fresh)
    await fresh.evaluate(PLOT, sent(1, 2))
    seen = await fresh.evaluate("""async () => {
        const [card] = document.body.children;
        side.tell({ start: Date.now() / 1000 - 1, channels: ["a", "b"].map((key) =>
            ({ key, name: key, unit: "V", entity_id: `sensor.${key}` })) });
        side.tell({ rows: [[100, 1, 5], [200, 2, 6]] });
        const seen = [];
        const look = async (...hidden) => {
            card.hass = { ...hass, entities: Object.fromEntries(["a", "b"].map((key) =>
                [`sensor.${key}`, hidden.includes(key) ? { hidden: true } : {}])) };
            await settled(100);
            const names = [...card.shadowRoot.querySelectorAll(".legend .name")];
            const drawn = card.plotter.lanes.flatMap((lane) => lane.series);
            const { hidden: silent, textContent } = card.shadowRoot.querySelector(".notice");
            seen.push([names.map((one) => one.textContent).join(""),
                drawn.map((one) => one.key).join(""), silent ? "" : textContent]);
        };
        await look();
        await look("b");
        await look("a", "b");
        await look();
        seen.push(card.plotter.series.map((one) => one.ring.length));
        card.setConfig({ device_id: "d", entities: ["sensor.b"] });
        await look("b");
        return seen;
    }""")
    assert seen == [
        ["ab", "ab", ""],
        ["a", "a", ""],
        ["", "", "All channels are switched off."],
        ["ab", "ab", ""],
        # It has listened meanwhile.
        [5, 2],
        ["b", "b", ""],
    ]


# What is written on the canvas from now on, until it is asked for.
WRITTEN = """() => {
    const { prototype } = CanvasRenderingContext2D;
    const { fillText } = prototype;
    let written = [];
    prototype.fillText = function (label, x, y) {
        const half = this.measureText(label).width / 2;
        written.push({ label, left: x - half, right: x + half });
        fillText.call(this, label, x, y);
    };
    window.written = async () => {
        await settled(100);
        written = [];
        const card = document.body.firstElementChild;
        card._draw();
        return written.filter(({ label }) => label.includes(":"));
    };
}"""


async def test_plotter_says_when_it_was_paused(fresh: Page) -> None:
    """That moment, also when another one is at the right; and it covers no line."""
    await fresh.clock.install(time="2026-11-21T23:58:06Z")
    await fresh.clock.resume()
    await pretend(fresh)
    await fresh.evaluate("hass.locale.time_zone = 'server'")
    await fresh.evaluate(PLOT, sent(*range(9)))
    await fresh.evaluate(WRITTEN)
    assert await fresh.evaluate("written()") == []
    seen = await fresh.evaluate("""async () => {
        const [card] = document.body.children;
        const find = (what) => card.shadowRoot.querySelector(what);
        const box = (what) => find(what).getBoundingClientRect();
        const { height } = box(".plot");
        find("#pause").click();
        const ends = new Set();
        const said = new Set();
        let fits = true;
        for (const change of [() => {}, () => find("#in").click(),
            () => find("#out").click(), () => card._pan(-0.02)]) {
            change();
            const [edge, ...more] = await written();
            fits &&= more.length === 0 && edge.right <= card.plotter.width;
            ends.add(card.plotter.view.end);
            said.add(find(".notice").textContent);
        }
        const [notice, plot, title, tools] =
            [".notice", ".plot", ".title", ".tools"].map(box);
        const same = box(".plot").height === height;
        find("#pause").click();
        return { ends: ends.size, said: [...said], fits, same, after: await written(),
            above: notice.bottom <= plot.top && title.bottom <= notice.top,
            beside: notice.right <= tools.left };
    }""")
    [said] = seen.pop("said")
    assert said.startswith("Paused at 23:58:0")
    assert seen.pop("ends") >= 3
    assert seen == {
        "fits": True,
        "same": True,
        "after": [],
        "above": True,
        "beside": True,
    }


async def test_plotter_says_when_that_was(fresh: Page) -> None:
    """Whoever points at a moment reads which it was, as finely as one can point."""
    await fresh.clock.install(time="2026-11-21T23:58:06Z")
    await fresh.clock.resume()
    await pretend(fresh)
    await fresh.evaluate(
        "Object.assign(hass.locale, { time_zone: 'server', time_format: '12' })"
    )
    await fresh.evaluate(PLOT, sent(*range(9)))
    await fresh.evaluate(WRITTEN)
    box = await fresh.locator(".plot").bounding_box()
    assert box is not None
    await fresh.mouse.move(box["x"] + 200, box["y"] + 50)
    [live] = await fresh.evaluate("written()")
    assert re.fullmatch(r"11:57:5\d PM", live["label"])
    assert (live["left"] + live["right"]) / 2 == pytest.approx(200, abs=1.5)
    for span, pattern in (
        (60_000, r"11:57:[34]\d PM"),
        (30_000, r"11:57:5\d\.\d PM"),
        (2_000, r"11:58:0\d\.\d\d PM"),
    ):
        await fresh.evaluate(
            """(span) => {
                const [card] = document.body.children;
                card._pause(false);
                card._change(() => card.plotter.view.setSpan(span));
                card._pause(true);
            }""",
            span,
        )
        [edge, pointed] = await fresh.evaluate("written()")
        assert re.fullmatch(r"11:58:0\d PM", edge["label"])
        assert re.fullmatch(pattern, pointed["label"])
    # At the edges, it is not cut off.
    for x in (1, box["width"] - 1):
        await fresh.mouse.move(box["x"] + x, box["y"] + 50)
        pointed = (await fresh.evaluate("written()"))[-1]
        assert pointed["left"] >= 0
        assert pointed["right"] <= box["width"]
    # Without lines, there is no moment.
    await fresh.evaluate(
        "document.body.firstChild.shadowRoot.querySelector('.legend button').click()"
    )
    assert await fresh.evaluate("written()") == []

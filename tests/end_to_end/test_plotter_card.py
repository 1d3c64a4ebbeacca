"""The live plotter, in a real browser: it draws what a board sends."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
import json
from math import sin
from random import Random
import time
from typing import Any

from playwright.async_api import Locator, Page, expect
import pytest

from scripts.lib.add import add_board
from scripts.lib.api import Api
from scripts.lib.boards import Board
from scripts.lib.home_assistant import HomeAssistant
from scripts.lib.readings import Frame

from .browser import PICTURES, button, keep_page, log_in, open_browser

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300),
]

CARD = "custom:arduino-plotter-card"

# What has come of a channel: times in milliseconds since 1970, and values.
SAMPLES = """(card, key) => {
    const { ring } = card.plotter.series.find((one) => one.key === key) ?? {};
    return ring ? Array.from({ length: ring.length }, (_, index) =>
        [ring.timeAt(index), Number.isNaN(ring.valueAt(index)) ? null : ring.valueAt(index)]
    ) : [];
}"""

# How many of a channel's samples are on the canvas, in its colour, where they belong.
FOUND = """(card, key) => {
    const { series, lanes, view, width, left } = card.plotter;
    const { ring, look } = series.find((one) => one.key === key);
    const lane = lanes.find((one) => one.series.some((other) => other.key === key));
    const canvas = card.shadowRoot.querySelector("canvas");
    const context = canvas.getContext("2d");
    const ratio = canvas.width / width;
    const wanted = look.color.match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16));
    const seen = (x, y) => {
        const { data } = context.getImageData(
            Math.round((x - 2) * ratio), Math.round((y - 2) * ratio), 4 * ratio, 4 * ratio);
        for (let at = 0; at < data.length; at += 4)
            if (data[at + 3] > 200 && wanted.every((part, i) => Math.abs(part - data[at + i]) < 40))
                return true;
        return false;
    };
    let [found, missed] = [0, 0];
    for (let index = 0; index < ring.length; index += 1) {
        const x = left + (ring.timeAt(index) - view.end + view.span) * (width - left - 10) / view.span;
        if (Number.isNaN(ring.valueAt(index)) || x < left + 3 || x > width - 13) continue;
        if (seen(x, lane.y(ring.valueAt(index)))) found += 1; else missed += 1;
    }
    return { found, missed };
}"""


@asynccontextmanager
async def playing(
    address: str, source: Iterator[Frame], interval: float
) -> AsyncIterator[Board]:
    """Play a board meanwhile."""
    board = Board("Board", address, source, interval=interval)
    task = asyncio.create_task(board.run())
    try:
        yield board
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def counting(count: int, shape: Callable[[int, int], float]) -> Iterator[Frame]:
    """Yield readings of so many channels; the first counts the readings."""
    step = 0
    while True:
        values = {f"ch{number}": shape(step, number) for number in range(1, count)}
        yield json.dumps({"step": step, **values})
        step += 1


async def device_of(api: Api, entry_id: str) -> str:
    """Return the id of a board's device."""
    devices = await api.command("config/device_registry/list")
    [found] = [one["id"] for one in devices if entry_id in one["config_entries"]]
    return str(found)


async def make_dashboard(api: Api, path: str, *cards: dict[str, Any]) -> None:
    """Make a dashboard with these cards in one section."""
    await api.command(
        "lovelace/dashboards/create",
        url_path=path,
        title=path,
        show_in_sidebar=True,
        require_admin=False,
    )
    section = {"type": "grid", "cards": list(cards)}
    view = {"title": "Boards", "type": "sections", "sections": [section]}
    await api.command("lovelace/config/save", url_path=path, config={"views": [view]})


async def animate(page: Page) -> None:
    """Have things move, as they do for most people."""
    await page.emulate_media(reduced_motion="no-preference")


async def samples(card: Locator, key: str) -> list[list[float]]:
    """Return what the card has got of a channel."""
    found: list[list[float]] = await card.evaluate(SAMPLES, key)
    return found


async def wait_samples(card: Locator, key: str, count: int) -> list[list[float]]:
    """Return what the card has got of a channel, when it is enough."""
    for _ in range(300):
        if len(found := await samples(card, key)) >= count:
            return found
        await asyncio.sleep(0.1)
    pytest.fail(f"{len(found)} samples of {key}, and not {count}")


async def view_of(card: Locator) -> dict[str, Any]:
    """Return what part of time the card shows."""
    view: dict[str, Any] = await card.evaluate("card => ({...card.plotter.view})")
    return view


async def test_add_by_clicking(home: HomeAssistant, api: Api) -> None:
    """A person picks an entity of a board, takes the suggestion, and sees its line."""
    entry_id, address = await add_board(api, "Bench")
    await make_dashboard(api, "plots-picked")

    def readings() -> Iterator[Frame]:
        step = 0
        while True:
            yield json.dumps({"temp": round(22 + 3 * sin(step / 20), 2), "door": True})
            step += 1

    async with playing(address, readings(), 0.05), open_browser() as page:
        await api.entity_of(entry_id, "-temp")
        await animate(page)
        await log_in(page, home.url)
        await page.goto(f"{home.url}/plots-picked/0?edit=1")
        await page.get_by_role("button", name="Add card").first.click()
        await page.get_by_placeholder("Search entities").fill("bench temperature")
        await page.get_by_text("Temperature", exact=True).first.click()
        # The last of the suggestions, below those of Home Assistant's own cards.
        suggestion = page.get_by_text("Live plot", exact=False).last
        await suggestion.scroll_into_view_if_needed()
        await suggestion.click()
        card = page.locator("arduino-plotter-card")
        await expect(card).to_have_count(1)
        await button(page, "Done").click()
        await expect(card.get_by_role("heading", name="Bench")).to_be_visible()
        got = await wait_samples(card, "temp", 30)
        sent = {round(22 + 3 * sin(step / 20), 2) for step in range(2000)}
        # None is where it was put from the preview into the dashboard.
        assert {value for _, value in got} - {None} <= sent
        await card.get_by_role("button", name="Pause").click()
        drawn = await card.evaluate(FOUND, "temp")
        assert drawn["missed"] == 0
        assert drawn["found"] >= 15
    [stored] = (await api.command("lovelace/config", url_path="plots-picked"))["views"]
    assert stored["sections"][0]["cards"] == [
        {"type": CARD, "device_id": await device_of(api, entry_id)}
    ]
    assert home.complaints() == []


async def test_pick_from_the_list(home: HomeAssistant, api: Api) -> None:
    """It is in the list of cards, and has a form for its settings."""
    entry_id, address = await add_board(api, "Listed")
    await make_dashboard(api, "plots-listed")
    source = counting(2, lambda step, number: step % 7)
    async with playing(address, source, 0.1), open_browser() as page:
        await api.entity_of(entry_id, "-ch1")
        await log_in(page, home.url)
        await page.goto(f"{home.url}/plots-listed/0?edit=1")
        await page.get_by_role("button", name="Add card").first.click()
        await page.get_by_text("By card", exact=True).click()
        await page.get_by_placeholder("Search cards").fill("arduino")
        await page.locator(
            "hui-card-picker .card", has_text="Arduino live plotter"
        ).click()
        dialog = page.locator("hui-dialog-edit-card")
        await expect(dialog.get_by_text("Board", exact=True).first).to_be_visible()
        for label in ("Title", "Time shown at the beginning", "Channels"):
            await expect(dialog.get_by_text(label, exact=False).first).to_be_visible()
        await dialog.get_by_role("textbox", name="Title").fill("What it counts")
        await dialog.get_by_role("spinbutton").fill("10")
        preview = dialog.locator("arduino-plotter-card")
        await expect(preview.get_by_role("heading")).to_have_text("What it counts")
        await dialog.get_by_role("button", name="Save").click()
        card = page.locator(
            "hui-view arduino-plotter-card, hui-sections-view arduino-plotter-card"
        ).first
        await expect(card.get_by_role("heading")).to_have_text("What it counts")
    [stored] = (await api.command("lovelace/config", url_path="plots-listed"))["views"]
    [saved] = stored["sections"][0]["cards"]
    assert (
        saved.items()
        >= {"type": CARD, "title": "What it counts", "seconds": 10}.items()
    )
    assert saved["device_id"]


async def test_ten_channels_at_full_rate(
    home: HomeAssistant, api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every reading of ten channels, a hundred times a second, and time to spare."""
    entry_id, address = await add_board(api, "Fast")
    device_id = await device_of(api, entry_id)
    await make_dashboard(
        api,
        "plots-fast",
        {
            "type": CARD,
            "device_id": device_id,
            "grid_options": {"columns": "full", "rows": 10},
        },
    )
    source = counting(
        10, lambda step, number: round(sin(step / 40 + number) * number, 3)
    )
    async with playing(address, source, 0.01), open_browser() as page:
        await api.entity_of(entry_id, "-ch9")
        await animate(page)
        await log_in(page, home.url)
        await page.goto(f"{home.url}/plots-fast/0")
        card = page.locator("arduino-plotter-card")
        await wait_samples(card, "step", 100)
        before = await card.evaluate(
            "card => ({...card.plotter.stats, at: performance.now()})"
        )
        await page.wait_for_timeout(5000)
        after = await card.evaluate(
            "card => ({...card.plotter.stats, at: performance.now()})"
        )
        seconds = (after["at"] - before["at"]) / 1000
        frames = after["frames"] - before["frames"]
        work = (after["work"] - before["work"]) / frames
        await button(page, "Pause").click()
        counts = await samples(card, "step")
        channels = [await samples(card, f"ch{number}") for number in range(1, 10)]
        assert await card.evaluate("card => card.plotter.dropped") == 0
    times, steps = zip(*counts, strict=True)
    rate = (len(counts) - 1) / (times[-1] - times[0]) * 1000
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{frames / seconds:.0f} frames a second, {work:.2f} ms of work in each, "
            f"{rate:.0f} readings a second"
        )
    assert list(steps) == list(range(int(steps[0]), int(steps[0]) + len(steps)))
    assert list(times) == sorted(times)
    for number, channel in enumerate(channels, 1):
        # One more may have come between two looks.
        assert [value for _, value in channel][: len(steps)] == [
            round(sin(step / 40 + number) * number, 3) for step in steps
        ]
    # A frame at 60 a second has 16.7 ms.
    assert work < 10


async def test_controls(home: HomeAssistant, api: Api) -> None:
    """Pause, zoom and time, with buttons, keys and the wheel."""
    entry_id, address = await add_board(api, "Handled")
    await make_dashboard(
        api,
        "plots-handled",
        {"type": CARD, "device_id": await device_of(api, entry_id)},
    )
    source = counting(3, lambda step, number: number * 100 + step % 10)
    async with playing(address, source, 0.05), open_browser() as page:
        await api.entity_of(entry_id, "-ch2")
        await animate(page)
        await log_in(page, home.url)
        await page.goto(f"{home.url}/plots-handled/0")
        card = page.locator("arduino-plotter-card")
        await wait_samples(card, "step", 60)
        plot = card.get_by_role("group", name="Plot of Handled")

        # Buttons.
        await card.get_by_role("button", name="Pause").click()
        end = (await view_of(card))["end"]
        assert end is not None
        await expect(card.get_by_role("status")).to_contain_text("Paused at")
        many = len(await samples(card, "step"))
        # It goes on to listen meanwhile.
        await wait_samples(card, "step", many + 10)
        assert (await view_of(card))["end"] == end
        await card.get_by_role("button", name="Resume").click()
        assert (await view_of(card))["end"] is None
        await card.get_by_role("button", name="Show less time").click()
        assert (await view_of(card))["span"] == 20_000
        await expect(card.get_by_text("20 s", exact=True)).to_be_visible()
        await card.get_by_role("button", name="Show more time").click()
        assert (await view_of(card))["span"] == 30_000

        # Keys.
        await plot.focus()
        for key, span in (("+", 20_000), ("+", 10_000), ("-", 20_000), ("-", 30_000)):
            await page.keyboard.press(key)
            assert (await view_of(card))["span"] == span
        await page.keyboard.press("Space")
        end = (await view_of(card))["end"]
        assert end is not None
        for _ in range(6):
            await page.keyboard.press("+")
        await page.keyboard.press("ArrowLeft")
        assert (await view_of(card))["end"] < end
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Home")
        first = await samples(card, "step")
        view = await view_of(card)
        assert view["end"] - view["span"] == pytest.approx(first[0][0], abs=1)
        await page.keyboard.press("End")
        assert (await view_of(card))["end"] is None

        # The wheel, with Ctrl only, also while the keys are here.
        box = await plot.bounding_box()
        assert box is not None
        span = (await view_of(card))["span"]
        await page.mouse.move(box["x"] + 200, box["y"] + 50)
        await page.mouse.wheel(0, 100)
        assert (await view_of(card))["span"] == span
        await page.keyboard.down("Control")
        await page.mouse.wheel(0, 100)
        assert (await view_of(card))["span"] > span * 1.1
        await page.mouse.wheel(0, -100)
        await page.keyboard.up("Control")
        assert (await view_of(card))["span"] == pytest.approx(span)

        # Drawn by the mouse, it pauses.
        await page.mouse.down()
        await page.mouse.move(box["x"] + 300, box["y"] + 50, steps=4)
        await page.mouse.up()
        assert (await view_of(card))["end"] is not None
        await page.keyboard.press("Escape")

        # The legend.
        line = card.get_by_role("button", name="Ch1", exact=True)
        await expect(line).to_have_attribute("aria-pressed", "true")
        await line.click()
        await expect(line).to_have_attribute("aria-pressed", "false")
        lanes = "card => card.plotter.lanes.flatMap((lane) => lane.series.map((one) => one.key))"
        assert await card.evaluate(lanes) == ["step", "ch2"]
        await line.press("Enter")
        assert await card.evaluate(lanes) == ["step", "ch1", "ch2"]
        for name in ("Step", "Ch1", "Ch2"):
            await card.get_by_role("button", name=name, exact=True).click()
        await expect(card.get_by_role("status")).to_contain_text("Paused")
        await card.get_by_role("button", name="Resume").click()
        await expect(card.get_by_role("status")).to_have_text(
            "All channels are switched off."
        )


async def test_in_words(home: HomeAssistant, api: Api) -> None:
    """Who does not see the plot is told what is on it, and reaches everything by keys."""
    entry_id, address = await add_board(api, "Spoken")
    await make_dashboard(
        api, "plots-spoken", {"type": CARD, "device_id": await device_of(api, entry_id)}
    )

    def readings() -> Iterator[Frame]:
        for temp in (20, 25, 22):
            yield json.dumps({"temp": temp, "hum": None})
        while True:
            yield json.dumps({"temp": 22})

    async with playing(address, readings(), 0.5), open_browser() as page:
        await log_in(page, home.url)
        await page.goto(f"{home.url}/plots-spoken/0")
        card = page.locator("arduino-plotter-card")
        image = card.get_by_role("img", name="Plot of Spoken, 30 s. Temperature: 22")
        await image.wait_for()
        table = card.get_by_role("table", name="Values of Spoken")
        await expect(table.get_by_role("columnheader")).to_have_text(
            ["Channel", "Now", "Least", "Greatest"]
        )
        row = table.get_by_role("row", name="Temperature")
        await expect(row.get_by_role("cell").first).to_have_text("22.0 °C")
        # What changes all the time is not read out as it does.
        assert await table.get_attribute("aria-live") == "off"
        live = card.locator("[aria-live=polite], [aria-live=assertive], [role=alert]")
        await expect(live).to_have_count(0)
        # Each control has a name, and the keyboard gets there in the order of the eye.
        await card.get_by_role("button", name="Show more time").focus()
        focused = """card => {
            const { activeElement: element } = card.shadowRoot;
            return element.ariaLabel ?? element.querySelector(".name").textContent;
        }"""
        order = []
        for _ in range(6):
            order.append(await card.evaluate(focused))
            outline = await card.evaluate(
                "card => getComputedStyle(card.shadowRoot.activeElement).outlineStyle"
            )
            assert outline == "solid", order
            await page.keyboard.press("Tab")
        assert order == [
            "Show more time",
            "Show less time",
            "Pause",
            "Plot of Spoken",
            "Temperature",
            "Humidity",
        ]
        unnamed = await card.evaluate("""card => [...card.shadowRoot.querySelectorAll("button")]
            .filter((one) => !one.ariaLabel && !one.textContent.trim()).length""")
        assert unnamed == 0


async def test_comes_back(home: HomeAssistant, api: Api) -> None:
    """It says what is wrong, and goes on by itself when that is over."""
    entry_id, address = await add_board(api, "Fickle")
    device_id = await device_of(api, entry_id)
    await make_dashboard(
        api,
        "plots-fickle",
        {"type": CARD, "device_id": device_id},
        {"type": CARD, "device_id": "nobody"},
        {"type": CARD},
    )
    source = counting(2, lambda step, number: step)
    async with open_browser() as page:
        await log_in(page, home.url)
        await page.goto(f"{home.url}/plots-fickle/0")
        cards = page.locator("arduino-plotter-card")
        card = cards.nth(0)
        await expect(card.get_by_role("status")).to_have_text("Fickle is away.")
        await expect(cards.nth(1).get_by_role("status")).to_contain_text(
            "no such board"
        )
        await expect(cards.nth(2).get_by_role("status")).to_contain_text(
            "Choose a board"
        )
        async with playing(address, source, 0.1):
            await wait_samples(card, "step", 10)
            await expect(card.get_by_role("status")).to_be_hidden()

            await api.command(
                "config_entries/disable", entry_id=entry_id, disabled_by="user"
            )
            await expect(card.get_by_role("status")).to_have_text(
                "Fickle is not set up at the moment."
            )
        await api.command("config_entries/disable", entry_id=entry_id, disabled_by=None)
        async with playing(address, source, 0.1):
            many = len(await samples(card, "step"))
            after = await wait_samples(card, "step", many + 10)
            # No line leads from what came before to what came after.
            assert None in [value for _, value in after]

            await api.hang_up()
            await home.stop()
            await expect(card.get_by_role("status")).to_have_text(
                "There is no connection to Home Assistant."
            )
            await home.start()
            # The page may have made another card meanwhile.
            began = time.time() * 1000
            while not [1 for at, _ in await samples(card, "step") if at > began]:
                await page.wait_for_timeout(200)
            await expect(card.get_by_role("status")).to_be_hidden()
    assert home.complaints() == []


def weather() -> Iterator[Frame]:
    """Yield what a board in a greenhouse might measure, for the pictures."""
    noise = Random(1)
    step = 0
    while True:
        now = step / 20
        reading = {
            "temp": 22 + 3 * sin(now / 4) + noise.gauss(0, 0.05),
            "temp_2": 20 + 2 * sin(now / 5 + 1) + noise.gauss(0, 0.05),
            "hum": 55 + 8 * sin(now / 6 + 2) + noise.gauss(0, 0.2),
            "accel_x": sin(now * 4) + noise.gauss(0, 0.05),
            "accel_y": 0.6 * sin(now * 2.7 + 1) + noise.gauss(0, 0.05),
            "accel_z": 0.4 if step % 80 < 40 else -0.4,
        }
        yield json.dumps({key: round(value, 2) for key, value in reading.items()})
        step += 1


async def test_looks(home: HomeAssistant, api: Api) -> None:
    """It fits, in light and dark, and as wide as a phone."""
    entry_id, address = await add_board(api, "Greenhouse")
    device_id = await device_of(api, entry_id)
    options = {"columns": 12, "rows": 8}
    await make_dashboard(
        api,
        "plots-looks",
        {"type": CARD, "device_id": device_id, "grid_options": options},
    )
    colors = {}
    async with playing(address, weather(), 0.05), open_browser() as page:
        await api.entity_of(entry_id, "-accel_z")
        await animate(page)
        await log_in(page, home.url)
        for name, dark, width, height in (
            ("plotter", False, 640, 620),
            ("plotter-dark", True, 640, 620),
            ("plotter-phone", False, 400, 700),
        ):
            await page.emulate_media(color_scheme="dark" if dark else "light")
            await page.set_viewport_size({"width": width, "height": height})
            await page.goto(f"{home.url}/plots-looks/0")
            card = page.locator("arduino-plotter-card")
            await wait_samples(card, "accel_z", 40)
            found = await card.evaluate("""card => ({
                over: document.documentElement.scrollWidth - innerWidth,
                wide: [...card.shadowRoot.querySelectorAll("ha-card *")].filter((one) =>
                    !one.closest(".unseen") && one.getBoundingClientRect().right
                        > card.getBoundingClientRect().right + 1).length,
                colors: card.plotter.series.map((one) => one.look.color),
                plot: card.plotter.height,
            })""")
            assert found["over"] <= 0
            assert found["wide"] == 0
            assert found["plot"] > 150
            colors[dark] = found["colors"]
            if PICTURES:
                await page.wait_for_timeout(25_000)  # it fills
            await keep_page(page, name, width=width, height=height)
    assert not set(colors[False]) & set(colors[True])

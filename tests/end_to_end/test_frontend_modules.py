"""The parts of the cards that only calculate, in a real browser."""

from playwright.async_api import Page
import pytest

from .modules import contrast, run

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]


# Samples.


async def test_ring_keeps_the_newest(page: Page) -> None:
    """A ring grows up to its limit, and then lets go of the oldest."""
    assert await run(
        page,
        "plotter/ring.js",
        """({ Ring }) => {
            const ring = new Ring(4096);
            const seen = [];
            for (let n = 0; n < 10000; n += 1) {
                ring.push(n * 10, n);
                if ([0, 1023, 1024, 1025, 2047, 2048, 4095, 4096, 9999].includes(n)) {
                    const all = Array.from({ length: ring.length }, (_, i) => i);
                    const whole = all.every(
                        (i) => ring.valueAt(i) === n - ring.length + 1 + i
                            && ring.timeAt(i) === 10 * ring.valueAt(i));
                    seen.push([n, ring.length, ring.capacity, whole]);
                }
            }
            return seen;
        }""",
    ) == [
        [0, 1, 1024, True],
        [1023, 1024, 1024, True],
        [1024, 1025, 2048, True],
        [1025, 1026, 2048, True],
        [2047, 2048, 2048, True],
        [2048, 2049, 4096, True],
        [4095, 4096, 4096, True],
        [4096, 4096, 4096, True],
        [9999, 4096, 4096, True],
    ]


async def test_ring_finds_by_time(page: Page) -> None:
    """What was there at a time is found, also after it has gone round."""
    assert await run(
        page,
        "plotter/ring.js",
        """({ Ring }) => {
            const ring = new Ring(1024);
            const before = [ring.find(5), ring.valueBefore(5)];
            for (let n = 0; n < 1500; n += 1) ring.push(n * 10, n);
            ring.clear();
            for (let n = 0; n < 1500; n += 1) ring.push(n * 10, n);
            return [before, ring.timeAt(0),
                [0, 4760, 4761, 9999, 14990, 14991].map((t) => ring.find(t)),
                [0, 4760, 4765, 14990, 1e9].map((t) => ring.valueBefore(t))];
        }""",
    ) == [
        [0, pytest.approx(float("nan"), nan_ok=True)],
        4760,
        [0, 0, 1, 524, 1023, 1024],
        [pytest.approx(float("nan"), nan_ok=True), 476, 476, 1499, 1499],
    ]


async def test_columns_keep_every_peak(page: Page) -> None:
    """A column has the first, the least, the greatest and the last of its samples."""
    assert await run(
        page,
        "plotter/columns.js",
        """({ Columns }) => {
            const columns = new Columns();
            columns.shape(100, 8);
            for (const [t, v] of [[0, 5], [10, 9], [20, 1], [99, 4], [100, 7], [250, NaN]])
                columns.add(t, v);
            return [0, 1, 2, 3].map((n) => {
                const slot = columns.slot(n);
                return slot < 0 ? null : [columns.first[slot], columns.least[slot],
                    columns.greatest[slot], columns.last[slot], columns.broken[slot]]
                    .map((value) => Number.isNaN(value) ? null : value);
            });
        }""",
    ) == [[5, 1, 9, 4, 0], [7, 7, 7, 7, 0], [None, None, None, 0, 1], None]


async def test_columns_go_round(page: Page) -> None:
    """Old columns make room for new ones, and are not taken for them."""
    assert (
        await run(
            page,
            "plotter/columns.js",
            """({ Columns }) => {
            const columns = new Columns();
            columns.shape(10, 8);  // that is room for 10
            for (let n = 0; n < 100; n += 3) columns.add(n * 10, n);
            const there = [];
            for (let n = 0; n < 120; n += 1) if (columns.slot(n) >= 0) there.push(n);
            return [there, there.map((n) => columns.last[columns.slot(n)])];
        }""",
        )
        == [list(range(72, 100, 3))] * 2
    )


async def test_columns_filled_are_those_that_grew(page: Page) -> None:
    """Whether samples come one by one or all at once makes no difference."""
    assert (
        await page.evaluate(
            """async () => {
            const { Columns } = await import("/frontend/plotter/columns.js");
            const { Ring } = await import("/frontend/plotter/ring.js");
            const ring = new Ring(), one = new Columns(), other = new Columns();
            const start = 1.8e12;
            for (const columns of [one, other]) columns.shape(33.3, 2000);
            for (let n = 0; n < 5000; n += 1) {
                const [t, v] = [start + n * 10, n % 97 ? Math.sin(n / 50) : NaN];
                ring.push(t, v);
                one.add(t, v);
            }
            other.fill(ring, start, Infinity);
            for (let n = one.at(start); n <= one.at(start + 50000); n += 1) {
                const slot = one.slot(n);
                if (slot !== other.slot(n)) return n;
                for (const name of ["first", "least", "greatest", "last", "broken"])
                    if (slot >= 0 && !Object.is(one[name][slot], other[name][slot]))
                        return [n, name];
            }
            return "same";
        }"""
        )
        == "same"
    )


# Scales.


@pytest.mark.parametrize(
    ("least", "step"),
    [(1, 1), (1.01, 2), (2, 2), (3, 5), (5, 5), (5.1, 10), (0.03, 0.05), (900, 1000)],
)
async def test_steps(page: Page, least: float, step: float) -> None:
    """A step is one that people count in."""
    found = await run(
        page, "plotter/ticks.js", f"({{ niceStep }}) => niceStep({least})"
    )
    assert found == pytest.approx(step)


@pytest.mark.parametrize(
    ("least", "greatest", "expected"),
    [
        (20.1, 24.9, (20, 25, 1)),
        (-3, 97, (-10, 100, 20)),
        (0, 0, (-1, 1, 0.5)),
        (21, 21, (19.75, 22.25, 0.5)),
        (1013.01, 1013.04, (1013.01, 1013.04, 0.01)),
        (-1e-9, 1e-9, (-1e-9, 1e-9, 5e-10)),
        (1e15, 1e15, (9.5e14, 1.05e15, 2e13)),
    ],
)
async def test_scale(
    page: Page, least: float, greatest: float, expected: tuple[float, float, float]
) -> None:
    """A scale holds all values, with about five steps, also if there is but one."""
    scale = await run(
        page,
        "plotter/ticks.js",
        f"({{ niceScale }}) => niceScale({{}}, {least}, {greatest}, 5)",
    )
    assert scale["low"] <= least <= greatest <= scale["high"] or scale[
        "low"
    ] == pytest.approx(least)
    assert 1 <= (scale["high"] - scale["low"]) / scale["step"] <= 7.01
    if expected[2] != 2e13:
        assert (scale["low"], scale["high"], scale["step"]) == pytest.approx(expected)


async def test_decimals(page: Page) -> None:
    """A scale has as many decimals as its step."""
    assert await run(
        page,
        "plotter/ticks.js",
        "({ decimals }) => [100, 5, 1, 0.5, 0.2, 0.1, 0.05, 1e-6].map(decimals)",
    ) == [0, 0, 0, 1, 1, 1, 2, 6]


async def test_time_steps(page: Page) -> None:
    """Times are counted in seconds up to a minute, and then in minutes."""
    assert await run(
        page,
        "plotter/ticks.js",
        "({ timeStep }) => [2, 10, 30, 60, 120, 600].map((span) => timeStep(span, 6))",
    ) == [0.5, 2, 5, 10, 30, 120]


# Time.


async def test_view(page: Page) -> None:
    """A view zooms within its limits; what is pointed at stays where it is."""
    assert await run(
        page,
        "plotter/view.js",
        """({ View, SHORTEST, LONGEST }) => {
            const view = new View(30000), seen = [];
            view.zoom(2, 0.5);
            seen.push([view.span, view.end]);
            view.pause(100000);
            view.pause(200000);
            view.zoom(0.5, 0.25);
            seen.push([view.span, view.end]);
            view.pan(-0.5, 0, 100000);
            seen.push(view.end);
            view.pan(-Infinity, 0, 100000);
            seen.push(view.end);
            view.pan(9, 0, 100000);
            seen.push(view.end);
            view.resume();
            for (const way of [-1, 1]) {
                for (let n = 0; n < 20; n += 1) view.step(way);
                seen.push(view.span);
            }
            view.zoom(1e9);
            seen.push(view.span === LONGEST);
            view.zoom(0);
            seen.push(view.span === SHORTEST);
            return seen;
        }""",
    ) == [
        [60000, None],
        [30000, 77500],
        62500,
        30000,
        100000,
        2000,
        600000,
        True,
        True,
    ]


async def test_clock(page: Page) -> None:
    """Messages that were delayed do not move it, and drift does."""
    assert await run(
        page,
        "plotter/clock.js",
        """({ Clock }) => {
            const clock = new Clock(), seen = [Number.isNaN(clock.now(1))];
            for (let n = 0; n < 100; n += 1) clock.note(1000 + n * 50, n * 50 + n % 7);
            seen.push(clock.now(5000));
            // Theirs is slower from now on.
            for (let n = 100; n < 400; n += 1) clock.note(800 + n * 50, n * 50);
            seen.push(clock.now(20000));
            clock.reset();
            seen.push(Number.isNaN(clock.now(1)));
            return seen;
        }""",
    ) == [True, 6000, 20800, True]


async def test_looks_differ(page: Page) -> None:
    """Twenty lines are told apart without their colours."""
    looks = await run(
        page,
        "plotter/looks.js",
        "({ look }) => Array.from({ length: 20 }, (_, n) => look(n, false))",
    )
    assert len({(one["shape"], one["hollow"], str(one["dash"])) for one in looks}) == 20
    assert len({one["color"] for one in looks[:10]}) == 10


@pytest.mark.parametrize(
    ("dark", "background"), [(False, "#ffffff"), (True, "#1c1c1c")]
)
async def test_colours_are_seen(page: Page, dark: bool, background: str) -> None:
    """Each has a contrast of at least 3 to 1, as WCAG asks for graphics."""
    looks = await run(
        page,
        "plotter/looks.js",
        f"({{ look }}) => Array.from({{ length: 10 }}, (_, n) => look(n, {str(dark).lower()}))",
    )
    for one in looks:
        assert contrast(one["color"], background) >= 3, one["color"]


# Numbers, times and series.


async def test_numbers_as_the_person_reads_them(page: Page) -> None:
    """They follow the settings of Home Assistant's profile."""
    assert await run(
        page,
        "numbers.js",
        """({ withUnit }) => [
            ["language", "en"], ["language", "de"], ["decimal_comma", "en"],
            ["space_comma", "en"], ["none", "en"],
        ].map(([number_format, language]) =>
            withUnit({ number_format, language }, 12345.678, "Pa", 1))""",
    ) == [
        "12,345.7 Pa",
        "12.345,7 Pa",
        "12.345,7 Pa",
        "12\u202f345,7 Pa",
        "12345.7 Pa",
    ]


async def test_times_as_the_person_reads_them(page: Page) -> None:
    """The profile tells, or the language; where there are 24 hours, each has two digits."""
    assert await run(
        page,
        "times.js",
        """({ timeFormat }) => [
            ["en", "language"], ["en-GB", "language"], ["de", undefined], ["de", "12"],
            ["en", "24"], ["en", "am_pm"],
        ].map(([language, time_format]) => timeFormat({
            config: { time_zone: "Asia/Tokyo" },
            locale: { language, time_format, time_zone: "server" },
        }).format(new Date("2026-11-21T15:32:00Z")).replace("\u202f", " "))""",
    ) == ["12:32 AM", "00:32", "00:32", "12:32 AM", "00:32", "12:32 AM"]


async def test_readings(page: Page) -> None:
    """Rows become samples: what is false was not sent, null breaks the line."""
    assert await run(
        page,
        "plotter/readings.js",
        """({ Readings }) => {
            const readings = new Readings();
            const channels = [
                { key: "a", name: "A", unit: "V", entity_id: "sensor.a" },
                { key: "b", name: "B", unit: null, entity_id: "sensor.b" },
            ];
            const samples = () => readings.series.map(({ key, ring }) => [key,
                Array.from({ length: ring.length }, (_, i) => [ring.timeAt(i),
                    Number.isNaN(ring.valueAt(i)) ? null : ring.valueAt(i)])]);
            const seen = [];
            seen.push(readings.take({ start: 1000, channels, state: "available" }, true, 0));
            seen.push(readings.take({ rows: [[0, 1, 2], [10, false, 3], [20, null, 4]] }, true, 0));
            seen.push(samples());
            readings.take({ dropped: 3 }, true, 0);
            readings.take({ dropped: 4, state: "away" }, true, 0);
            seen.push([readings.dropped, readings.state, samples()]);
            // Another unit: the numbers so far mean something else. One channel more.
            readings.take({ start: 1000, channels: [
                { ...channels[1], unit: "A" }, channels[0], { ...channels[0], key: "c" },
            ] }, true, 0);
            seen.push(samples());
            // Its clock was set back by a minute.
            readings.take({ start: 940, channels, rows: [[0, 5, 6]] }, true, 0);
            seen.push(samples());
            return seen;
        }""",
    ) == [
        True,
        False,
        [
            ["a", [[1_000_000, 1], [1_000_020, None]]],
            ["b", [[1_000_000, 2], [1_000_010, 3], [1_000_020, 4]]],
        ],
        [
            7,
            "away",
            [
                ["a", [[1_000_000, 1], [1_000_020, None]]],
                [
                    "b",
                    [
                        [1_000_000, 2],
                        [1_000_010, 3],
                        [1_000_020, 4],
                        [1_000_020, None],
                    ],
                ],
            ],
        ],
        [["b", []], ["a", [[1_000_000, 1], [1_000_020, None]]], ["c", []]],
        [["a", [[940_000, 5]]], ["b", [[940_000, 6]]]],
    ]


# Alerts.


async def test_words_of_alerts(page: Page) -> None:
    """Values are written as the person writes numbers; times as they read a clock."""
    assert await run(
        page,
        "alerts/words.js",
        """async ({ moment, sentence, span }) => {
            const { loadTexts } = await import("/frontend/texts.js");
            const texts = {
                above: "{channel}: {value} of {limit}", battery_low: "low",
                other: "? {channel} {value}", since: "since {time}",
                until: "{from}-{to}", battery: "{value} of {limit}", silent: "{limit} long",
                is_away: "away", hours: "{count} hrs",
            };
            const resources = Object.fromEntries(Object.entries(texts).map(
                ([key, text]) => [`component.arduino_sensor.common.alerts_${key}`, text]));
            for (const unit of ["minutes", "seconds"])
                resources[`component.arduino_sensor.common.plotter_${unit}`] =
                    `{count} ${unit}`;
            await loadTexts({ language: "xx", callWS: async () => ({ resources }) });
            const german = { language: "de", number_format: "language" };
            const alert = { kind: "above", channel: "T", value: "1234.50", unit: "°C",
                limit: "35", message: null, cleared: null };
            const hass = { locale: { language: "en-GB", time_format: "24",
                time_zone: "server" }, config: { time_zone: "Asia/Tokyo" } };
            const now = new Date("2026-11-21T20:00:00Z");
            return [
                sentence(alert, german),
                sentence({ ...alert, value: null, limit: "hot" }, german),
                sentence({ ...alert, kind: "battery", limit: null }, german),
                sentence({ ...alert, channel: null, value: null }, german),
                ...[["7200", "s"], ["5400", "s"], ["90.5", "s"], ["0", "s"], ["10 min", null],
                    [null, null]].map(([limit, unit]) =>
                    sentence({ ...alert, kind: "silent", limit, unit }, german)),
                sentence({ ...alert, kind: "new kind", value: "1" }, german),
                sentence({ ...alert, message: "Own words" }, german),
                moment("2026-11-21T19:30:00Z", hass, now),
                moment("2026-11-21T14:30:00Z", hass, now),
                moment("2025-12-31T14:30:00Z", hass, now),
                moment("nonsense", hass, now),
                span({ raised: "2026-11-21T19:30:00Z", cleared: null }, hass, now),
                span({ raised: "2026-11-21T19:30:00Z",
                    cleared: "2026-11-21T19:45:00Z" }, hass, now),
                moment("2026-11-21T19:30:00Z",
                    { ...hass, locale: { ...hass.locale, time_format: "12" } }, now),
            ];
        }""",
    ) == [
        "T: 1.234,50 °C of 35 °C",
        "? T",
        "low",
        "?",
        "2 hrs long",
        "90 minutes long",
        "90,5 seconds long",
        "0 seconds long",
        "10 min long",
        "away",
        "? T 1 °C",
        "Own words",
        "04:30",
        "21 Nov, 23:30",
        "31 Dec 2025, 23:30",
        "",
        "since 04:30",
        "04:30-04:45",
        "4:30 am",
    ]

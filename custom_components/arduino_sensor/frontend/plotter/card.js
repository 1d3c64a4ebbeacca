// The live plotter: what a board sends, drawn as it comes.

import { boardName, firstBoard } from "../boards.js";
import { loadTexts, onLateTexts, text } from "../texts.js";
import { configForm } from "./editor.js";
import { Face } from "./face.js";
import { Frames } from "./frames.js";
import { listen } from "./gestures.js";
import { Legend, shown } from "./legend.js";
import { look } from "./looks.js";
import { Plot } from "./plot.js";
import { Readings } from "./readings.js";
import { Stream } from "./stream.js";
import { TEMPLATE } from "./styles.js";
import { readTheme } from "./theme.js";
import { View } from "./view.js";
import { picture, reason, spanText } from "./words.js";

const SECONDS = 30;
// Behind what was sent last, so that the line reaches the edge in spite of batches.
const BEHIND = 100;
const VALUES_EVERY = 250;
const TABLE_EVERY = 3000;

const extent = { least: NaN, greatest: NaN };

export class PlotterCard extends HTMLElement {
  static getStubConfig(hass) {
    const deviceId = firstBoard(hass);
    return deviceId ? { device_id: deviceId } : {};
  }

  static getConfigForm() {
    return configForm();
  }

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).innerHTML = TEMPLATE;
    const find = (selector) => this.shadowRoot.querySelector(selector);
    this._canvas = find("canvas");
    this._face = new Face(this.shadowRoot);
    this._config = {};
    this._series = [];
    this._trouble = undefined;
    this._cursor = undefined;
    this._readings = new Readings();
    this._view = new View(SECONDS * 1000);
    this._plot = new Plot(this._canvas);
    this._legend = new Legend(find(".legend"), find("table"), (series) =>
      this._toggle(series),
    );
    this._stream = new Stream(
      (event) => this._take(event),
      (trouble) => this._troubled(trouble),
    );
    this._frames = new Frames(this, () => {
      this._draw();
      return this._follows && this._series.length > 0;
    });
    this._listen();
  }

  // What Home Assistant's frontend calls.

  setConfig(config) {
    const { device_id: deviceId, seconds, entities } = config;
    if (deviceId !== undefined && typeof deviceId !== "string") {
      throw new Error("device_id has to be the id of a device");
    }
    if (seconds !== undefined && !(Number(seconds) > 0)) {
      throw new Error("seconds has to be a number above 0");
    }
    if (entities !== undefined && !Array.isArray(entities)) {
      throw new Error("entities has to be a list");
    }
    const before = this._config;
    this._config = config;
    if (before.device_id !== deviceId) {
      this._stream.stop();
      this._readings.clear();
      this._trouble = undefined;
    }
    if (before.seconds !== seconds) {
      this._view.setSpan((Number(seconds) || SECONDS) * 1000);
    }
    this._arrange();
    this._writeTitle();
    this._writeView();
    this._begin();
  }

  set hass(hass) {
    const before = this._hass;
    this._hass = hass;
    if (before?.themes !== hass.themes || before?.locale !== hass.locale) {
      this._outdated = true;
    }
    if (before?.language !== hass.language) {
      loadTexts(hass).then(() => {
        this._ready = true;
        this._write();
      });
    }
    if (before?.entities !== hass.entities) {
      this._arrange();
    }
    if (before?.devices !== hass.devices) {
      this._writeTitle();
    }
    if (before && before.connection !== hass.connection) {
      this._stream.stop();
    }
    this._begin();
  }

  get hass() {
    return this._hass;
  }

  getCardSize() {
    return 6;
  }

  getGridOptions() {
    return { columns: 12, rows: 6, min_columns: 6, min_rows: 4 };
  }

  connectedCallback() {
    this._size = new ResizeObserver(() => this._resize());
    this._size.observe(this._face.plot);
    this._frames.start();
    this._endTexts = onLateTexts(() => this._write());
    this._telling = setInterval(() => this._tell(), TABLE_EVERY);
    this._outdated = true;
    this._begin();
  }

  disconnectedCallback() {
    this._size.disconnect();
    this._frames.stop();
    this._endTexts();
    clearInterval(this._telling);
    this._stream.stop();
    this._readings.lose(this._follows);
  }

  _begin() {
    const deviceId = this._config.device_id;
    if (this.isConnected && this._hass && deviceId && !this._stream.running) {
      this._stream.start(this._hass.connection, deviceId);
    }
    if (this._outdated) {
      this._soon();
    }
  }

  // The readings.

  get _follows() {
    return !this._view.paused;
  }

  _take(event) {
    if (this._readings.take(event, this._follows, performance.now())) {
      this._arrange();
    }
    this._notice();
    this._soon();
  }

  _troubled(trouble) {
    this._trouble = trouble;
    if (trouble) {
      this._readings.lose(this._follows);
    }
    this._notice();
    this._soon();
  }

  /** Take over which channels are drawn: those that are named, or all but hidden ones. */
  _arrange() {
    const { entities: named } = this._config;
    this._series = this._readings.series.filter(({ entityId }) =>
      named?.length ? named.includes(entityId) : !this._hass?.entities?.[entityId]?.hidden,
    );
    this._outdated = true;
    this._notice();
    this._soon();
  }

  _toggle(series) {
    series.on = !series.on;
    this._plot.setSeries(this._series);
    this._notice();
    this._draw();
    this._tell();
  }

  // What is shown.

  _now() {
    const now = this._readings.clock.now(performance.now());
    return Number.isNaN(now) ? Date.now() : now - BEHIND;
  }

  _resize() {
    const { plot } = this._face;
    this._plot.resize(plot.clientWidth, plot.clientHeight, window.devicePixelRatio || 1);
    this._draw();
    this._soon();
  }

  /** Take over the theme, and the channels. */
  _adopt() {
    this._outdated = false;
    const theme = readTheme(this, Boolean(this._hass.themes?.darkMode));
    // Of all channels, so that a line keeps its looks when others are left out.
    this._readings.series.forEach((series, number) => {
      series.look = look(number, theme.dark, theme.style);
    });
    this._plot.setTheme(theme, this._hass);
    this._plot.setSeries(this._series);
    this._legend.build(this._series, theme);
    this._valuesDue = 0;
  }

  _soon() {
    if (this._hass) {
      this._frames.soon();
    }
  }

  _draw() {
    if (!this._hass || !this.isConnected) {
      return;
    }
    if (this._outdated) {
      this._adopt();
    }
    const view = this._view;
    this._end = view.end ?? this._now();
    const live = this._follows && this._readings.state === "available";
    this._plot.draw(view, this._end, this._cursorTime(), live);
    const now = performance.now();
    if (!(now < this._valuesDue)) {
      this._valuesDue = now + VALUES_EVERY;
      this._writeValues();
    }
    if (!this._drawn) {
      this._drawn = true;
      this._tell();
    }
  }

  _cursorTime() {
    if (this._cursor === undefined) {
      return NaN;
    }
    return this._end - (1 - this._plot.partAt(this._cursor)) * this._view.span;
  }

  _valueOf(series) {
    const at = this._cursorTime();
    if (!Number.isNaN(at)) {
      return series.ring.valueBefore(at);
    }
    return this._follows ? series.last : series.ring.valueBefore(this._view.end);
  }

  _writeValues() {
    const from = this._end - this._view.span;
    this._legend.update(this._series, (series) =>
      series.ring.length
        ? shown(this._hass, series, this._valueOf(series), series.size(from, this._end))
        : "",
    );
  }

  // Words.

  _write() {
    this._face.writeNames();
    this._outdated = true;
    this._writeTitle();
    this._writeView();
    this._notice();
    this._soon();
  }

  get _board() {
    return boardName(this._hass, this._config.device_id);
  }

  _writeTitle() {
    if (this._ready) {
      this._face.title = this._config.title || this._board || text("plotter_name");
    }
  }

  _writeView() {
    if (this._ready) {
      this._face.showTools(Boolean(this._config.device_id));
      this._face.writeView(this._view, this._hass.locale);
    }
  }

  /** Say why nothing is drawn, or nothing new. */
  _notice() {
    if (!this._ready) {
      return;
    }
    const said = reason({
      deviceId: this._config.device_id,
      board: this._board,
      trouble: this._trouble,
      readings: this._readings,
      series: this._series,
      view: this._view,
      hass: this._hass,
    });
    const drawn = this._series.some((series) => series.on && series.ring.length);
    this._face.say(said, !drawn);
  }

  /** Tell the same in words, now and then. */
  _tell() {
    if (!this._ready || !this._drawn) {
      return;
    }
    const end = this._view.end ?? this._now();
    const board = this._face.title;
    const rows = this._series.map((series) => {
      const from = end - this._view.span;
      const size = series.size(from, end);
      const write = (value) => shown(this._hass, series, value, size);
      series.measure(extent, from, end);
      return {
        on: series.on,
        channel: series.name,
        value: write(this._valueOf(series)),
        least: write(extent.least),
        greatest: write(extent.greatest),
      };
    });
    this._legend.updateTable(text("plotter_values", { board }), rows);
    this._canvas.setAttribute(
      "aria-label",
      picture(
        board,
        spanText(this._view.span, this._hass.locale),
        rows.filter((row) => row.on),
      ),
    );
  }

  // What a person does.

  _listen() {
    const { out, in: closer, pause, plot } = this._face;
    out.addEventListener("click", () => this._step(1));
    closer.addEventListener("click", () => this._step(-1));
    pause.addEventListener("click", () => this._pause(this._follows));
    listen(plot, {
      zoom: (factor, x) =>
        this._change(() => this._view.zoom(factor, this._plot.partAt(x))),
      step: (direction) => this._step(direction),
      drag: (from, to) => this._pan((from - to) / this._plot.innerWidth),
      pan: (part) => this._pan(part),
      toggle: () => this._pause(this._follows),
      first: () => this._pan(-Infinity),
      now: () => this._pause(false),
      point: (x) => {
        this._cursor = x;
        this._valuesDue = 0;
        this._soon();
      },
    });
  }

  _step(direction) {
    this._change(() => this._view.step(direction, this._follows ? 1 : 0.5));
  }

  _pause(paused) {
    this._change(() => (paused ? this._view.pause(this._now()) : this._view.resume()));
  }

  _pan(part) {
    let oldest = Infinity;
    for (const { ring } of this._series) {
      oldest = ring.length ? Math.min(oldest, ring.timeAt(0)) : oldest;
    }
    if (oldest < Infinity) {
      this._change(() => {
        this._view.pause(this._now());
        this._view.pan(part, oldest, this._now());
      });
    }
  }

  _change(how) {
    how();
    this._valuesDue = 0;
    this._writeView();
    this._notice();
    this._draw();
    this._soon();
  }

  /** What is drawn and how, to look into from outside. */
  get plotter() {
    const { series, state, dropped } = this._readings;
    const { stats, lanes, width, height, left } = this._plot;
    return { series, state, dropped, view: this._view, stats, lanes, width, height, left };
  }
}

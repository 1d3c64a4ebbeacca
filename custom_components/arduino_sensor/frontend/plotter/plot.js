// Draws the lines. A frame allocates next to nothing, and costs as much as the plot is wide.

import { text } from "../texts.js";
import { timeFormat } from "../times.js";
import { numberFormat } from "../numbers.js";
import { makeLanes } from "./lanes.js";
import { mark } from "./looks.js";
import { timeStep } from "./ticks.js";

const TOP = 8;
const BOTTOM = 22;
const RIGHT = 10;
const BETWEEN = 18;
const MARK = 3.4;
const MARK_DISTANCE = 110;
const SPARSE = 14;
const HELD = 24;
// With so much time or less, a pixel is about a tenth, and a hundredth of a second.
const DIGITS_BELOW = [30_000, 5_000];

export class Plot {
  constructor(canvas) {
    this.canvas = canvas;
    this._context = canvas.getContext("2d");
    this.series = [];
    this.lanes = [];
    this.width = 0;
    this.height = 0;
    this.theme = undefined;
    this.locale = undefined;
    this.stats = { frames: 0, work: 0, longest: 0 };
    this._left = 0;
    this._shaped = -1;
    this._outdated = true;
    this._times = [];
    this._timesFor = "";
  }

  resize(width, height, ratio) {
    this.width = width;
    this.height = height;
    this._ratio = ratio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this._outdated = true;
  }

  /** Take over other series, or the same with other lines, units or colours. */
  setSeries(series) {
    this.series = series;
    series.forEach((one, place) => {
      one.place = place;
    });
    this._outdated = true;
  }

  setTheme(theme, hass) {
    this.theme = theme;
    this.locale = hass.locale;
    this._clocks = [undefined, 1, 2].map((fractionalSecondDigits) =>
      timeFormat(hass, { second: "2-digit", fractionalSecondDigits }),
    );
    this._outdated = true;
    this._timesFor = "";
  }

  get left() {
    return this._left;
  }

  get innerWidth() {
    return Math.max(this.width - this._left - RIGHT, 10);
  }

  /** The part of the plot's width at which a place on the canvas is. */
  partAt(x) {
    return Math.min(Math.max((x - this._left) / this.innerWidth, 0), 1);
  }

  /** Draw what there is at a moment; `cursor` is a time that is pointed at, or NaN. */
  draw(view, end, cursor, live) {
    if (!this.width || !this.height || !this.theme) {
      return;
    }
    const began = performance.now();
    const start = end - view.span;
    const anew = this._outdated || this._shaped !== view.version;
    if (this._outdated) {
      this._arrange();
    }
    if (anew) {
      this._shape(view, start, end);
    }
    let changed = anew;
    for (const lane of this.lanes) {
      changed = lane.fit(start, end, began, anew, this.locale) || changed;
    }
    if (changed) {
      this._measure(view, start, end);
    }
    const context = this._context;
    context.setTransform(this._ratio, 0, 0, this._ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    context.font = this.theme.font;
    if (this.lanes.length) {
      this._drawTimes(view);
    }
    for (const lane of this.lanes) {
      this._drawScale(lane);
      this._drawLines(lane, start, end, view, live);
      this._drawUnit(lane);
    }
    if (view.paused && this.lanes.length) {
      this._writeMoment(end, Infinity, this.theme.faint, 0);
    }
    if (!Number.isNaN(cursor)) {
      this._drawCursor(cursor, start, view);
    }
    const took = performance.now() - began;
    this.stats.frames += 1;
    this.stats.work += took;
    this.stats.longest = Math.max(this.stats.longest, took);
  }

  // What is settled when something has changed.

  _arrange() {
    this._outdated = false;
    const room = this.height - TOP - BOTTOM;
    this.lanes = makeLanes(this.series, room, this.lanes);
    const count = Math.max(this.lanes.length, 1);
    const height = (room - (count - 1) * BETWEEN) / count;
    this.lanes.forEach((lane, index) => {
      lane.top = TOP + index * (height + BETWEEN);
      lane.height = height;
    });
    this._left = 0;
  }

  _shape(view, start, end) {
    this._shaped = view.version;
    const width = Math.floor(this.innerWidth);
    for (const series of this.series) {
      // What is newer than the right edge has room as well.
      series.columns.shape(view.span / width, 2 * width + 64);
      series.columns.fill(series.ring, start - view.span / width, view.paused ? end : Infinity);
    }
  }

  /** Make room for the numbers at the left. */
  _measure(view, start, end) {
    const context = this._context;
    context.font = this.theme.font;
    let widest = 0;
    for (const lane of this.lanes) {
      for (const label of lane.labels) {
        widest = Math.max(widest, context.measureText(label).width);
      }
    }
    const left = Math.ceil((widest + 12) / 8) * 8;
    // Columns are as wide as there is room: not anew for each digit.
    if (left > this._left || left < this._left - 24) {
      this._left = left;
      this._shape(view, start, end);
    }
  }

  // The frame.

  _drawTimes(view) {
    const id = `${view.span} ${this.innerWidth}`;
    if (id !== this._timesFor) {
      this._timesFor = id;
      this._times = timeLabels(view.span / 1000, this.innerWidth, this.locale);
    }
    const context = this._context;
    const bottom = this.height - BOTTOM;
    context.strokeStyle = this.theme.grid;
    context.lineWidth = 1;
    context.fillStyle = this.theme.faint;
    context.textBaseline = "top";
    context.textAlign = "center";
    context.beginPath();
    for (const { part, label } of this._times) {
      const x = Math.round(this._left + part * this.innerWidth) + 0.5;
      context.moveTo(x, TOP);
      context.lineTo(x, bottom);
      context.fillText(label, x, bottom + 7);
    }
    context.stroke();
  }

  _drawScale(lane) {
    const context = this._context;
    const right = this.width - RIGHT;
    context.strokeStyle = this.theme.grid;
    context.lineWidth = 1;
    context.fillStyle = this.theme.faint;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.beginPath();
    for (let index = 0; index < lane.labels.length; index += 1) {
      const y = Math.round(lane.y(lane.first + index * lane.step)) + 0.5;
      context.moveTo(this._left, y);
      context.lineTo(right, y);
      context.fillText(lane.labels[index], this._left - 6, y);
    }
    context.stroke();
  }

  /** Above the lines, which would make it hard to read. */
  _drawUnit(lane) {
    if (lane.unit && lane.labels.length) {
      const context = this._context;
      const x = this._left + 6;
      const y = lane.top + 4;
      context.textAlign = "left";
      context.textBaseline = "top";
      context.lineJoin = "round";
      context.lineWidth = 4;
      context.strokeStyle = this.theme.background;
      context.strokeText(lane.unit, x, y);
      context.fillStyle = this.theme.faint;
      context.fillText(lane.unit, x, y);
    }
  }

  _drawLines(lane, start, end, view, live) {
    if (Number.isNaN(lane.low)) {
      return;
    }
    const context = this._context;
    context.save();
    context.beginPath();
    context.rect(this._left, lane.top - 4, this.innerWidth, lane.height + 8);
    context.clip();
    context.lineWidth = 2;
    context.lineJoin = "bevel";
    for (const series of lane.series) {
      context.strokeStyle = series.look.color;
      context.setLineDash(series.look.dash);
      this._drawLine(series, lane, start, end, view);
      context.setLineDash(NONE);
      if (live) {
        this._drawHeld(series, lane, start, view.span);
      }
      this._drawMarks(series, lane, start, end, view.span);
    }
    context.restore();
  }

  _drawLine({ ring, columns }, lane, start, end, view) {
    const context = this._context;
    const scale = this.innerWidth / view.span;
    const left = this._left;
    let drawing = false;
    context.beginPath();
    const before = ring.find(start) - 1;
    if (before >= 0 && !Number.isNaN(ring.valueAt(before))) {
      context.moveTo(left + (ring.timeAt(before) - start) * scale, lane.y(ring.valueAt(before)));
      drawing = true;
    }
    const last = columns.at(end);
    for (let number = columns.at(start); number <= last; number += 1) {
      const slot = columns.slot(number);
      if (slot < 0) {
        continue;
      }
      const first = columns.first[slot];
      if (!Number.isNaN(first)) {
        const x = left + ((number + 0.5) * columns.width - start) * scale;
        if (drawing) {
          context.lineTo(x, lane.y(first));
        } else {
          context.moveTo(x, lane.y(first));
        }
        drawing = true;
        if (columns.least[slot] !== columns.greatest[slot]) {
          context.lineTo(x, lane.y(columns.least[slot]));
          context.lineTo(x, lane.y(columns.greatest[slot]));
          context.lineTo(x, lane.y(columns.last[slot]));
        }
      }
      if (columns.broken[slot]) {
        drawing = false;
      }
    }
    const after = ring.find(end);
    if (drawing && after < ring.length && !Number.isNaN(ring.valueAt(after))) {
      context.lineTo(left + (ring.timeAt(after) - start) * scale, lane.y(ring.valueAt(after)));
    }
    context.stroke();
  }

  /** A value is there until the next one comes: show that, fainter. */
  _drawHeld(series, lane, start, span) {
    const right = this.width - RIGHT;
    const x = this._left + ((series.lastTime - start) * this.innerWidth) / span;
    if (!(right - x > HELD) || Number.isNaN(series.last)) {
      return;
    }
    const context = this._context;
    const y = lane.y(series.last);
    context.globalAlpha = 0.4;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(right, y);
    context.stroke();
    context.globalAlpha = 1;
  }

  _drawMarks({ ring, look, place }, lane, start, end, span) {
    const first = ring.find(start);
    const last = ring.find(end);
    const context = this._context;
    const scale = this.innerWidth / span;
    context.beginPath();
    if ((last - first) * SPARSE < this.innerWidth) {
      for (let index = first; index < last; index += 1) {
        this._addMark(look.shape, ring, index, lane, start, scale);
      }
    } else {
      // At fixed times, so that they move along with the line.
      const distance = MARK_DISTANCE / scale;
      const shift = (place * distance) / this.series.length;
      let time = Math.ceil((start - shift) / distance) * distance + shift;
      for (; time <= end; time += distance) {
        const index = ring.find(time);
        if (index < ring.length && ring.timeAt(index) - time < distance) {
          this._addMark(look.shape, ring, index, lane, start, scale);
        }
      }
    }
    context.fillStyle = look.hollow ? this.theme.background : look.color;
    context.fill();
    if (look.hollow) {
      context.lineWidth = 1.5;
      context.stroke();
      context.lineWidth = 2;
    }
  }

  _addMark(shape, ring, index, lane, start, scale) {
    const value = ring.valueAt(index);
    if (!Number.isNaN(value)) {
      const x = this._left + (ring.timeAt(index) - start) * scale;
      mark(this._context, shape, x, lane.y(value), MARK);
    }
  }

  _drawCursor(time, start, { span, paused }) {
    const context = this._context;
    const x = Math.round(this._left + ((time - start) * this.innerWidth) / span) + 0.5;
    context.strokeStyle = this.theme.text;
    context.lineWidth = 1;
    context.setLineDash(POINTED);
    context.beginPath();
    context.moveTo(x, TOP);
    context.lineTo(x, this.height - BOTTOM);
    context.stroke();
    context.setLineDash(NONE);
    if (this.lanes.length) {
      // While it moves, nobody could read parts of a second.
      const digits = paused ? DIGITS_BELOW.filter((longest) => span <= longest).length : 0;
      this._writeMoment(time, x, this.theme.text, digits);
    }
  }

  /** Write the time of day below a place, instead of how long ago it was. */
  _writeMoment(time, x, color, digits) {
    const context = this._context;
    const label = this._clocks[digits].format(time);
    const half = context.measureText(label).width / 2 + 4;
    const middle = Math.min(Math.max(x, half), this.width - half);
    const bottom = this.height - BOTTOM;
    context.clearRect(middle - half, bottom + 1, 2 * half, BOTTOM - 1);
    context.fillStyle = color;
    context.textAlign = "center";
    context.textBaseline = "top";
    context.fillText(label, middle, bottom + 7);
  }
}

const NONE = [];
const POINTED = [3, 3];

/** Where the times are, from the right: how long ago it was. */
function timeLabels(seconds, width, locale) {
  const step = timeStep(seconds, Math.max(2, Math.floor(width / 90)));
  const inMinutes = step >= 60;
  const format = numberFormat(locale, 0, 1);
  const labels = [];
  for (let ago = step; ago < seconds * 0.985; ago += step) {
    const count = format.format(-(inMinutes ? ago / 60 : ago));
    const label = text(inMinutes ? "plotter_minutes" : "plotter_seconds", { count });
    labels.push({ part: 1 - ago / seconds, label });
  }
  return labels;
}

// Numbers of different units do not share a scale: a pressure of 1013 would make a flat
// line of any temperature. Each unit has a lane of its own, as far as there is room.

import { decimals, niceScale } from "./ticks.js";
import { numberFormat } from "../numbers.js";

const MIN_HEIGHT = 56;
const STEP_HEIGHT = 34;
const PATIENCE = 1000;

const found = { least: 0, greatest: 0 };
const wanted = { low: 0, high: 0, step: 1, first: 0 };

/** Return lanes for the series that are switched on. */
export function makeLanes(series, height, before) {
  const units = new Map();
  for (const one of series) {
    if (one.on) {
      units.set(one.unit, [...(units.get(one.unit) ?? []), one]);
    }
  }
  const room = Math.max(1, Math.floor(height / MIN_HEIGHT));
  const groups = [...units.values()];
  // Those for which there is no room share the last one.
  const shared = groups.length > room ? groups.splice(room - 1).flat() : [];
  if (shared.length) {
    groups.push(shared);
  }
  return groups.map((members) => {
    const lane = new Lane(members);
    const same = before.find((old) => old.unit === lane.unit);
    if (same) {
      lane.keep(same);
    }
    return lane;
  });
}

class Lane {
  constructor(series) {
    this.series = series;
    const units = [...new Set(series.map((one) => one.unit))];
    // Beside numbers without one, a unit would be taken for theirs.
    this.unit = units.includes("") ? "" : units.join(", ");
    this.top = 0;
    this.height = 0;
    this.low = NaN;
    this.high = NaN;
    this.step = NaN;
    this.first = NaN;
    this.labels = [];
    this._tooLargeSince = NaN;
  }

  keep({ low, high, step, first, labels }) {
    Object.assign(this, { low, high, step, first, labels });
  }

  /**
   * Fit the scale to what is shown; return whether it has changed. It grows at once, and
   * shrinks only after a while, so that it does not jump about.
   */
  fit(from, to, now, atOnce, locale) {
    let least = Infinity;
    let greatest = -Infinity;
    for (const series of this.series) {
      series.measure(found, from, to);
      if (Number.isNaN(found.least)) {
        // A line that goes on from before the left edge has nothing within.
        found.least = found.greatest = series.ring.valueBefore(to);
      }
      if (found.least < least) {
        least = found.least;
      }
      if (found.greatest > greatest) {
        greatest = found.greatest;
      }
    }
    if (!(least <= greatest)) {
      return false;
    }
    niceScale(wanted, least, greatest, Math.max(1, Math.floor(this.height / STEP_HEIGHT)));
    if (wanted.low === this.low && wanted.high === this.high && wanted.step === this.step) {
      this._tooLargeSince = NaN;
      return false;
    }
    if (!atOnce && wanted.low >= this.low && wanted.high <= this.high) {
      if (Number.isNaN(this._tooLargeSince)) {
        this._tooLargeSince = now;
      }
      if (now - this._tooLargeSince < PATIENCE) {
        return false;
      }
    }
    this._tooLargeSince = NaN;
    this.low = wanted.low;
    this.high = wanted.high;
    this.step = wanted.step;
    this.first = wanted.first;
    const places = decimals(wanted.step);
    const format = numberFormat(locale, Math.min(places, 12), Math.min(places, 12));
    this.labels = [];
    const count = Math.floor((this.high - this.first) / this.step + 1e-9);
    for (let index = 0; index <= count; index += 1) {
      // Zero is zero, and has no sign.
      const line = Math.round(this.first / this.step + index) * this.step || 0;
      this.labels.push(format.format(line));
    }
    return true;
  }

  /** Where a value is on the canvas. */
  y(value) {
    return this.top + this.height * (1 - (value - this.low) / (this.high - this.low));
  }
}

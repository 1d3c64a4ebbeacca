// Numbers of different units do not share a scale: a pressure of 1013 would make a flat
// line of any temperature. Each unit has a lane of its own, as far as there is room.

import { decimals, niceScale } from "./ticks.js";
import { numberFormat } from "../numbers.js";

const MIN_HEIGHT = 56;
const STEP_HEIGHT = 34;
const PATIENCE = 1000;
// Larger ones, and those with more decimals, are written like 1.5E7 if that is shorter.
const LARGE = 1e7;
const PLACES = 5;

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
    const { low, high, step } = this;
    if (!atOnce && wanted.low === low && wanted.high === high && wanted.step === step) {
      this._tooLargeSince = NaN;
      return false;
    }
    if (!atOnce && wanted.low >= low && wanted.high <= high) {
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
    this.labels = labels(this, locale);
    return true;
  }

  /** Where a value is on the canvas. */
  y(value) {
    return this.top + this.height * (1 - (value - this.low) / (this.high - this.low));
  }
}

/** What is written at the lines of a scale: in few characters, all of a kind. */
function labels({ first, high, step }, locale) {
  const count = Math.floor((high - first) / step + 1e-9);
  const lines = Array.from(
    { length: count + 1 },
    // Zero is zero, and has no sign.
    (_, index) => Math.round(first / step + index) * step || 0,
  );
  const largest = Math.max(...lines.map(Math.abs));
  const places = decimals(step);
  const format = numberFormat(locale, Math.min(places, 12), Math.min(places, 12));
  const written = lines.map((line) => format.format(line));
  if (largest < LARGE && places <= PLACES) {
    return written;
  }
  // As many digits as it takes to tell one line from the next.
  const digits = Math.max(0, exponent(largest) - exponent(step));
  const scientific = numberFormat(locale, digits, digits, "scientific");
  const shorter = lines.map((line) => (line ? scientific.format(line) : "0"));
  return longest(shorter) < longest(written) ? shorter : written;
}

const exponent = (number) => Math.floor(Math.log10(number) + 1e-9);

const longest = (texts) => Math.max(...texts.map((one) => one.length));

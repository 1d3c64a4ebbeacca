// What a board has sent, by channel, out of the events of its stream.

import { Clock } from "./clock.js";
import { Series } from "./series.js";

export class Readings {
  constructor() {
    this.clock = new Clock();
    this.clear();
  }

  /** Forget everything: another board is to be shown. */
  clear() {
    /** All channels, in the order of the columns. */
    this.series = [];
    /** Whether anything was said at all. */
    this.told = false;
    /** available, away, not_loaded or removed; undefined without a stream. */
    this.state = undefined;
    /** How many readings were left out, because the connection was too slow. */
    this.dropped = 0;
    this._start = 0;
    this.clock.reset();
  }

  /**
   * Take an event; return whether other channels come from now on. `follows` tells
   * whether the plot shows the newest samples, `here` is the time in milliseconds.
   */
  take({ start, channels, state, rows, dropped }, follows, here) {
    this.told = true;
    if (channels) {
      this._takeChannels(start * 1000, channels, follows);
    }
    if (rows) {
      this._takeRows(rows, follows, here);
    }
    this.dropped += dropped ?? 0;
    if (state) {
      this.state = state;
      if (state !== "available") {
        this.interrupt(follows);
      }
    }
    return channels !== undefined;
  }

  /** The stream has ended: what comes later is not connected with what was. */
  lose(follows) {
    this.state = undefined;
    this.interrupt(follows);
  }

  interrupt(follows) {
    for (const series of this.series) {
      series.interrupt(follows);
    }
  }

  _takeChannels(start, channels, follows) {
    if (start !== this._start) {
      this._start = start;
      this.clock.reset();
      this.interrupt(follows);
      for (const series of this.series) {
        // Its clock was set back meanwhile.
        if (series.lastTime > start + 1000) {
          series.clear();
        }
      }
    }
    const known = new Map(this.series.map((series) => [series.key, series]));
    this.series = channels.map((channel) => {
      const series = known.get(channel.key) ?? new Series(channel.key);
      if (series.unit !== (channel.unit ?? "")) {
        // Its numbers so far mean something else.
        series.clear();
      }
      series.describe(channel);
      return series;
    });
  }

  _takeRows(rows, follows, here) {
    const { series } = this;
    for (const row of rows) {
      const time = this._start + row[0];
      for (let place = 0; place < series.length; place += 1) {
        const value = row[place + 1];
        // What was not in the reading is false, what is not known null.
        if (value !== false) {
          series[place].push(time, value ?? NaN, follows);
        }
      }
    }
    this.clock.note(this._start + rows.at(-1)[0], here);
  }
}

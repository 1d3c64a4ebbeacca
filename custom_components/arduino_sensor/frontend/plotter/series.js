// One channel: its samples, and how its line looks.

import { Columns } from "./columns.js";
import { Ring } from "./ring.js";

export class Series {
  constructor(key) {
    this.key = key;
    this.name = key;
    this.unit = "";
    this.entityId = "";
    this.places = 0;
    this.on = true;
    this.look = undefined;
    this.ring = new Ring();
    this.columns = new Columns();
  }

  describe({ name, unit, entity_id: entityId }) {
    this.name = name;
    this.unit = unit ?? "";
    this.entityId = entityId;
  }

  get last() {
    const { ring } = this;
    return ring.length ? ring.valueAt(ring.length - 1) : NaN;
  }

  get lastTime() {
    const { ring } = this;
    return ring.length ? ring.timeAt(ring.length - 1) : NaN;
  }

  /** Add a sample; `follows` tells whether the plot shows the newest ones. */
  push(time, value, follows) {
    const { ring } = this;
    // A plot can only be read in one direction.
    const at = ring.length ? Math.max(time, this.lastTime) : time;
    ring.push(at, value);
    if (follows) {
      this.columns.add(at, value);
    }
  }

  /** End the line where it is: what comes next does not belong to it. */
  interrupt(follows) {
    if (this.ring.length && !Number.isNaN(this.last)) {
      this.push(this.lastTime, NaN, follows);
    }
  }

  clear() {
    this.ring.clear();
    this.places = 0;
    this.columns.shape(this.columns.width, this.columns.count);
  }

  /** Write the least and the greatest value of a time into an object: NaN if none. */
  measure(result, from, to) {
    const { columns } = this;
    let least = Infinity;
    let greatest = -Infinity;
    // Without any width, as long as nothing was drawn, there is no end.
    const end = columns.width ? columns.at(to) : -Infinity;
    for (let number = columns.at(from); number <= end; number += 1) {
      const slot = columns.slot(number);
      if (slot >= 0) {
        // Comparisons with NaN are false.
        if (columns.least[slot] < least) {
          least = columns.least[slot];
        }
        if (columns.greatest[slot] > greatest) {
          greatest = columns.greatest[slot];
        }
      }
    }
    result.least = least <= greatest ? least : NaN;
    result.greatest = least <= greatest ? greatest : NaN;
    return result;
  }

  /** Return how large the largest is in a time, whatever its sign: NaN if there is none. */
  size(from, to) {
    const { least, greatest } = this.measure({}, from, to);
    return Math.max(Math.abs(least), Math.abs(greatest));
  }
}

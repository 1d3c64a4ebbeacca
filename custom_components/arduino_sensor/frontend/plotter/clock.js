// What time it is where the readings come from. Messages are late by more or less: the
// ones that were least late say best by how much that clock is off from this one.

const BUCKET = 5_000;

export class Clock {
  constructor() {
    this.reset();
  }

  reset() {
    this._offset = Infinity;
    this._previous = Infinity;
    this._changes = 0;
  }

  /** Take note of when something happened there, and when it was known here. */
  note(there, here) {
    if (here >= this._changes) {
      // What was true ten seconds ago need not be: clocks drift.
      this._previous = this._offset;
      this._offset = Infinity;
      this._changes = here + BUCKET;
    }
    this._offset = Math.min(this._offset, here - there);
  }

  /** The time there; NaN as long as nothing was noted. */
  now(here) {
    const offset = Math.min(this._offset, this._previous);
    return offset === Infinity ? NaN : here - offset;
  }
}

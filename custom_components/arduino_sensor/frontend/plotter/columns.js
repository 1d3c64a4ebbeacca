// What of one channel falls into each column of pixels: the first, the least, the
// greatest and the last value. So no peak is lost, however many samples there are, and a
// frame costs as much as the plot is wide.
//
// Columns are of equal times counted from 1970 on, not from the edge of the plot: they
// stay what they are while the plot moves, and so it does not flicker.

export class Columns {
  constructor() {
    this.width = 0;
    this.count = 0;
    this._allocate(0);
  }

  _allocate(room) {
    this._room = room;
    this._index = new Float64Array(room).fill(-1);
    this.first = new Float64Array(room);
    this.least = new Float64Array(room);
    this.greatest = new Float64Array(room);
    this.last = new Float64Array(room);
    this.broken = new Uint8Array(room);
  }

  /** Have columns so many milliseconds wide, and room for so many in a row. */
  shape(width, count) {
    this.width = width;
    this.count = count;
    if (count > this._room) {
      this._allocate(Math.ceil(count * 1.25));
    } else {
      this._index.fill(-1);
    }
  }

  /** The number of the column that a time falls into. */
  at(time) {
    return Math.floor(time / this.width);
  }

  /** Where a column is in the arrays; -1 if nothing fell into it. */
  slot(number) {
    const slot = number % this._room;
    return this._index[slot] === number ? slot : -1;
  }

  /** Add a sample; NaN breaks the line. */
  add(time, value) {
    if (!this._room) {
      return;
    }
    const number = this.at(time);
    const slot = number % this._room;
    if (this._index[slot] !== number) {
      this._index[slot] = number;
      this.broken[slot] = 0;
      this.first[slot] = NaN;
      this.least[slot] = NaN;
      this.greatest[slot] = NaN;
    }
    if (Number.isNaN(value)) {
      this.broken[slot] = 1;
      return;
    }
    if (Number.isNaN(this.first[slot])) {
      this.first[slot] = value;
      this.least[slot] = value;
      this.greatest[slot] = value;
    } else if (value < this.least[slot]) {
      this.least[slot] = value;
    } else if (value > this.greatest[slot]) {
      this.greatest[slot] = value;
    }
    this.last[slot] = value;
  }

  /** Begin anew with the samples of a ring that are in a time. */
  fill(ring, from, to) {
    this._index.fill(-1);
    for (let index = ring.find(from); index < ring.length; index += 1) {
      const time = ring.timeAt(index);
      if (time > to) {
        break;
      }
      this.add(time, ring.valueAt(index));
    }
  }
}

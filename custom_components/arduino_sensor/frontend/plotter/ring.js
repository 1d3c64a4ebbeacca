// Samples of one channel in the order of their times: the newest so many.

const FIRST = 1024;

export class Ring {
  /** `limit` is a power of two: how many samples are kept at most. */
  constructor(limit = 65536) {
    this.limit = limit;
    this.length = 0;
    this._first = 0;
    this._allocate(Math.min(FIRST, limit));
  }

  _allocate(capacity) {
    this.capacity = capacity;
    this._mask = capacity - 1;
    this._times = new Float64Array(capacity);
    this._values = new Float64Array(capacity);
  }

  /** Add a sample; a value that is not known is NaN. */
  push(time, value) {
    if (this.length === this.capacity) {
      if (this.capacity < this.limit) {
        this._grow();
      } else {
        this._first = (this._first + 1) & this._mask;
        this.length -= 1;
      }
    }
    const at = (this._first + this.length) & this._mask;
    this._times[at] = time;
    this._values[at] = value;
    this.length += 1;
  }

  _grow() {
    // As long as it grows, nothing was let go: the oldest is where the arrays begin.
    const { _times: times, _values: values } = this;
    this._allocate(this.capacity * 2);
    this._times.set(times);
    this._values.set(values);
  }

  clear() {
    this.length = 0;
    this._first = 0;
  }

  /** The time of the sample with an index: 0 is the oldest. */
  timeAt(index) {
    return this._times[(this._first + index) & this._mask];
  }

  valueAt(index) {
    return this._values[(this._first + index) & this._mask];
  }

  /** The index of the first sample that is not before a time; `length` if none is. */
  find(time) {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeAt(middle) < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The value that was there at a time; NaN if none was. */
  valueBefore(time) {
    const index = this.find(time);
    if (index < this.length && this.timeAt(index) === time) {
      return this.valueAt(index);
    }
    return index === 0 ? NaN : this.valueAt(index - 1);
  }
}

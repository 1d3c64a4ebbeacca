// Which part of time a plot shows: the newest so many seconds, or, when it is paused,
// those before some moment.

export const SHORTEST = 2_000;
export const LONGEST = 600_000;
const SPANS = [2, 5, 10, 20, 30, 60, 120, 300, 600].map((seconds) => seconds * 1000);

const within = (number, low, high) => Math.min(Math.max(number, low), high);

export class View {
  constructor(span) {
    this.setSpan(span);
    this.end = null; // the moment at the right, when paused
    this.pausedAt = null; // which other moments may be at the right by now
    this.version = 0; // counts what changes which columns there are
  }

  get paused() {
    return this.end !== null;
  }

  setSpan(span) {
    this.span = within(span, SHORTEST, LONGEST);
    this.version += 1;
  }

  pause(now) {
    if (this.end === null) {
      this.end = this.pausedAt = now;
    }
    this.version += 1;
  }

  resume() {
    this.end = this.pausedAt = null;
    this.version += 1;
  }

  /** Show more or less; what is at `place` (0 left, 1 right) stays there when paused. */
  zoom(factor, place = 1) {
    const before = this.span;
    this.setSpan(before * factor);
    if (this.end !== null) {
      this.end += (1 - place) * (this.span - before);
    }
  }

  /** Zoom to the next round number of seconds. */
  step(direction, place = 1) {
    const next =
      direction > 0
        ? SPANS.find((span) => span > this.span * 1.01)
        : SPANS.findLast((span) => span < this.span * 0.99);
    this.zoom((next ?? this.span) / this.span, place);
  }

  /** Move a paused view by a part of its span, within the time that is known. */
  pan(part, oldest, newest) {
    const least = Math.min(oldest + this.span, newest);
    this.end = within(this.end + part * this.span, least, newest);
    this.version += 1;
  }
}

// When the plot is drawn: as often as the screen shows another picture, but only while
// there is somebody to see it, and calmly for those who want less motion.

const CALM_EVERY = 1000;

export class Frames {
  /** `draw` returns whether the next picture will be another one. */
  constructor(element, draw) {
    this._element = element;
    this._draw = draw;
    this._run = this._run.bind(this);
  }

  start() {
    this._motion = matchMedia("(prefers-reduced-motion: reduce)");
    this._sight = new IntersectionObserver((entries) => {
      this._seen = entries.at(-1).isIntersecting;
      this.soon();
    });
    this._sight.observe(this._element);
  }

  stop() {
    this._sight.disconnect();
    this._sight = undefined;
    cancelAnimationFrame(this._request);
    clearTimeout(this._later);
    this._request = this._later = undefined;
  }

  /** Draw soon, if there is somebody to see it. */
  soon() {
    const waits = this._request !== undefined || this._later !== undefined;
    if (waits || !this._sight || this._seen === false) {
      return;
    }
    if (this._motion.matches) {
      this._later = setTimeout(this._run, this._ran ? CALM_EVERY : 0);
    } else {
      this._request = requestAnimationFrame(this._run);
    }
  }

  _run() {
    this._request = this._later = undefined;
    this._ran = true;
    if (this._draw()) {
      this.soon();
    }
  }
}

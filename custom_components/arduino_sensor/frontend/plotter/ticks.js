// Where lines of a grid are: at numbers that people count in.

// Beyond these, differences are no numbers any more, or steps are none.
const LARGEST = 4e307;
const SMALLEST = 1e-300;
const TIMES = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];

/** The smallest of 1, 2 and 5 times a power of ten that is not below a number. */
export function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5]) {
    // What ought to be equal is not always.
    if (factor * power >= least * (1 - 1e-9)) {
      return factor * power;
    }
  }
  return 10 * power;
}

/** How many decimals the multiples of a step have. */
export function decimals(step) {
  return Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
}

/** Steps of time, in seconds: at most so many in a span. */
export function timeStep(span, most) {
  return TIMES.find((step) => span / step <= most) ?? TIMES.at(-1);
}

/**
 * Set the ends of a scale, its step, and its first line, so that a range of values is
 * within it, with about so many steps. Its ends are at half steps, which leaves less room
 * empty. A range without any extent gets one.
 */
export function niceScale(scale, least, greatest, steps) {
  let low = Math.min(Math.max(least, -LARGEST), LARGEST);
  let high = Math.min(Math.max(greatest, -LARGEST), LARGEST);
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Below that, a computer cannot tell numbers apart any more.
  if (high - low <= Math.max(size * 1e-12, SMALLEST)) {
    const margin = size > SMALLEST ? size * 0.05 : 1;
    low -= margin;
    high += margin;
  }
  const step = niceStep((high - low) / steps);
  scale.step = step;
  scale.low = (Math.floor((2 * low) / step + 1e-9) * step) / 2;
  scale.high = (Math.ceil((2 * high) / step - 1e-9) * step) / 2;
  scale.first = Math.ceil(scale.low / step - 1e-9) * step;
  return scale;
}

// Which numbers a gauge suits: those with a range that means something.

const COLD = "var(--info-color)";
const GOOD = "var(--success-color)";
const FAIR = "var(--warning-color)";
const BAD = "var(--error-color)";

// Ranges from the usual to the unusual, and from where on a colour counts. The limits
// are those at which the alerts for boards warn, where there is one.
const GAUGES = {
  temperature: {
    ranges: [
      [-10, 45],
      [-40, 125],
      [-100, 500],
    ],
    colors: [
      [-Infinity, COLD],
      [10, GOOD],
      [35, BAD],
    ],
  },
  humidity: {
    ranges: [[0, 100]],
    colors: [
      [-Infinity, FAIR],
      [20, GOOD],
      [80, COLD],
    ],
  },
  moisture: {
    ranges: [[0, 100]],
    colors: [
      [-Infinity, FAIR],
      [20, GOOD],
      [80, COLD],
    ],
  },
  battery: {
    ranges: [[0, 100]],
    colors: [
      [-Infinity, BAD],
      [20, FAIR],
      [40, GOOD],
    ],
  },
  carbon_dioxide: {
    ranges: [
      [400, 2000],
      [0, 5000],
    ],
    colors: [
      [-Infinity, GOOD],
      [1000, FAIR],
      [1400, BAD],
    ],
  },
  aqi: {
    ranges: [
      [0, 300],
      [0, 500],
    ],
    colors: [
      [-Infinity, GOOD],
      [50, FAIR],
      [150, BAD],
    ],
  },
  pm25: {
    ranges: [
      [0, 100],
      [0, 500],
    ],
    colors: [
      [-Infinity, GOOD],
      [15, FAIR],
      [50, BAD],
    ],
  },
  pm10: {
    ranges: [
      [0, 150],
      [0, 600],
    ],
    colors: [
      [-Infinity, GOOD],
      [45, FAIR],
      [100, BAD],
    ],
  },
  ph: {
    ranges: [[0, 14]],
    colors: [
      [-Infinity, BAD],
      [6, GOOD],
      [9, COLD],
    ],
  },
  sound_pressure: {
    ranges: [
      [30, 120],
      [0, 160],
    ],
    colors: [
      [-Infinity, GOOD],
      [70, FAIR],
      [85, BAD],
    ],
  },
};

// A share of something, of which nothing else is known.
const SHARE = { ranges: [[0, 100]], colors: [[-Infinity, COLD]] };

const FAHRENHEIT = (celsius) => celsius * 1.8 + 32;
const KELVIN = (celsius) => celsius + 273.15;
const CONVERSIONS = { "°F": FAHRENHEIT, K: KELVIN };

/** Return the range and the coloured segments of a gauge; undefined for no gauge. */
export function gaugeFor({ kind, unit, value }) {
  const gauge = GAUGES[kind] ?? (kind === null && unit === "%" ? SHARE : undefined);
  if (!gauge) {
    return undefined;
  }
  const convert =
    kind === "temperature" && unit in CONVERSIONS
      ? CONVERSIONS[unit]
      : (number) => number;
  const ranges = gauge.ranges.map((range) => range.map(convert).map(Math.round));
  const fits = ([min, max]) => Number.isNaN(value) || (value >= min && value <= max);
  const [min, max] = ranges.find(fits) ?? ranges.at(-1);
  const segments = gauge.colors
    .map(([from, color]) => ({ from: Math.max(convert(from), min), color }))
    .filter(({ from }) => from < max)
    // What lies below the range altogether colours nothing.
    .filter(({ from }, index, all) => from < (all[index + 1]?.from ?? Infinity));
  return { min, max, segments };
}

// Numbers as the person wants to read them.

const LOCALES = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"],
  system: undefined,
  none: ["en-US"],
};

const formats = new Map();

// From here on, nobody counts the zeros.
const LARGE = 1e12;
const PLACES_OF_LARGE = 4;

/**
 * Return what writes numbers with so many decimals at least and at most; the notation
 * can be scientific, such as 1.5E300.
 */
export function numberFormat(locale, least, most, notation = "standard") {
  const kind = locale?.number_format ?? "language";
  const id = `${kind} ${locale?.language} ${least} ${most} ${notation}`;
  let format = formats.get(id);
  if (!format) {
    const locales = kind in LOCALES ? LOCALES[kind] : locale?.language;
    format = new Intl.NumberFormat(locales, {
      minimumFractionDigits: least,
      maximumFractionDigits: most,
      notation,
      useGrouping: kind !== "none",
    });
    formats.set(id, format);
  }
  return format;
}

/** Return a value with its unit, as Home Assistant would show it. */
export function withUnit(locale, value, unit, precision) {
  const isLarge = Math.abs(value) >= LARGE;
  const format = isLarge
    ? numberFormat(locale, 0, PLACES_OF_LARGE, "scientific")
    : numberFormat(locale, precision ?? 0, precision ?? 3);
  return joined(format.format(value), unit);
}

/** The same for one that is next to nothing, and would be 0 with so few decimals. */
export function tinyWithUnit(locale, value, unit, places) {
  return joined(numberFormat(locale, 0, places, "scientific").format(value), unit);
}

function joined(number, unit) {
  if (!unit) {
    return number;
  }
  return unit === "°" ? `${number}${unit}` : `${number} ${unit}`;
}

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

/** Return what writes numbers with so many decimals at least and at most. */
export function numberFormat(locale, least, most) {
  const kind = locale?.number_format ?? "language";
  const id = `${kind} ${locale?.language} ${least} ${most}`;
  let format = formats.get(id);
  if (!format) {
    const locales = kind in LOCALES ? LOCALES[kind] : locale?.language;
    format = new Intl.NumberFormat(locales, {
      minimumFractionDigits: least,
      maximumFractionDigits: most,
      useGrouping: kind !== "none",
    });
    formats.set(id, format);
  }
  return format;
}

/** Return a value with its unit, as Home Assistant would show it. */
export function withUnit(locale, value, unit, precision) {
  const number = numberFormat(locale, precision ?? 0, precision ?? 3).format(value);
  if (!unit) {
    return number;
  }
  return unit === "°" ? `${number}${unit}` : `${number} ${unit}`;
}

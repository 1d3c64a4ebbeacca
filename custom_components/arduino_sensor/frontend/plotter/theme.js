// The colours and the font of the person's theme, as a canvas wants them.

export function readTheme(element, dark) {
  const style = getComputedStyle(element);
  const color = (name, other) => style.getPropertyValue(name).trim() || other;
  return {
    dark,
    style,
    text: color("--primary-text-color", dark ? "#e1e1e1" : "#212121"),
    faint: color("--secondary-text-color", dark ? "#9b9b9b" : "#727272"),
    grid: color("--divider-color", dark ? "#333" : "#e0e0e0"),
    background:
      color("--ha-card-background") ||
      color("--card-background-color", dark ? "#1c1c1c" : "#fff"),
    font: `11px ${style.fontFamily || "sans-serif"}`,
  };
}

// How lines are told apart: by colour, and without it by the marks on them and by dashes.

// Each has a contrast of 3 to 1 or more to a white and to a dark card.
const LIGHT = [
  "#1f6feb",
  "#d1490c",
  "#0a7d53",
  "#9333ea",
  "#7a5c00",
  "#b0267a",
  "#007a99",
  "#c01c28",
  "#4d6a00",
  "#5b5bd6",
];
const DARK = [
  "#6cb0ff",
  "#ff9457",
  "#4fd1a0",
  "#c79bff",
  "#e3c24a",
  "#ff8ad1",
  "#4fd0ea",
  "#ff8080",
  "#b5d45a",
  "#a3a8ff",
];

const SHAPES = ["circle", "square", "triangle", "diamond", "cross"];
const DASHES = [[], [8, 4], [2, 3], [8, 3, 2, 3]];

/** How the line with a number looks; a theme can have colours of its own. */
export function look(number, dark, style) {
  const colors = dark ? DARK : LIGHT;
  const own = style?.getPropertyValue(`--graph-color-${number + 1}`).trim();
  return {
    color: own || colors[number % colors.length],
    shape: SHAPES[number % SHAPES.length],
    hollow: Math.floor(number / SHAPES.length) % 2 === 1,
    dash: DASHES[Math.floor(number / (2 * SHAPES.length)) % DASHES.length],
  };
}

/** Add a mark to the path. */
export function mark(context, shape, x, y, size) {
  switch (shape) {
    case "circle":
      context.moveTo(x + size, y);
      context.arc(x, y, size, 0, 2 * Math.PI);
      break;
    case "square":
      context.rect(x - size * 0.9, y - size * 0.9, size * 1.8, size * 1.8);
      break;
    case "triangle":
      context.moveTo(x, y - size * 1.2);
      context.lineTo(x + size * 1.15, y + size * 0.9);
      context.lineTo(x - size * 1.15, y + size * 0.9);
      context.closePath();
      break;
    case "diamond":
      context.moveTo(x, y - size * 1.3);
      context.lineTo(x + size * 1.3, y);
      context.lineTo(x, y + size * 1.3);
      context.lineTo(x - size * 1.3, y);
      context.closePath();
      break;
    default:
      cross(context, x, y, size * 1.3, size * 0.45);
  }
}

/** It has an inside, so that it can be hollow as well. */
function cross(context, x, y, long, thick) {
  context.moveTo(x - thick, y - long);
  context.lineTo(x + thick, y - long);
  context.lineTo(x + thick, y - thick);
  context.lineTo(x + long, y - thick);
  context.lineTo(x + long, y + thick);
  context.lineTo(x + thick, y + thick);
  context.lineTo(x + thick, y + long);
  context.lineTo(x - thick, y + long);
  context.lineTo(x - thick, y + thick);
  context.lineTo(x - long, y + thick);
  context.lineTo(x - long, y - thick);
  context.lineTo(x - thick, y - thick);
  context.closePath();
}

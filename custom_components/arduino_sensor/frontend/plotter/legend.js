// What each line is, a button to switch it on and off, and what it is at. Besides the
// same in a table, for those who do not see the plot.

import { tinyWithUnit, withUnit } from "../numbers.js";
import { text } from "../texts.js";
import { mark } from "./looks.js";

const MOST_PLACES = 3;
// What comes from a board is seldom better than that, and more is hard to read.
const MOST_DIGITS = 7;

export class Legend {
  constructor(list, table, onToggle) {
    this._list = list;
    this._table = table;
    this._onToggle = onToggle;
    this._values = [];
    this._cells = [];
  }

  /** Begin anew with these series. */
  build(series, theme) {
    // A person may be just here with the keyboard.
    const focused = this._list.getRootNode().activeElement?.dataset?.key;
    this._values = [];
    this._cells = [];
    this._list.replaceChildren(...series.map((one) => this._item(one, theme)));
    if (focused !== undefined) {
      this._list.querySelector(`button[data-key="${CSS.escape(focused)}"]`)?.focus();
    }
    const heads = ["channel", "now", "least", "greatest"].map((name) => {
      const head = document.createElement("th");
      head.scope = "col";
      head.textContent = text(`plotter_${name}`);
      return head;
    });
    this._table.tHead.rows[0].replaceChildren(...heads);
    this._table.tBodies[0].replaceChildren(...series.map((one) => this._row(one)));
  }

  _item(series, theme) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.key = series.key;
    button.setAttribute("aria-pressed", String(series.on));
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = series.name;
    const value = document.createElement("span");
    value.className = "value";
    // It changes all the time: whoever listens has the table.
    value.setAttribute("aria-hidden", "true");
    this._values.push(value);
    button.append(sample(series.look, theme), name, value);
    button.addEventListener("click", () => {
      this._onToggle(series);
      button.setAttribute("aria-pressed", String(series.on));
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  _row(series) {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = series.name;
    row.append(head);
    const cells = [0, 1, 2].map(() => row.appendChild(document.createElement("td")));
    this._cells.push(cells);
    return row;
  }

  /** Write what the lines are at; `valueOf` returns the text for one. */
  update(series, valueOf) {
    series.forEach((one, index) => {
      write(this._values[index], valueOf(one));
    });
  }

  /** Bring the table up to date: least and greatest are of the time that is shown. */
  updateTable(caption, rows) {
    write(this._table.caption, caption);
    rows.forEach(({ value, least, greatest }, index) => {
      const [now, ...others] = this._cells[index] ?? [];
      write(now, value);
      write(others[0], least);
      write(others[1], greatest);
    });
  }
}

/** Write a value as it is shown everywhere on the card; `size`: of the largest beside it. */
export function shown(hass, series, value, size = NaN) {
  if (Number.isNaN(value)) {
    return text("plotter_unknown");
  }
  const { locale, entities } = hass;
  const precision = entities?.[series.entityId]?.display_precision;
  if (precision !== undefined) {
    return withUnit(locale, value, series.unit, precision);
  }
  // As many as it has had so far, so that the text does not jump.
  series.places = Math.min(Math.max(series.places, places(value)), MOST_PLACES);
  // Beside others, what is next to nothing is nothing.
  const largest = Math.max(Math.abs(value), size || 0);
  return largest > 0 && largest < 10 ** -MOST_PLACES
    ? tinyWithUnit(locale, value, series.unit, MOST_PLACES)
    : withUnit(locale, value, series.unit, Math.min(series.places, roomFor(value)));
}

/** How many decimals there is room for behind the digits of a number. */
function roomFor(value) {
  const before = Math.max(1, Math.floor(Math.log10(Math.abs(value))) + 1);
  return Math.max(0, MOST_DIGITS - before);
}

/** How many decimals a number has; a computer writes the least ones like 1.5e-7. */
function places(value) {
  const [digits, exponent = 0] = String(value).split("e");
  return Math.max(0, (digits.split(".")[1]?.length ?? 0) - exponent);
}

function write(element, content) {
  if (element && element.textContent !== content) {
    element.textContent = content;
  }
}

/** A piece of the line, as the plot draws it. */
function sample(look, theme) {
  const path = new SvgPath();
  mark(path, look.shape, 13, 6, 3.6);
  const svg = svgElement("svg", { viewBox: "0 0 26 12", "aria-hidden": "true" });
  svg.append(
    svgElement("path", {
      d: "M1 6H25",
      stroke: look.color,
      "stroke-width": 2,
      "stroke-dasharray": look.dash.join(" "),
    }),
    svgElement("path", {
      d: path.text,
      fill: look.hollow ? theme.background : look.color,
      stroke: look.color,
      "stroke-width": look.hollow ? 1.5 : 0,
    }),
  );
  return svg;
}

function svgElement(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  return element;
}

/** Takes what is drawn on a canvas, and writes it as the path of an SVG. */
class SvgPath {
  text = "";

  moveTo(x, y) {
    this.text += `M${x} ${y}`;
  }

  lineTo(x, y) {
    this.text += `L${x} ${y}`;
  }

  closePath() {
    this.text += "Z";
  }

  rect(x, y, width, height) {
    this.text += `M${x} ${y}h${width}v${height}h${-width}Z`;
  }

  /** A whole circle: no other arcs are drawn. */
  arc(x, y, radius) {
    this.text += `M${x + radius} ${y}a${radius} ${radius} 0 1 1 ${-2 * radius} 0`;
    this.text += `a${radius} ${radius} 0 1 1 ${2 * radius} 0`;
  }
}

// What stands around the plot: the title, the buttons, and a notice.

import { text } from "../texts.js";
import { ICONS } from "./styles.js";
import { LONGEST, SHORTEST } from "./view.js";
import { spanText } from "./words.js";

export class Face {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    this.out = find("#out");
    this.in = find("#in");
    this.pause = find("#pause");
    this.plot = find(".plot");
    this._title = find(".title");
    this._tools = find(".tools");
    this._span = find(".span");
    this._notice = find(".notice");
    this._hint = find("#hint");
    this._list = find(".legend");
  }

  get title() {
    return this._title.textContent;
  }

  set title(words) {
    this._title.textContent = words;
    // It is cut off where there is no room for it.
    this._title.title = words;
    this.plot.setAttribute("aria-label", text("plotter_plot", { board: words }));
  }

  /** Write what stays as it is. */
  writeNames() {
    this._tools.setAttribute("aria-label", text("plotter_tools"));
    this._list.setAttribute("aria-label", text("plotter_channels"));
    label(this.out, text("plotter_zoom_out"));
    label(this.in, text("plotter_zoom_in"));
    this._hint.textContent = text("plotter_hint");
  }

  /** Write which part of time is shown. */
  writeView({ paused, span }, locale) {
    this._span.textContent = spanText(span, locale);
    this.pause.innerHTML = paused ? ICONS.play : ICONS.pause;
    label(this.pause, text(paused ? "plotter_resume" : "plotter_pause"));
    this.plot.classList.toggle("paused", paused);
    this.out.setAttribute("aria-disabled", String(span >= LONGEST));
    this.in.setAttribute("aria-disabled", String(span <= SHORTEST));
  }

  /** Without a board there is nothing to pause. */
  showTools(shown) {
    this._tools.hidden = !shown;
  }

  /** Say something, or nothing; it is in the middle if there are no lines to hide. */
  say(words, alone) {
    this._notice.classList.toggle("alone", alone);
    this._notice.hidden = words === undefined;
    if (words !== undefined && this._notice.textContent !== words) {
      this._notice.textContent = words;
    }
  }
}

function label(button, words) {
  button.setAttribute("aria-label", words);
  button.title = words;
}

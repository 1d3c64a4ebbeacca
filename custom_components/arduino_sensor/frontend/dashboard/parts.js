// Parts of views.

import { text } from "../texts.js";

const PLOTTER = "arduino-plotter-card";
export const ALERTS_BADGE = "arduino-board-alerts";

/** Return a section with a heading above its cards. */
export function section(headingCard, cards, more = {}) {
  return { type: "grid", cards: [headingCard, ...cards], ...more };
}

/** Return a heading. */
export function heading(key, icon) {
  return { type: "heading", heading: text(key), heading_style: "title", icon };
}

/** Return what tells beside a heading that there are alerts of a board. */
export function alertsBadge(board) {
  return { type: `custom:${ALERTS_BADGE}`, device_id: board.id };
}

/** Return a section with what a board sends at the moment, if that can be drawn. */
export function liveSection(board, { rows = 7, columns = 2 } = {}) {
  const numbers = board.channels.filter((thing) => thing.isNumeric);
  if (numbers.length === 0 || !customElements.get(PLOTTER)) {
    return undefined;
  }
  return section(
    heading("dashboard_live", "mdi:pulse"),
    [
      {
        type: `custom:${PLOTTER}`,
        device_id: board.id,
        grid_options: { columns: "full", rows },
      },
    ],
    { column_span: columns },
  );
}

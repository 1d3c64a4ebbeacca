// How the card looks: in the colours of the person's theme.

export const STYLES = `
:host {
  display: block;
  height: 100%;
}
[hidden] {
  display: none !important;
}
ha-card {
  position: relative;
  box-sizing: border-box;
  height: 100%;
  display: flex;
  flex-direction: column;
  overflow: hidden;
  color: var(--primary-text-color);
}
.head {
  display: flex;
  align-items: center;
  column-gap: 8px;
  padding: 8px 8px 0 16px;
}
.words {
  flex: 1;
  min-width: 0;
}
.title {
  /* One line, or two of half the height of the buttons. */
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
  margin: 0;
  font-size: var(--ha-font-size-l, 16px);
  font-weight: var(--ha-font-weight-medium, 500);
  line-height: 20px;
  overflow: hidden;
  overflow-wrap: anywhere;
}
.tools {
  flex: none;
  display: flex;
  align-items: center;
}
.span {
  min-width: 3.6em;
  text-align: center;
  font-size: var(--ha-font-size-s, 12px);
  color: var(--secondary-text-color);
  font-variant-numeric: tabular-nums;
}
button {
  font: inherit;
  color: inherit;
  background: none;
  border: none;
  cursor: pointer;
}
.tool {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  width: 40px;
  height: 40px;
  padding: 0;
  border-radius: 50%;
}
.tool svg {
  width: 22px;
  height: 22px;
  fill: none;
  stroke: currentColor;
  stroke-width: 2;
  stroke-linecap: round;
  stroke-linejoin: round;
}
.tool[aria-disabled="true"] {
  opacity: 0.35;
  cursor: default;
}
button:hover:not([aria-disabled="true"]) {
  background: color-mix(in srgb, currentColor 8%, transparent);
}
button:focus-visible,
.plot:focus-visible {
  outline: 2px solid var(--primary-color);
  outline-offset: -2px;
}
.plot {
  position: relative;
  flex: 1 1 240px;
  min-height: 96px;
  margin: 0 6px;
  border-radius: 8px;
  touch-action: pan-y;
  cursor: crosshair;
}
.plot.paused {
  cursor: grab;
}
canvas {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  display: block;
}
/* Below the title, where it covers no line. Then there is room for one line of each. */
.title:has(+ .notice:not([hidden], .alone)) {
  -webkit-line-clamp: 1;
}
.notice {
  font-size: var(--ha-font-size-s, 12px);
  line-height: 16px;
}
/* Where the lines would be. */
.notice.alone {
  position: absolute;
  top: calc(50% + 24px);
  left: 50%;
  transform: translate(-50%, -50%);
  width: max-content;
  max-width: calc(100% - 48px);
  font-size: var(--ha-font-size-m, 14px);
  line-height: 20px;
  text-align: center;
  color: var(--secondary-text-color);
  pointer-events: none;
}
.legend {
  flex: 0 1 auto;
  display: flex;
  flex-wrap: wrap;
  gap: 0 2px;
  max-height: 40%;
  margin: 0;
  padding: 0 8px 8px;
  list-style: none;
  overflow-y: auto;
}
.legend:empty {
  display: none;
}
.legend button {
  display: inline-flex;
  align-items: center;
  gap: 6px;
  min-height: 32px;
  padding: 2px 8px;
  border-radius: 8px;
  font-size: var(--ha-font-size-s, 12px);
  line-height: 16px;
  text-align: start;
}
.legend svg {
  flex: none;
  width: 26px;
  height: 12px;
}
.legend .name {
  overflow-wrap: anywhere;
}
.legend .value {
  font-variant-numeric: tabular-nums;
  color: var(--secondary-text-color);
  white-space: nowrap;
}
.legend button[aria-pressed="false"] .name {
  text-decoration: line-through;
  opacity: 0.6;
}
.legend button[aria-pressed="false"] svg,
.legend button[aria-pressed="false"] .value {
  opacity: 0.35;
}
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: -1px;
  padding: 0;
  border: 0;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
`;

const icon = (content) => `<svg viewBox="0 0 24 24" aria-hidden="true">${content}</svg>`;

export const ICONS = {
  pause: icon('<path d="M8.5 5v14M15.5 5v14" stroke-width="3"/>'),
  play: icon('<path d="M8 5.5l10.5 6.5L8 18.5z" fill="currentColor"/>'),
  out: icon('<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21M7.5 10.5h6"/>'),
  in: icon(
    '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21M7.5 10.5h6M10.5 7.5v6"/>',
  ),
};

export const TEMPLATE = `
<style>${STYLES}</style>
<ha-card>
  <div class="head">
    <div class="words">
      <h2 class="title"></h2>
      <div class="notice" role="status"></div>
    </div>
    <div class="tools" role="group">
      <button class="tool" id="out">${ICONS.out}</button>
      <span class="span" aria-live="off"></span>
      <button class="tool" id="in">${ICONS.in}</button>
      <button class="tool" id="pause">${ICONS.pause}</button>
    </div>
  </div>
  <div class="plot" tabindex="0" role="group" aria-describedby="hint">
    <canvas role="img"></canvas>
  </div>
  <ul class="legend"></ul>
  <div class="unseen">
    <p id="hint"></p>
    <table aria-live="off">
      <caption></caption>
      <thead><tr></tr></thead>
      <tbody></tbody>
    </table>
  </div>
</ha-card>
`;

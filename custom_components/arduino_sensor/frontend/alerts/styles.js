// How the card looks: in the colours of the person's theme.

export const TEMPLATE = `
<style>
  :host {
    display: block;
  }
  [hidden] {
    display: none !important;
  }
  ha-card {
    color: var(--primary-text-color);
    overflow: hidden;
  }
  .head {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 48px;
    padding: 4px 8px 0 16px;
  }
  h2 {
    flex: 1;
    min-width: 0;
    margin: 0;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  button,
  a {
    font: inherit;
    color: inherit;
    text-decoration: none;
    background: none;
    border: 0;
    cursor: pointer;
  }
  .clear {
    flex: none;
    min-height: 36px;
    padding: 0 12px;
    border-radius: 18px;
    /* What is written in that color alone is too pale to be read on white. */
    color: color-mix(in srgb, var(--primary-color) 70%, var(--primary-text-color));
    font-size: var(--ha-font-size-m, 14px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .clear:hover,
  .row:hover {
    background: color-mix(in srgb, currentcolor 8%, transparent);
  }
  h2:focus-visible,
  button:focus-visible,
  a:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: -2px;
  }
  .clear[aria-disabled="true"] {
    opacity: 0.5;
    cursor: default;
  }
  ul {
    list-style: none;
    margin: 0;
    padding: 0 0 8px;
  }
  .rows {
    max-height: 480px;
    overflow-y: auto;
  }
  .row {
    display: grid;
    grid-template-columns: 24px 1fr;
    column-gap: 16px;
    box-sizing: border-box;
    width: 100%;
    padding: 8px 16px;
    text-align: start;
  }
  ha-icon {
    grid-row: span 3;
    color: var(--secondary-text-color);
  }
  .active ha-icon {
    color: var(--error-color);
  }
  .away ha-icon {
    color: var(--warning-color);
  }
  .board {
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .what,
  .board {
    overflow-wrap: anywhere;
    line-height: 1.4;
  }
  .when,
  .notice {
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.5;
    color: var(--secondary-text-color);
  }
  .active .when {
    color: var(--primary-text-color);
  }
  .notice {
    margin: 0;
    padding: 0 16px 12px;
    font-size: var(--ha-font-size-m, 14px);
  }
  /* It stays where it is: what is hidden at first is not read out when it comes. */
  .notice:empty {
    padding: 0;
  }
  .set-up {
    display: inline-block;
    padding: 4px 0;
    margin: 0 16px 8px;
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.5;
    color: color-mix(in srgb, var(--primary-color) 70%, var(--primary-text-color));
  }
  .heard {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
</style>
<ha-card>
  <div class="head">
    <h2 tabindex="-1"></h2>
    <button class="clear" type="button" hidden></button>
  </div>
  <div class="rows">
    <ul id="away" hidden></ul>
    <ul id="alerts" hidden></ul>
  </div>
  <p class="notice" role="status"></p>
  <a class="set-up" hidden></a>
  <p class="heard" aria-live="polite"></p>
</ha-card>`;

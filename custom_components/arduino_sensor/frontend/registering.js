// A page that stays open while the integration is updated loads its modules again, from
// another address. What was there first stays: names of elements cannot be taken twice.

/** Make a class the one of an element. */
export function define(name, element) {
  if (!customElements.get(name)) {
    customElements.define(name, element);
  }
}

/** Add something to a list of Home Assistant's, such as that of cards. */
export function offer(list, what) {
  window[list] ??= [];
  if (!window[list].some(({ type }) => type === what.type)) {
    window[list].push(what);
  }
}

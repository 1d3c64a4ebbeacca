// What a person does on the plot: with the wheel, fingers, the mouse and keys.

const ZOOM = 1.25;
const DRAG = 6;

/**
 * Listen on an element. `act` has `zoom(factor, x)`, `step(direction)`, `drag(from, to)`,
 * `pan(part)`, `toggle()`, `first()`, `now()` and `point(x)`, where x is in pixels from
 * the left, and undefined when nothing is pointed at.
 */
export function listen(element, act) {
  const pointers = new Map();
  let dragging = false;
  let apart = 0;

  const x = (event) => event.clientX - element.getBoundingClientRect().left;

  element.addEventListener(
    "wheel",
    (event) => {
      // Without that, nobody could scroll past the card.
      if (!event.ctrlKey && !event.metaKey) {
        return;
      }
      event.preventDefault();
      if (event.deltaY) {
        const notches = Math.min(Math.max(event.deltaY / 100, -3), 3);
        act.zoom(ZOOM ** notches, x(event));
      }
    },
    { passive: false },
  );

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) {
      return;
    }
    pointers.set(event.pointerId, x(event));
    dragging = false;
    apart = distance(pointers);
  });

  element.addEventListener("pointermove", (event) => {
    const at = x(event);
    const before = pointers.get(event.pointerId);
    if (event.pointerType === "mouse" && before === undefined) {
      act.point(at);
      return;
    }
    if (before === undefined) {
      return;
    }
    if (pointers.size === 1) {
      if (!dragging && Math.abs(at - before) < DRAG) {
        return;
      }
      if (!dragging) {
        dragging = true;
        element.setPointerCapture(event.pointerId);
        act.point(undefined);
      }
      act.drag(before, at);
    }
    pointers.set(event.pointerId, at);
    if (pointers.size === 2) {
      const now = distance(pointers);
      if (apart > 10 && now > 10) {
        const [one, other] = pointers.values();
        act.zoom(apart / now, (one + other) / 2);
      }
      apart = now;
    }
  });

  const release = (event) => {
    const tapped = pointers.delete(event.pointerId) && !dragging && pointers.size === 0;
    apart = distance(pointers);
    if (tapped && event.type === "pointerup" && event.pointerType !== "mouse") {
      act.point(x(event));
    }
  };
  element.addEventListener("pointerup", release);
  element.addEventListener("pointercancel", release);
  element.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") {
      act.point(undefined);
    }
  });

  const keys = {
    " ": () => act.toggle(),
    "+": () => act.step(-1),
    "=": () => act.step(-1),
    "-": () => act.step(1),
    ArrowLeft: () => act.pan(-0.1),
    ArrowRight: () => act.pan(0.1),
    PageUp: () => act.pan(-0.9),
    PageDown: () => act.pan(0.9),
    Home: () => act.first(),
    End: () => act.now(),
  };
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
}

function distance(pointers) {
  if (pointers.size !== 2) {
    return 0;
  }
  const [one, other] = pointers.values();
  return Math.abs(one - other);
}

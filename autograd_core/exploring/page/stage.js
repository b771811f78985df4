// Moving about: drag, wheel, pinch and keys move and scale the whole graph by one transform.

import { $ } from "./elements.js";

const LEAST = 0.02;
const LEGIBLE = 0.62;
const MOST = 4;
const place = { x: 0, y: 0, scale: 1 };
let size = { width: 1, height: 1 };
let frame = 0;
const listeners = [];

/** Be told whenever something else is seen. */
export const listenPlace = (listener) => listeners.push(listener);

/** The part of the graph that is seen. */
export function seen() {
  const { clientWidth, clientHeight } = $("stage");
  return {
    x: -place.x / place.scale,
    y: -place.y / place.scale,
    width: clientWidth / place.scale,
    height: clientHeight / place.scale,
  };
}

/** Bring a point of the graph to the middle. */
export function center(x, y) {
  const { clientWidth, clientHeight } = $("stage");
  place.x = clientWidth / 2 - x * place.scale;
  place.y = clientHeight / 2 - y * place.scale;
  soon();
}

const show = () => {
  frame = 0;
  $("world").style.transform = `translate(${place.x}px, ${place.y}px) scale(${place.scale})`;
  for (const listener of listeners) listener();
};
const soon = () => (frame ||= requestAnimationFrame(show));

export function resize(width, height) {
  size = { width, height };
}

/** Fit the whole graph into the stage, in the middle of it. */
export function fit() {
  begin(LEAST);
}

/** Fit the graph into the stage as far as it can be read; of one that is larger the beginning is seen. */
export function begin(least = LEGIBLE) {
  const { clientWidth, clientHeight } = $("stage");
  const whole = Math.min((clientWidth - 56) / size.width, (clientHeight - 56) / size.height);
  place.scale = Math.min(1.25, Math.max(least, whole));
  const [room, tall] = [clientWidth - size.width * place.scale, clientHeight - size.height * place.scale];
  place.x = room > 0 ? room / 2 : 28;
  place.y = tall > 0 ? tall / 2 : 28;
  soon();
}

export function zoom(factor, x = $("stage").clientWidth / 2, y = $("stage").clientHeight / 2) {
  const next = Math.min(MOST, Math.max(LEAST, place.scale * factor));
  place.x = x - ((x - place.x) * next) / place.scale;
  place.y = y - ((y - place.y) * next) / place.scale;
  place.scale = next;
  soon();
}

export function move(x, y) {
  place.x += x;
  place.y += y;
  soon();
}

/** Bring a box into view, with as little motion as that takes. */
export function reveal(box) {
  const { clientWidth, clientHeight } = $("stage");
  const edge = 20;
  const shift = (at, length, start, room) => {
    const low = start + at * place.scale;
    const high = low + length * place.scale;
    return low < edge ? edge - low : high > room - edge ? Math.max(room - edge - high, edge - low) : 0;
  };
  const [x, y] = [shift(box.x, box.width, place.x, clientWidth), shift(box.y, box.height, place.y, clientHeight)];
  if (x || y) move(x, y);
}

/** Where a point of the graph is on the screen, so that it can be kept there. */
export const onScreen = ({ x, y }) => [place.x + x * place.scale, place.y + y * place.scale];

export function listenStage(background) {
  const stage = $("stage");
  const pointers = new Map();
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const box = stage.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), event.clientX - box.x, event.clientY - box.y);
    },
    { passive: false },
  );
  stage.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest("#map")) return;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, far: 0 });
  });
  addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const [x, y] = [event.clientX - before.x, event.clientY - before.y];
    before.far += Math.hypot(x, y);
    if (before.far < 4) return;
    stage.classList.add("moving");
    if (pointers.size === 2) pinch(stage, pointers, event);
    else move(x, y);
    Object.assign(before, { x: event.clientX, y: event.clientY });
  });
  let before = { width: stage.clientWidth, height: stage.clientHeight };
  new ResizeObserver(() => {
    const now = { width: stage.clientWidth, height: stage.clientHeight };
    move((now.width - before.width) / 2, (now.height - before.height) / 2); // what was in the middle stays there
    before = now;
  }).observe(stage);
  const stop = (event) => {
    const before = pointers.get(event.pointerId);
    pointers.delete(event.pointerId);
    if (!before) return;
    if (!pointers.size) stage.classList.remove("moving");
    if (before.far < 4 && event.type === "pointerup" && !event.target.closest(".card, .head")) background();
    // the browser sends a click to what is below the pointer after a drag, too
    if (before.far >= 4) addEventListener("click", (click) => click.stopPropagation(), { capture: true, once: true });
  };
  addEventListener("pointerup", stop);
  addEventListener("pointercancel", stop);
}

function pinch(stage, pointers, event) {
  const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
  const before = pointers.get(event.pointerId);
  const box = stage.getBoundingClientRect();
  const apart = (x, y) => Math.hypot(x - other.x, y - other.y) || 1;
  zoom(
    apart(event.clientX, event.clientY) / apart(before.x, before.y),
    (event.clientX + other.x) / 2 - box.x,
    (event.clientY + other.y) / 2 - box.y,
  );
}

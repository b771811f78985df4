// The graph in the page: elements for what is seen, measured, laid out and kept up to date.

import { beadElement, cardElement, hasBead } from "./cards.js";
import { cards, data, groups, inside, rowOf, steps } from "./data.js";
import { edgeElement, markers } from "./edges.js";
import { $, counted, make, word } from "./elements.js";
import { direction, isLoaded, layout } from "./layout.js";
import { begin, move, onScreen, resize, reveal } from "./stage.js";
import { change, state } from "./state.js";
import { home, standIn, view } from "./view.js";

const FULL = 80; // more cards than that go without small pictures and beads
const MOST = 400; // and no more than that are laid out
let shown = {
  items: new Map(),
  beads: new Map(),
  heads: new Map(),
  edges: [],
  places: new Map(),
  size: { width: 1, height: 1 },
};

/** The elements of cards and boxes that are seen. */
export const elements = () => shown.items;

/** Where cards, boxes, beads and frames stand. */
export const places = () => shown.places;

export const size = () => shown.size;

/** Make, measure and lay out everything that is seen; keep one card or frame where it is on the screen. */
export function build(anchor = null) {
  if (!isLoaded()) return;
  const before = shown.places.get(anchor);
  const focused = document.activeElement?.dataset?.id;
  const seen = view();
  const made = elementsOf(seen);
  const placed = layout(seen, measured(made), made.beads, direction($("stage")));
  const edges = seen.edges.map((edge) => edgeElement(edge, placed.curves));
  shown = { ...made, edges, places: placed.places, size: placed };
  place(seen.frames, made.heads);
  resize(placed.width, placed.height);
  update();
  if (focused) elementOf(focused)?.focus({ preventScroll: true });
  const after = placed.places.get(anchor);
  if (before && after) {
    const [x, y] = onScreen(before);
    const [u, v] = onScreen(after);
    move(x - u, y - v);
    reveal(after);
  } else {
    begin();
    if (made.items.size) reveal(placed.places.get([...made.items.keys()].sort(byAge)[0]));
  }
}

/** New elements for what is seen: cards and boxes, what stands on edges, and the heads of frames. */
function elementsOf(seen) {
  const full = seen.items.length <= FULL;
  const items = new Map(seen.items.map((id) => [id, cardElement(id, full)]));
  const labelled = full ? seen.edges.filter((edge) => edge.plain && hasBead(edge.members[0])) : [];
  const beads = new Map(labelled.map((edge) => [edge.key, beadElement(edge.members[0])]));
  const heads = new Map(seen.frames.map((id) => [id, headElement(groups.get(id))]));
  for (const [id, { element }] of items) listenTo(id, element);
  const order = [...heads.keys(), ...items.keys()].sort(byAge);
  const labels = [...beads.values()].map((bead) => bead.element);
  $("cards").replaceChildren(...order.map((id) => heads.get(id) ?? items.get(id).element), ...labels);
  for (const { update } of [...items.values(), ...beads.values()]) update();
  return { items, beads, heads };
}

const elementOf = (id) => shown.heads.get(id) ?? shown.items.get(id)?.element;

/** Put everything where it belongs. */
function place(frames, heads) {
  const { places, edges, size } = shown;
  $("edges").setAttribute("width", Math.ceil(size.width));
  $("edges").setAttribute("height", Math.ceil(size.height));
  $("edges").replaceChildren(markers(), ...edges.map((edge) => edge.element));
  $("frames").replaceChildren(...frames.map((id) => frameElement(id, places.get(id))));
  for (const [id, { element }] of shown.items) put(element, places.get(id));
  for (const [key, { element }] of shown.beads) put(element, places.get(`${key}_bead`));
  for (const [id, element] of heads) put(element, { x: places.get(id).x + 4, y: places.get(id).y + 3 });
}

const byAge = (a, b) => first(a) - first(b);

const first = (id) =>
  cards.has(id) ? (cards.get(id).rows[0] ?? 0) : Math.min(...inside(id).map((card) => card.rows[0] ?? 0));

const put = (element, { x, y }) => {
  element.style.transform = `translate(${x}px, ${y}px)`;
};

/** The sizes of all elements, read in one go. */
function measured({ items, beads, heads }) {
  const sizes = new Map();
  const note = (id, element) => sizes.set(id, { width: element.offsetWidth, height: element.offsetHeight });
  for (const [id, { element }] of items) {
    // a whole number of pixels, not less than it takes; what it shows later must not move the others
    element.style.width = `${element.offsetWidth + 1}px`;
    note(id, element);
  }
  for (const [key, { element }] of beads) note(`${key}_bead`, element);
  for (const [id, element] of heads) note(`${id}_head`, element);
  return sizes;
}

function headElement(group) {
  const parameters = group.parameters
    ? `${counted(group.parameters)} parameter${group.parameters === 1 ? "" : "s"}`
    : "";
  const words = [
    group.kind === group.name || group.kind === "composed" || group.kind === "stretch" ? "" : group.kind,
    parameters,
    group.times > 1 ? `drawn once, run × ${counted(group.times)}` : "",
  ].filter(Boolean);
  return make(
    "button",
    { class: "head", "data-id": group.id, "aria-expanded": "true", title: "shut", onclick: () => toggle(group.id) },
    "▾ ",
    make("b", {}, word(group.name)),
    words.length ? `  ${words.join(" · ")}` : "",
  );
}

function frameElement(id, { x, y, width, height }) {
  const element = make("div", { class: `frame${groups.get(id).times > 1 ? " repeated" : ""}` });
  put(element, { x, y });
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
  return element;
}

/** Open or shut a module; what would be too much to be seen is refused, and said. */
export function toggle(id) {
  const before = new Set(state.open);
  const open = new Set(state.open);
  if (!open.delete(id)) open.add(id);
  change({ open });
  const count = view().items.length;
  if (count > MOST) {
    change({ open: before });
    $("caption").textContent = `${count} cards would be seen at once; shut some module first`;
    return;
  }
  build(id);
  elementOf(id)?.focus({ preventScroll: true });
}

/** Open all modules around a card, so that it is seen. */
export function expose(id) {
  if (standIn(id) === id) return;
  const open = new Set(state.open);
  for (let group = home(id); group; group = home(group)) open.add(group);
  change({ open });
  build(id);
}

function listenTo(id, element) {
  element.dataset.id = id;
  const row = () => (cards.has(id) ? rowOf(cards.get(id), state.time) : -1);
  element.addEventListener("click", () => (groups.has(id) ? toggle(id) : change({ chosen: id, row: row(), way: [] })));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    element.click();
  });
  element.addEventListener("pointerenter", () => dispatchEvent(new CustomEvent("pointed", { detail: id })));
  element.addEventListener("pointerleave", () => dispatchEvent(new CustomEvent("pointed", { detail: null })));
  element.addEventListener("focus", () => {
    dispatchEvent(new CustomEvent("pointed", { detail: id }));
    if (element.matches(":focus-visible")) reveal(shown.places.get(id));
  });
}

/** Bring everything up to date with the state. */
export function update() {
  const step = steps[state.at - 1];
  const now = step && standIn(data.rows[step.row].card);
  for (const [id, { element, update }] of shown.items) {
    update();
    element.classList.toggle("now", id === now);
    element.classList.toggle("chosen", id === state.chosen);
    if (id === now) element.setAttribute("aria-current", "step");
    else element.removeAttribute("aria-current");
  }
  for (const { update } of [...shown.edges, ...shown.beads.values()]) update();
}

/** Bring a card, or the box that stands for it, into view. */
export function show(id) {
  const place = shown.places.get(standIn(id));
  if (place) reveal(place);
}

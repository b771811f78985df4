// Arrays as pictures: blue below zero, orange above, dark where undefined; and what each cell of them stands for.

import { draw, make } from "./elements.js";
import { channels, isDark } from "./theme.js";

const GAP = 1; // cells between two slices
const SMALL = { width: 96, height: 72 };

/** Where the cells of a panel stand: slices side by side in a grid, a long single row broken into several. */
export function grid(panel) {
  const { rows, columns, slices } = panel;
  if (rows === 1 && slices === 1 && columns > 32) {
    const wide = Math.ceil(Math.sqrt(columns) * 1.6);
    return { width: wide, height: Math.ceil(columns / wide), place: (i) => [i % wide, Math.floor(i / wide)] };
  }
  const across =
    slices === 1 ? 1 : Math.max(1, Math.min(slices, Math.round(Math.sqrt((slices * rows * 1.4) / columns))));
  const down = Math.ceil(slices / across);
  return {
    width: across * (columns + GAP) - GAP,
    height: down * (rows + GAP) - GAP,
    place: (i) => {
      const slice = Math.floor(i / (rows * columns));
      const within = i % (rows * columns);
      return [
        (slice % across) * (columns + GAP) + (within % columns),
        Math.floor(slice / across) * (rows + GAP) + Math.floor(within / columns),
      ];
    },
  };
}

/** Paint a panel into a canvas with cells of a whole number of pixels where they fit, of less where not. */
export function paint(canvas, panel, room) {
  const { width, height, place } = grid(panel);
  const fit = Math.min(room.width / width, room.height / height, 16);
  const side = fit >= 1 ? Math.floor(fit) : fit;
  canvas.width = width;
  canvas.height = height;
  canvas.style.width = `${Math.max(1, width * side)}px`;
  canvas.style.height = `${Math.max(1, height * side)}px`;
  canvas.style.imageRendering = fit >= 1 ? "pixelated" : "auto";
  const [zero, below, above, broken] = ["zero", "negative", "positive", "undefined"].map(channels);
  const top = Math.max(Math.abs(panel.least), Math.abs(panel.greatest)) || 1;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  panel.cells.forEach((x, i) => {
    const [column, row] = place(i);
    const at = 4 * (row * width + column);
    const part = typeof x === "number" ? Math.min(1, Math.abs(x) / top) : 0;
    const end = x > 0 ? above : below;
    const color = typeof x === "number" ? zero.map((c, k) => c + (end[k] - c) * part) : broken;
    color.forEach((c, k) => (image.data[at + k] = c));
    image.data[at + 3] = 255;
  });
  context.putImageData(image, 0, 0);
}

const painted = new WeakMap();

/** The small picture of a card, painted again where it has become another. */
export function thumbnail(canvas, panel) {
  canvas.hidden = !panel;
  const theme = isDark();
  const before = painted.get(canvas);
  if (!panel || (before?.panel === panel && before.theme === theme)) return;
  paint(canvas, panel, SMALL);
  painted.set(canvas, { panel, theme });
}

/** The index of a cell within the array, as it is written between brackets. */
export function indexOf(panel, i) {
  const { rows, columns, shape, block } = panel;
  const within = i % (rows * columns);
  let slice = Math.floor(i / (rows * columns));
  const leading = [];
  for (const length of shape.slice(0, -2).reverse()) {
    leading.unshift(String(slice % length));
    slice = Math.floor(slice / length);
  }
  const span = (at, size, length) => (size === 1 ? String(at) : `${at * size}:${Math.min((at + 1) * size, length)}`);
  const row = span(Math.floor(within / columns), block[0], shape.at(-2));
  const column = span(within % columns, block[1], shape.at(-1));
  return [...leading, ...(shape.length > 1 ? [row] : []), column].join(", ");
}

/** A histogram of all finite elements. */
export function histogram(panel, kind) {
  const most = Math.max(...panel.counts, 1);
  const bars = panel.counts.map((count, i) => {
    const height = count ? Math.max(0.6, (40 * count) / most) : 0;
    return draw("rect", { x: i * 10 + 0.6, y: 40 - height, width: 8.8, height });
  });
  const picture = draw(
    "svg",
    {
      class: `histogram ${kind}`,
      viewBox: `0 0 ${panel.counts.length * 10} 40`,
      preserveAspectRatio: "none",
      role: "img",
    },
    ...bars,
  );
  const facts = (panel.facts ?? []).map(([what, text]) => `${what} ${text}`).join(", ");
  picture.setAttribute("aria-label", `histogram: ${facts}`);
  return picture;
}

const shown = (x) => (typeof x === "number" ? String(x).replace("-", "−") : x);

/** An array to look into: a picture whose cells can be picked, a histogram and statistics. */
export function panelElement(name, panels) {
  const pick = make(
    "p",
    { class: "pick", "aria-live": "polite" },
    "point at a cell, or use the arrow keys on a picture",
  );
  const parts = panels.map((panel) => part(name, panel));
  let at = 0;
  const choose = (i) => {
    at = Math.max(0, Math.min(i, panels[0].cells.length - 1));
    const words = panels.map(
      (panel) => `${panel.of === "gradient" ? "gradient" : "value"} ${shown(panel.cells[at] ?? "–")}`,
    );
    pick.textContent = `${name}[${indexOf(panels[0], at)}]: ${words.join(", ")}${panels[0].block.some((b) => b > 1) ? " (of the largest size in the block)" : ""}`;
  };
  const { width } = grid(panels[0]);
  const keys = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: panels[0].columns, ArrowUp: -panels[0].columns };
  for (const { canvas, panel } of parts) {
    canvas.addEventListener("keydown", (event) => {
      if (!(event.key in keys)) return;
      event.preventDefault();
      event.stopPropagation();
      choose(at + keys[event.key]);
    });
    canvas.addEventListener("pointermove", (event) => {
      const box = canvas.getBoundingClientRect();
      const column = Math.floor(((event.clientX - box.x) / box.width) * width);
      const row = Math.floor(((event.clientY - box.y) / box.height) * canvas.height);
      const { place } = grid(panel);
      const i = panel.cells.findIndex((_, k) => place(k)[0] === column && place(k)[1] === row);
      if (i >= 0) choose(i);
    });
  }
  return make(
    "div",
    {},
    pick,
    parts.map(({ element }) => element),
  );
}

function part(name, panel) {
  const kind = panel.of === "gradient" ? "backward" : "forward";
  const canvas = make("canvas", {
    tabindex: 0,
    role: "img",
    "aria-label": `${panel.of} of ${name}, ${panel.shape.join(" by ")}; the arrow keys pick an element`,
  });
  paint(canvas, panel, { width: 284, height: 260 });
  const given = [];
  if (panel.slices < panel.of_slices) given.push(`the first ${panel.slices} of ${panel.of_slices} slices`);
  if (panel.block.some((b) => b > 1))
    given.push(`a cell stands for ${panel.block.join(" × ")} elements, by the largest`);
  const facts = make(
    "table",
    {},
    (panel.facts ?? []).map(([what, text]) => make("tr", {}, make("td", {}, what), make("td", {}, text))),
  );
  const element = make(
    "div",
    {},
    make("h3", { class: kind }, panel.of),
    canvas,
    given.length ? make("p", { class: "muted" }, given.join("; ")) : null,
    histogram(panel, kind),
    facts,
  );
  return { element, canvas, panel };
}

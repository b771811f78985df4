// Keys, the tools above the graph, and the page that explains them.

import { update as details } from "./details.js";
import { $, make } from "./elements.js";
import { build, update } from "./graph.js";
import { fit, move, zoom } from "./stage.js";
import { change, state } from "./state.js";
import { toggle as table } from "./table.js";
import { turn } from "./theme.js";
import { actions, play } from "./walk.js";

function theme() {
  turn();
  update();
  details();
}

function heat() {
  change({ heat: !state.heat });
  document.body.classList.toggle("showing-heat", state.heat);
  $("heat").setAttribute("aria-pressed", String(state.heat));
}

const KEYS = new Map([
  ["ArrowRight", ["→", "one step on", actions.next]],
  ["ArrowLeft", ["←", "one step back", actions.back]],
  ["Home", ["Home", "to the start of the forward pass", actions.first]],
  ["End", ["End", "to the end of the backward pass", actions.end]],
  [" ", ["space", "play, pause", play]],
  ["/", ["/", "find a value; Enter goes on to the next, Escape ends", () => $("find").focus()]],
  ["0", ["0", "fit the whole graph into view", fit]],
  ["+", ["+", "larger", () => zoom(1.25)]],
  ["-", ["−", "smaller", () => zoom(0.8)]],
  ["d", ["d", "dark or light", theme]],
  ["g", ["g", "gradients as heat: the wider the glow, the larger", heat]],
  ["t", ["t", "the record as a table", table]],
  ["Escape", ["Escape", "let go of what was chosen", () => change({ chosen: null, row: -1, way: [] })]],
  ["?", ["?", "this page", () => $("legend").showModal()]],
]);

const MOVES = { ArrowRight: [-60, 0], ArrowLeft: [60, 0], ArrowDown: [0, -60], ArrowUp: [0, 60] };

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || $("legend").open) return;
  if (event.shiftKey && MOVES[event.key]) return move(...MOVES[event.key]);
  const own = event.target.closest("button, summary, input, [role=button]");
  if (own && !own.matches("input[type=range]") && (event.key === " " || event.key === "Enter")) return;
  if (own?.matches("input[type=range]") && /^(Arrow|Home|End|Page)/.test(event.key)) return;
  const key = KEYS.get(event.key);
  if (!key) return;
  event.preventDefault();
  key[2]();
}

function legend() {
  const rows = [...KEYS.values()].map(([key, words]) =>
    make("tr", {}, make("td", {}, make("kbd", {}, key)), make("td", {}, words)),
  );
  rows.push(
    make(
      "tr",
      {},
      make("td", {}, make("kbd", {}, "Tab")),
      make("td", {}, "from value to value; Enter keeps its details, and opens and shuts modules"),
    ),
  );
  rows.push(
    make(
      "tr",
      {},
      make("td", {}, make("kbd", {}, "shift → ← ↑ ↓")),
      make("td", {}, "move about; so does dragging, and the wheel zooms"),
    ),
  );
  const roles = {
    input: "input",
    param: "parameter",
    const: "constant",
    op: "operation",
    output: "output",
    state: "carried from step to step",
  };
  const colors = [
    ["forward", "blue, full arrowhead: values, forward"],
    ["backward", "orange, hollow arrowhead: gradients, back"],
    ["local", "green: the local derivative, or the rule that pulls a gradient back (ḡ is the gradient of the result)"],
  ];
  $("legend").append(
    make("form", { method: "dialog" }, make("button", {}, "close")),
    make("h2", {}, "Keys and colours"),
    make("table", {}, rows),
    make("h3", {}, "colours"),
    ...colors.map(([kind, words]) => make("div", { class: kind }, words)),
    make(
      "p",
      {},
      Object.entries(roles).flatMap(([role, words]) => [make("span", { class: `tag role ${role}` }, words), " "]),
    ),
    make(
      "p",
      { class: "muted" },
      "Arrays are shown by their norm, and as pictures: blue below zero, orange above. A gradient that was not computed is a dash.",
    ),
    make(
      "p",
      { class: "muted" },
      "The layout is made in this page by Graphviz (graphviz.org, Eclipse Public License), compiled by @hpcc-js/wasm-graphviz (Apache License 2.0).",
    ),
  );
  $("legend").addEventListener("click", (event) => event.target === $("legend") && $("legend").close());
}

export function start() {
  legend();
  addEventListener("keydown", press);
  $("heat").addEventListener("click", heat);
  $("fit").addEventListener("click", fit);
  $("theme").addEventListener("click", theme);
  $("help").addEventListener("click", () => $("legend").showModal());
  $("shut").addEventListener("click", () => {
    change({ open: new Set() });
    build();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    update();
    details();
  });
}

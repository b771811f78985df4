// The record as a table, linked with the graph; of a long one a part at a time, that of the step or of what is chosen.

import { gradientAt, known, last, pathOf, rows, steps } from "./data.js";
import { choose } from "./details.js";
import { $, counted, make, number, word } from "./elements.js";
import { listen, state } from "./state.js";

const MOST = 400;
const HEADS = ["#", "name", "formula", "shape", "value", "gradient", "module", "line"];
let from = -1;
let lines = [];

/** Make the rows from one on. */
function build(first) {
  from = first;
  lines = rows
    .slice(from, from + MOST)
    .map((row, i) =>
      make(
        "tr",
        {},
        make("td", {}, String(row.number)),
        make("td", {}, make("button", { class: "link", onclick: () => choose(first + i) }, word(row.name))),
        ...[row.formula, row.shape].map((text) => make("td", { dir: "auto" }, text ?? "")),
        make("td"),
        make("td"),
        ...[pathOf(row.card), row.line].map((text) => make("td", { dir: "auto" }, text ?? "")),
      ),
    );
  const head = make(
    "thead",
    {},
    make(
      "tr",
      {},
      HEADS.map((text) => make("th", { scope: "col" }, text)),
    ),
  );
  $("table").replaceChildren(...turner(), make("table", {}, head, make("tbody", {}, lines)));
}

/** Buttons to the parts before and after. */
function turner() {
  if (rows.length <= MOST) return [];
  const button = (text, first) => {
    const made = make("button", { onclick: () => show(first) }, text);
    made.disabled = first < 0 || first >= rows.length;
    return made;
  };
  const words = `${counted(from + 1)} to ${counted(Math.min(from + MOST, rows.length))} of ${counted(rows.length)} values`;
  return [make("p", { class: "turner" }, button("earlier", from - MOST), words, button("later", from + MOST))];
}

function show(first) {
  build(first);
  fill();
}

function fill() {
  const now = steps[state.at - 1]?.row;
  lines.forEach((element, i) => {
    const row = rows[from + i];
    const share = gradientAt(from + i, state.at);
    const isKnown = known[from + i] <= state.at;
    element.classList.toggle("unknown", !isKnown);
    element.classList.toggle("now", from + i === now);
    element.classList.toggle("chosen", from + i === state.row);
    element.cells[4].replaceChildren(isKnown ? number(row.value, "forward") : "");
    element.cells[5].replaceChildren(
      state.at >= last && row.gradient
        ? number(row.gradient, "backward")
        : share
          ? number({ text: share.total }, "backward")
          : "",
    );
  });
}

function update() {
  if ($("table").hidden) return;
  const place = Math.max(0, state.at < last ? (steps[state.at - 1]?.row ?? 0) : state.row);
  if (place < from || place >= from + MOST || from < 0) build(place - (place % MOST));
  fill();
  lines[place - from]?.scrollIntoView({ block: "nearest" });
}

/** Show the table, or put it away. */
export function toggle() {
  $("table").hidden = !$("table").hidden;
  $("tape").setAttribute("aria-pressed", String(!$("table").hidden));
  update();
}

export function start() {
  $("tape").addEventListener("click", toggle);
  listen((changed) => {
    if (["at", "row"].some((key) => changed.has(key))) update();
  });
}

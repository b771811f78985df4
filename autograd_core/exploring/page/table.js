// The record as a table, linked with the graph; made when it is first asked for.

import { gradientAt, known, last, pathOf, rows, steps } from "./data.js";
import { choose } from "./details.js";
import { $, make, number, word } from "./elements.js";
import { listen, state } from "./state.js";

let lines = null;

const HEADS = ["#", "name", "formula", "shape", "value", "gradient", "module", "line"];

function build() {
  lines = rows.map((row, index) =>
    make(
      "tr",
      {},
      make("td", {}, String(row.number)),
      make("td", {}, make("button", { class: "link", onclick: () => choose(index) }, word(row.name))),
      ...[row.formula, row.shape].map((text) => make("td", { dir: "auto" }, text ?? "")),
      make("td"), make("td"),
      ...[pathOf(row.card), row.line].map((text) => make("td", { dir: "auto" }, text ?? "")),
    ),
  );
  $("table").append(make("table", {}, make("thead", {}, make("tr", {}, HEADS.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, lines)));
}

function update() {
  if ($("table").hidden) return;
  if (!lines) build();
  const now = steps[state.at - 1]?.row;
  lines.forEach((element, index) => {
    const row = rows[index];
    const share = gradientAt(index, state.at);
    const isKnown = known[index] <= state.at;
    element.classList.toggle("unknown", !isKnown);
    element.classList.toggle("now", index === now);
    element.classList.toggle("chosen", index === state.row);
    element.cells[4].replaceChildren(isKnown ? number(row.value, "forward") : "");
    element.cells[5].replaceChildren(state.at >= last && row.gradient ? number(row.gradient, "backward") : share ? number({ text: share.total }, "backward") : "");
  });
  const place = state.at < last ? now : state.row;
  if (place >= 0) lines[place]?.scrollIntoView({ block: "nearest" });
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

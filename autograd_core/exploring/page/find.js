// Finding values by name, formula, role or module; Enter goes from one to the next, into shut modules, too.

import { cards, data, pathOf, rows } from "./data.js";
import { roleWord } from "./cards.js";
import { choose } from "./details.js";
import { $ } from "./elements.js";
import { elements } from "./graph.js";
import { standIn } from "./view.js";

let texts = null; // made when they are first asked for
const textOf = (row) => {
  const card = cards.get(row.card);
  const words = [...(card.hints ?? []), ...(card.alarms ?? [])];
  return [row.name, row.formula ?? "", card.role, roleWord(card.role), pathOf(row.card), ...words]
    .join(" ")
    .toLowerCase();
};
let hits = [];
let at = -1;

export function update() {
  const words = $("find").value.trim().toLowerCase();
  if (words) texts ??= rows.map(textOf);
  hits = words ? texts.flatMap((text, row) => (text.includes(words) ? [row] : [])) : [];
  at = -1;
  const seen = new Set(hits.map((row) => standIn(rows[row].card)));
  $("stage").classList.toggle("finding", Boolean(words));
  for (const [id, { element }] of elements()) element.classList.toggle("match", seen.has(id));
  $("found").textContent = words ? `${hits.length} found` : "";
}

function next(by) {
  if (!hits.length) return;
  at = (at + by + hits.length) % hits.length;
  const [index, count] = [at, hits.length];
  choose(hits[at]);
  update();
  at = index;
  $("found").textContent = `${at + 1} of ${count}`;
  $("find").focus();
}

export function start() {
  $("find").addEventListener("input", update);
  $("find").addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
    if (event.key !== "Escape") return;
    $("find").value = "";
    update();
    $("find").blur();
  });
  if (!data.rows.length) $("find").disabled = true;
}

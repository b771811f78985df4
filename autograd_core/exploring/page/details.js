// The side panel: all that is known of one value, what it is made of, what uses it, and the ways its gradient takes.

import { roleWord } from "./cards.js";
import {
  cards,
  data,
  gradientAt,
  groups,
  inside,
  known,
  last,
  panels,
  pathOf,
  rowOf,
  rows,
  shares,
  steps,
  uses,
} from "./data.js";
import { $, counted, make, number, word } from "./elements.js";
import { expose, show, toggle } from "./graph.js";
import { panelElement } from "./panels.js";
import { change, listen, state } from "./state.js";
import { go } from "./walk.js";

let pointed = null;

/** Choose a row of the record: show its card, at its step of the repetition. */
export function choose(row) {
  const { card, time } = rows[row];
  if (time) change({ time });
  expose(card);
  change({ chosen: card, row, way: [] });
  show(card);
}

const link = (row, text = rows[row].name) => make("button", { class: "link", onclick: () => choose(row) }, word(text));
const line = (...cells) =>
  make(
    "tr",
    {},
    cells.map((cell) => make("td", {}, cell)),
  );

const plain = (text) => make("p", { class: "muted" }, text);

export function update() {
  const id = state.chosen ?? pointed;
  const side = $("side");
  const open = new Map([...side.querySelectorAll("details")].map((part) => [part.id, part.open]));
  side.replaceChildren(
    ...(id === null
      ? hints()
      : groups.has(id)
        ? module(groups.get(id))
        : cards.get(id).rows.length
          ? value(cards.get(id))
          : note(cards.get(id))),
  );
  for (const [part, isOpen] of open) if ($(part)) $(part).open = isOpen;
}

const hints = () => [
  make("h2", {}, "Details"),
  plain(
    "Point at a value, or walk through them with the Tab key. A click, or Enter, keeps it here; on a module it opens and shuts.",
  ),
  plain("→ and ← step through the record: forward first, then back. The space bar plays."),
];

const note = (card) => [
  make("h2", {}, word(card.name)),
  ...[...(card.note ?? []), ...(card.alarms ?? [])].map((text) => make("p", {}, text)),
];

function module(group) {
  const within = inside(group.id);
  const worst = within.filter((card) => card.role === "param").map((card) => rowOf(card, state.time));
  return [
    make("h2", {}, word(group.name)),
    make(
      "p",
      {},
      make("span", { class: "tag module" }, group.kind),
      pathOf(group.id) === group.name ? null : ` ${pathOf(group.id)}`,
    ),
    make(
      "table",
      {},
      line("operations", counted(group.operations)),
      group.parameters ? line("parameters", counted(group.parameters)) : null,
      group.times > 1 ? line("runs", `${counted(group.times)} times`) : null,
      group.gradient ? line("gradient of parameters, norm", number(group.gradient, "backward")) : null,
    ),
    make("button", { onclick: () => toggle(group.id) }, state.open.has(group.id) ? "shut" : "open"),
    worst.length ? make("h3", {}, "parameters") : null,
    make(
      "table",
      {},
      worst.map((row) => line(link(row), number(rows[row].gradient, "backward"))),
    ),
  ].filter(Boolean);
}

function value(card) {
  const index =
    state.row >= 0 && card.rows.includes(state.row) && state.chosen === card.id ? state.row : rowOf(card, state.time);
  const row = rows[index];
  if (!row) return note(card);
  const share = gradientAt(index, state.at);
  const place = pathOf(card.id);
  const facts = [
    row.shape && line("shape", `${row.shape} ${row.dtype ?? ""}`),
    line(
      row.shape ? "value, norm" : "value",
      known[index] <= state.at ? number(row.value, "forward") : "not yet known",
    ),
    row.gradient &&
      line(
        row.shape ? "gradient, norm" : "gradient",
        state.at >= last
          ? number(row.gradient, "backward")
          : share
            ? number({ text: share.total }, "backward")
            : "not yet known",
      ),
  ];
  return [
    make("h2", {}, word(row.name)),
    make(
      "p",
      {},
      make("span", { class: `tag role ${card.role}` }, roleWord(card.role)),
      row.formula ? make("span", { dir: "auto" }, `  = ${row.formula}`) : null,
    ),
    place
      ? make("p", { class: "muted" }, place + (row.time ? `, step ${row.time}` : ""))
      : row.time
        ? make("p", { class: "muted" }, `step ${row.time}`)
        : null,
    row.line ? make("p", { class: "muted" }, row.line) : null,
    ...(card.hints ?? []).map((text) => make("p", {}, text)),
    ...(card.alarms ?? []).map((text) => make("p", { class: "broken" }, text)),
    make("table", {}, facts.filter(Boolean)),
    ...sources(index),
    ...contributions(index),
    ...arrays(index),
    ...ways(index),
  ].filter(Boolean);
}

/** What a value is made of, and what it sends back there. */
function sources(index) {
  const found = uses[index];
  if (!found.length) return [];
  const several = found.map((i) => shareRow(i, steps[i].row, "to"));
  return [make("h3", {}, "what it sends back"), make("table", {}, several)];
}

/** What its uses add to the gradient of a value. */
function contributions(index) {
  const found = shares[index].filter((i) => steps[i].kind === "backward");
  if (!found.length) return [];
  return [
    make(
      "h3",
      {},
      found.length > 1 ? `its gradient: the sum over ${found.length} uses` : "where its gradient comes from",
    ),
    make(
      "table",
      {},
      found.map((i) => shareRow(i, steps[i].of, "by way of")),
    ),
  ];
}

function shareRow(i, row, words) {
  const step = steps[i];
  const made =
    step.product && step.product !== "cut"
      ? `${step.product} = `
      : step.product === "cut"
        ? "cut: "
        : `${step.local} brings `;
  const button = make(
    "button",
    { class: "link", title: "go to this step", onclick: () => go(i + 1) },
    made,
    make("b", {}, step.adds),
  );
  button.classList.add("backward");
  const element = line([`${words} `, link(row)], button);
  element.classList.toggle("later", i >= state.at);
  return element;
}

function arrays(index) {
  const found = ["value", "gradient"].map((of) => panels.get(`${index} ${of}`)).filter(Boolean);
  if (!found.length) return [];
  return [
    make(
      "details",
      { id: "arrays", open: true },
      make("summary", {}, "elements"),
      panelElement(rows[index].name, found),
    ),
  ];
}

/** All ways to the output, each with what flows back along it alone. */
function ways(index) {
  const { listed, counts } = data.ways;
  const found = listed.filter((way) => way.row === index && way.step >= 0);
  const words = found.length === 1 ? "1 way to the output" : `${found.length || counts[index]} ways to the output`;
  if (!found.length && !counts[index]) return [];
  const body = found.length
    ? make(
        "ol",
        {},
        found.map((way) => wayItem(way, listed)),
      )
    : plain("too many to list: values nearer to the output have fewer");
  return [make("details", { id: "ways" }, make("summary", {}, words), body)];
}

function wayItem(way, listed) {
  const links = [];
  for (let one = way; one.step >= 0; one = listed[one.rest]) links.push(steps[one.step]);
  const numbers = links.every((step) => step.product && step.product !== "cut");
  const factors = links
    .map((step) => step.local.split(" = ").pop())
    .map((text) => (text.startsWith("−") ? `(${text})` : text));
  const arithmetic = numbers ? `${factors.join(" × ")} = ` : "brings ";
  const names = [way.row, ...links.map((step) => step.of)].map((row) => rows[row].name);
  const light = () => change({ way: links.map((step) => step.edge).filter(Boolean) });
  const dim = () => change({ way: [] });
  return make(
    "li",
    { tabindex: 0, onpointerenter: light, onfocus: light, onpointerleave: dim, onblur: dim },
    make("div", { dir: "auto" }, names.join(" → ")),
    make("div", { class: "backward" }, arithmetic, make("b", {}, way.brings)),
  );
}

export function start() {
  addEventListener("pointed", (event) => {
    pointed = event.detail;
    if (state.chosen === null) update();
  });
  listen((changed) => {
    if (["at", "time", "chosen", "row", "open"].some((key) => changed.has(key))) update();
  });
}

// The cards of values and the boxes of modules as elements, and what they show as the walk goes on.

import { cards, gradientAt, groups, inside, known, last, panels, rowOf, rows, stepOf, steps } from "./data.js";
import { counted, draw, make, number, word, write } from "./elements.js";
import { thumbnail } from "./panels.js";
import { state } from "./state.js";

const ROLES = {
  op: "operation",
  param: "parameter",
  const: "constant",
  cut: "cut",
  module: "module",
  state: "carried state",
};
export const roleWord = (role) => ROLES[role] ?? role;

const pair = (label, ...numbers) => make("div", { class: "pair" }, make("span", {}, label), ...numbers);

/** The element of a card, with the functions that keep it up to date. */
export function cardElement(id, full) {
  return groups.has(id) ? boxElement(groups.get(id)) : valueElement(cards.get(id), full);
}

function title(name, given, formula, role) {
  return make(
    "div",
    { class: "title" },
    word(name, given ? "name" : "name given"),
    formula && make("span", { class: "formula", dir: "auto" }, `= ${formula}`),
    role && make("span", { class: "role" }, role),
  );
}

function valueElement(card, full) {
  const element = make("div", {
    class: `card ${card.role}${card.alarms ? " alarmed" : ""}`,
    role: "button",
    tabindex: 0,
  });
  element.append(title(card.name, card.named, card.formula, card.role === "op" ? (card.module ?? "") : card.role));
  const updates = [];
  const first = rows[rowOf(card, state.time)];
  if (card.role !== "cut" && first) {
    if (first.shape) element.append(make("div", { class: "shape" }, `${first.shape}  ${first.dtype ?? ""}`));
    if (card.equation) element.append(make("div", { class: "note", dir: "auto" }, card.equation));
    numbers(card, element, updates);
    if (full && !card.shown_at) maps(card, element, updates);
    if (card.rows.length > 1 || card.steps) bars(card, element, updates);
  }
  for (const line of card.note ?? []) element.append(make("div", { class: "note", dir: "auto" }, line));
  for (const strip of card.strips ?? []) {
    element.append(
      make(
        "div",
        { class: `strip ${strip.role}` },
        word(strip.name),
        strip.adds ? make("span", { class: "adds" }, " adds ", make("b", {}, strip.adds)) : null,
        strip.rule ? make("div", { class: "rule" }, strip.rule) : null,
      ),
    );
  }
  if (card.shown_at) element.append(make("div", { class: "note" }, `used ${card.shown_at} times, shown there`));
  if (card.adds) element.append(pair("this use adds", make("b", { class: "backward adds" }, card.adds)));
  if (card.rule) element.append(make("div", { class: "rule" }, `grad = ${card.rule}`));
  if (card.heat) element.append(pair(card.heat.of, make("b", {}, card.heat.text)), meter(card.heat.weight));
  for (const text of card.hints ?? []) element.append(make("div", { class: "hint", dir: "auto" }, text));
  for (const text of card.alarms ?? []) element.append(make("div", { class: "alarm", dir: "auto" }, text));
  element.append(make("div", { class: "heat" }, meter()));
  return { element, update: () => updateValue(card, element, updates) };
}

const meter = (weight) => {
  const bar = make("i");
  if (weight !== undefined) bar.style.setProperty("--weight", weight);
  return make("div", { class: "meter", "aria-hidden": "true" }, bar);
};

function numbers(card, element, updates) {
  const value = make("b", { class: "forward" });
  const gradient = make("b", { class: "backward" });
  const row = rows[rowOf(card, state.time)];
  const array = Boolean(row.shape);
  element.append(pair(array ? "value, norm" : "value", value));
  if (card.rows.some((i) => rows[i]?.gradient)) element.append(pair(array ? "grad, norm" : "grad", gradient));
  const sum = card.sum ? make("div", { class: "sum" }, card.sum) : null;
  if (sum) element.append(sum);
  updates.push((row, share) => {
    write(value, row.value.text);
    value.className = row.value.broken ? "broken forward" : "forward";
    write(gradient, state.at >= last ? (row.gradient?.text ?? "–") : (share?.total ?? " "));
    gradient.className = row.gradient?.broken && share ? "broken backward" : "backward";
    if (sum) write(sum, share?.sum ? `= ${share.sum}` : " ");
  });
}

/** Small pictures of the arrays of a card. */
function maps(card, element, updates) {
  const kinds = ["value", "gradient"].filter((of) => card.rows.some((row) => panels.has(`${row} ${of}`)));
  if (!kinds.length) return;
  const pictures = kinds.map((of) => [of, make("canvas", { class: of, "aria-hidden": "true" })]);
  element.append(
    make(
      "div",
      { class: "maps" },
      pictures.map(([, canvas]) => canvas),
    ),
  );
  updates.push((row, share, index) => {
    for (const [of, canvas] of pictures) thumbnail(canvas, panels.get(`${index} ${of}`));
  });
}

/** The sizes of all steps of a repetition as bars; the one that is shown is marked. */
function bars(card, element, updates) {
  const shared = card.steps?.shared;
  const sizes = shared ? sharedSizes(card) : card.rows.map((row) => rows[row]?.weight ?? null);
  if (!sizes.some((size) => size !== null)) return;
  const width = 150 / sizes.length;
  const picture = draw("svg", {
    class: "bars backward",
    width: 150,
    height: 30,
    viewBox: "0 0 150 30",
    "aria-hidden": "true",
  });
  const all = sizes.map((size, i) => {
    const height = size === null ? 0 : 3 + 27 * size;
    const bar = draw("rect", {
      x: i * width + 0.5,
      y: 30 - height,
      width: Math.max(1, width - 1),
      height,
      fill: "currentColor",
    });
    picture.append(bar);
    return bar;
  });
  element.append(
    make(
      "div",
      { class: "word" },
      shared ? "what each step adds to grad (log scale)" : "grad at each step (log scale)",
    ),
    picture,
  );
  updates.push(() =>
    all.forEach((bar, i) => bar.setAttribute("opacity", i + 1 === Math.min(state.time, sizes.length) ? 1 : 0.4)),
  );
}

function sharedSizes(card) {
  const found = card.steps.gradients.map((x) => (typeof x === "number" && x !== 0 ? Math.log10(Math.abs(x)) : null));
  const real = found.filter((x) => x !== null);
  const high = Math.max(...real);
  const low = Math.min(...real, high - 1);
  return found.map((x) => (x === null ? null : (x - low) / (high - low)));
}

function updateValue(card, element, updates) {
  const index = rowOf(card, state.time);
  const row = rows[index];
  if (!row)
    return element.setAttribute(
      "aria-label",
      [card.name, roleWord(card.role), ...(card.note ?? []), ...(card.alarms ?? [])].join(", "),
    );
  const share = gradientAt(index, state.at);
  const isKnown = known[index] <= state.at;
  for (const update of updates) update(row, share, index);
  element.classList.toggle("unknown", !isKnown);
  element.classList.toggle("unreached", !share && state.at < last);
  element.classList.toggle("cold", !row.weight);
  element.style.setProperty("--weight", row.weight ?? 0);
  element.setAttribute("aria-label", labelOf(card, row, isKnown, share));
}

function labelOf(card, row, isKnown, share) {
  const words = [card.formula ? `${row.name} = ${row.formula ?? card.formula}` : row.name, roleWord(card.role)];
  if (row.shape) words.push(`shape ${row.shape.replaceAll("×", " by ")}`);
  words.push(isKnown ? `value ${row.value.text}` : "value not yet known");
  if (share) words.push(`gradient ${share.total}`);
  else if (row.gradient) words.push(state.at >= last ? `gradient ${row.gradient.text}` : "gradient not yet known");
  return [...words, ...(card.hints ?? []), ...(card.alarms ?? [])].join(", ");
}

function boxElement(group) {
  const within = inside(group.id);
  const own = new Set(within.flatMap((card) => card.rows));
  const total = steps.filter((step) => own.has(step.row) && step.kind === "forward").length;
  const count = make("div", { class: "note" });
  const element = make("div", { class: "card module", role: "button", tabindex: 0, "aria-expanded": "false" });
  element.append(title(group.name, true, "", group.kind === group.name || group.kind === "composed" ? "" : group.kind));
  const parameters = group.parameters
    ? `${counted(group.parameters)} parameter${group.parameters === 1 ? "" : "s"}`
    : "";
  if (parameters) element.append(make("div", { class: "note" }, parameters));
  element.append(count);
  const gradient = make("b", { class: group.gradient?.broken ? "broken" : "backward" }, group.gradient?.text ?? "");
  if (group.gradient) element.append(pair("grad of parameters", gradient), meter(group.weight));
  const alarms = within.flatMap((card) => card.alarms ?? []);
  if (alarms.length) {
    element.classList.add("alarmed");
    element.append(
      make(
        "div",
        { class: "alarm", dir: "auto" },
        alarms.length === 1 ? alarms[0] : `${alarms[0]}, and ${alarms.length - 1} more`,
      ),
    );
  }
  element.append(make("div", { class: "heat" }, meter()));
  const ends = [...own]
    .map((row) => known[row] ?? 0)
    .filter(Boolean)
    .sort((a, b) => a - b);
  const back = steps.reduce((most, step, i) => (own.has(step.row) && step.kind !== "forward" ? i + 1 : most), 0);
  const update = () => {
    const done = ends.filter((end) => end <= state.at).length;
    const times = group.times > 1 ? `, run × ${counted(group.times)}` : "";
    write(
      count,
      done < total
        ? `${counted(done)} of ${counted(total)} operations${times}`
        : `${counted(total)} operation${total === 1 ? "" : "s"}${times}`,
    );
    element.classList.toggle("unknown", total > 0 && done === 0);
    const reached = state.at >= back;
    gradient.style.visibility = reached ? "" : "hidden";
    element.style.setProperty("--weight", reached ? (group.weight ?? 0) : 0);
    element.classList.toggle("cold", !group.weight);
    const words = [group.name, "module, shut", parameters, `${counted(done)} of ${counted(total)} operations`];
    if (reached && group.gradient) words.push(`gradient of parameters ${group.gradient.text}`);
    element.setAttribute("aria-label", [...words, ...alarms].filter(Boolean).join(", "));
  };
  return { element, update };
}

/** What stands on an edge: the local derivative, and what flows back. */
export function beadElement(edge) {
  const first = make("div", { class: "local" });
  const second = make("div", { class: "backward" });
  const element = make(
    "div",
    { class: "bead", "aria-hidden": "true" },
    edge.steps && make("div", { class: "steps" }, edge.steps),
    edge.through && make("div", { class: "steps", dir: "auto" }, `through ${edge.through}`),
    first,
    second,
  );
  const target = cards.get(edge.target);
  const update = () => {
    const i = stepOf(edge, state.time);
    const step = steps[i];
    const rule = step?.local ?? edge.rule ?? "";
    const bare = rule.startsWith("∂") || !edge.derivative;
    first.replaceChildren(...(rule ? [bare ? "" : `${edge.derivative} = `, make("b", {}, rule)] : []));
    second.replaceChildren(
      ...(step
        ? [step.product === "cut" ? "cut: " : step.product ? `${step.product} = ` : "brings ", make("b", {}, step.adds)]
        : []),
    );
    element.classList.toggle("unknown", known[rowOf(target, state.time)] > state.at);
    second.style.visibility = i < state.at ? "" : "hidden";
  };
  return { element, update };
}

/** Whether something is to be said on an edge. */
export const hasBead = (edge) =>
  !edge.beside && !edge.carried && Boolean(edge.rule || edge.steps || edge.derivative || edge.through);

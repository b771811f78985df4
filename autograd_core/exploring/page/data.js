// The record that the page shows. Every number and text in it was decided when the page was written.

export const data = JSON.parse(document.getElementById("data").textContent);
export const rows = data.rows;
export const steps = data.steps;
export const cards = new Map(data.cards.map((card) => [card.id, card]));
export const groups = new Map(data.groups.map((group) => [group.id, group]));
export const edges = new Map(data.edges.map((edge) => [edge.id, edge]));
export const last = steps.length + 1; // one more than there are steps: nothing is going on any more
export const times = Math.max(...data.cards.map((card) => card.rows.length), 1);

export const found = (list, key) => {
  const map = new Map();
  for (const one of list) map.set(key(one), [...(map.get(key(one)) ?? []), one]);
  return map;
};

// per row: the step after which its value is known, and the steps that add to its gradient
export const known = new Array(rows.length).fill(0);
export const shares = rows.map(() => []);
export const uses = rows.map(() => []);
const byEdge = new Map();
steps.forEach((step, i) => {
  if (step.kind === "forward") known[step.row] = i + 1;
  else shares[step.row].push(i);
  if (step.kind === "backward") uses[step.of].push(i);
  if (step.edge) byEdge.set(`${step.edge} ${step.time ?? 0}`, i);
});

export const panels = new Map(data.panels.map((panel) => [`${panel.row} ${panel.of}`, panel]));
export const heads = found(data.edges, (edge) => edge.source);
export const tails = found(data.edges, (edge) => edge.target);

/** The row of the record that a card shows at a step of its repetition; −1 for none. */
export const rowOf = (card, time) => (card.rows.length ? card.rows[Math.min(time, card.rows.length) - 1] : -1);

/** The step back along an edge, at a step of its repetition; undefined where nothing flows. */
export const stepOf = (edge, time) => {
  const i = byEdge.get(`${edge.id} 0`) ?? byEdge.get(`${edge.id} ${time}`);
  return i;
};

/** How far the gradient of a row has come after some steps: the last share, or undefined. */
export const gradientAt = (row, at) => {
  let share;
  for (const i of shares[row]) {
    if (i >= at) break;
    share = steps[i];
  }
  return share;
};

/** A card or group and the groups around it, from the inside out. */
export const chain = (id) => {
  const around = [];
  for (let home = cards.has(id) ? cards.get(id).group : id; home; home = groups.get(home).parent) around.push(home);
  return around;
};

export const pathOf = (id) =>
  chain(id)
    .reverse()
    .map((group) => groups.get(group).name)
    .join(".");

const insides = new Map(data.groups.map((group) => [group.id, []]));
for (const card of data.cards) for (const group of chain(card.id)) insides.get(group).push(card);

/** All cards within a group. */
export const inside = (group) => insides.get(group);

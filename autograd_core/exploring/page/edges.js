// Edges as two strokes side by side: blue forward with a full head, orange back with a hollow one.

import { cards, gradientAt, known, rowOf, stepOf, steps } from "./data.js";
import { draw } from "./elements.js";
import { state } from "./state.js";

const APART = 1.6;

/** The heads of arrows, once for all edges. */
export function markers() {
  const marker = (id, shape, side) =>
    draw(
      "marker",
      {
        id,
        viewBox: "0 0 10 10",
        refX: side === "end" ? 10 : 0,
        refY: 5,
        markerWidth: 9,
        markerHeight: 9,
        markerUnits: "userSpaceOnUse",
        orient: "auto",
      },
      draw("path", { class: `head-${shape}`, d: side === "end" ? "M0,1 L10,5 L0,9 z" : "M10,1 L0,5 L10,9 z" }),
    );
  const defs = draw("defs");
  for (const shape of ["ahead", "behind", "carried"]) {
    for (const side of ["end", "start"]) defs.append(marker(`${shape}-${side}`, shape, side));
  }
  return defs;
}

/** A curve through points, moved aside by so many pixels. */
function curve(points, aside) {
  const moved = points.map(([x, y], i) => {
    const [a, b] = [points[Math.max(0, i - 1)], points[Math.min(points.length - 1, i + 1)]];
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
    return [x - (aside * (b[1] - a[1])) / length, y + (aside * (b[0] - a[0])) / length];
  });
  const text = (list) => list.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  return `M${text([moved[0]])} C${text(moved.slice(1))}`;
}

/** The elements of an edge, which may come in two parts with a bead between, and what keeps them up to date. */
export function edgeElement(edge, curves) {
  const first = curves.get(edge.key);
  const rest = curves.get(`${edge.key}_end`);
  const parts = (rest ? [first, rest] : [edge.turned ? [...first].reverse() : first]).filter(Boolean);
  const broken = new Set(edge.members.flatMap((member) => member.broken ?? []));
  const kinds = [
    edge.carried && "carried",
    !edge.plain && "merged",
    broken.has("cut") && "severed",
    edge.members.every((m) => m.dead) && "dead",
    (broken.has("forward") || broken.has("cut")) && "broken-ahead",
    broken.has("backward") && "broken-behind",
  ].filter(Boolean);
  const element = draw("g", { class: kinds.join(" "), "data-edge": edge.key });
  parts.forEach((points, i) => {
    const both = edge.backward;
    const end = i === parts.length - 1 ? `url(#${edge.carried ? "carried" : "ahead"}-end)` : null;
    element.append(draw("path", { class: "ahead", d: curve(points, both ? -APART : 0), "marker-end": end }));
    if (both)
      element.append(
        draw("path", {
          class: "behind",
          d: curve(points, APART),
          "marker-start": i === 0 ? "url(#behind-start)" : null,
        }),
      );
  });
  const update = () => {
    const now = steps[state.at - 1];
    const flows = edge.members.map((member) => stepOf(member, state.time));
    const reached = flows.some((i) => i < state.at) || edge.members.some((member) => isReached(member));
    const weights = flows.filter((i) => i !== undefined).map((i) => steps[i].weight ?? 0);
    element.classList.toggle("unreached", !reached);
    element.classList.toggle(
      "unknown",
      edge.members.every((member) => known[targetRow(member)] > state.at),
    );
    element.classList.toggle(
      "now",
      edge.members.some((member) => isNow(member, now)),
    );
    element.classList.toggle(
      "way",
      edge.members.some((member) => state.way.includes(member.id)),
    );
    element.style.setProperty("--weight", Math.max(0, ...weights));
  };
  return { element, update };
}

const targetRow = (edge) => rowOf(cards.get(edge.target), state.time);

/** Whether anything has come back along an edge that no step goes along: one from step to step, or through what is left out. */
function isReached(edge) {
  if (stepOf(edge, state.time) !== undefined) return false;
  const row = rowOf(cards.get(edge.carried ? edge.target : edge.source), state.time);
  return row >= 0 && gradientAt(row, state.at) !== undefined;
}

/** Whether a step goes along an edge: back along its own, forward along all that end at its value. */
function isNow(edge, step) {
  if (!step) return false;
  if (step.kind === "backward") return step.edge === edge.id;
  return step.kind === "forward" && targetRow(edge) === step.row && !edge.carried;
}

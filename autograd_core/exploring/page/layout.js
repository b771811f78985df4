// Where everything stands: Graphviz is given boxes of fixed sizes within frames, and gives back places and curves.

import { data } from "./data.js";
import { home } from "./view.js";

const LARGE = 150; // above so many boxes curves are made the quicker way
let graphviz = null;

/** Start Graphviz; some browsers are told not to run WebAssembly. */
export async function load() {
  graphviz = await globalThis.Graphviz.load();
}

export const isLoaded = () => graphviz !== null;

const inches = (pixels) => (pixels / 72).toFixed(4);
const quoted = (id) => `"${id}"`;

/** The language of Graphviz for what is seen; sizes are those of the elements in the page. */
export function dot({ items, frames, edges }, sizes, beads, direction) {
  const lines = { null: [] };
  for (const id of frames) lines[id] = [];
  const inner = (id) => lines[frames.includes(home(id)) ? home(id) : null];
  const node = (id, { width, height }) => `${quoted(id)} [width=${inches(width)}, height=${inches(height)}];`;
  for (const id of items) inner(id).push(node(id, sizes.get(id)));
  for (const edge of edges) {
    if (beads.has(edge.key)) lines[common(edge, frames)].push(node(`${edge.key}_bead`, sizes.get(`${edge.key}_bead`)));
    if (edge.beside) inner(edge.source).push(`{rank=same; ${quoted(edge.source)}; ${quoted(edge.target)};}`);
  }
  const frame = (id) => {
    const { width, height } = sizes.get(`${id}_head`);
    const label = `<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" WIDTH="${Math.ceil(width)}" HEIGHT="${Math.ceil(height)}"><TR><TD></TD></TR></TABLE>>`;
    const children = frames.filter((other) => home(other) === id).map(frame);
    return `subgraph ${quoted(`cluster_${id}`)} {margin=10; labeljust=l; label=${label}; ${[...lines[id], ...children].join("\n")}}`;
  };
  const sides = new Map(); // cards beside an operation take turns above and below it
  const arrows = [];
  for (const edge of edges) {
    if (edge.beside) sides.set(edge.target, !sides.get(edge.target));
    edge.turned = edge.beside && sides.get(edge.target);
    const [a, b] = edge.turned ? [edge.target, edge.source] : [edge.source, edge.target];
    if (beads.has(edge.key)) {
      arrows.push(`${quoted(a)} -> ${quoted(`${edge.key}_bead`)} [id=${quoted(edge.key)}, weight=2];`);
      arrows.push(`${quoted(`${edge.key}_bead`)} -> ${quoted(b)} [id=${quoted(`${edge.key}_end`)}, weight=2];`);
    } else {
      arrows.push(`${quoted(a)} -> ${quoted(b)} [id=${quoted(edge.key)}${edge.carried ? ", constraint=false" : ""}];`);
    }
  }
  const large = items.length > LARGE;
  const attributes = [
    `rankdir=${direction}`,
    "nodesep=0.3",
    `ranksep=${beads.size ? 0.3 : 0.55}`,
    `splines=${large ? "polyline" : "spline"}`,
    ...(edges.some((edge) => edge.beside) ? [] : ["ordering=in"]),
    ...(large ? ["nslimit=2", "nslimit1=2", "mclimit=0.3"] : []),
  ];
  const outer = frames.filter((id) => home(id) === null).map(frame);
  return `digraph { graph [${attributes.join(", ")}]; node [shape=box, fixedsize=true, label=""]; edge [arrowhead=none];
${[...lines.null, ...outer, ...arrows].join("\n")} }`;
}

/** The innermost frame around both ends of an edge. */
function common(edge, frames) {
  const around = [];
  for (let id = home(edge.source); id; id = home(id)) around.push(id);
  for (let id = home(edge.target); id; id = home(id)) if (around.includes(id) && frames.includes(id)) return id;
  return null;
}

/** Places of boxes and frames, and the points of edges, from the top left corner on. */
export function layout(seen, sizes, beads, direction) {
  const made = JSON.parse(graphviz.layout(dot(seen, sizes, beads, direction), "json0", "dot"));
  const [, , width, height] = made.bb.split(",").map(Number);
  const places = new Map();
  const curves = new Map();
  for (const object of made.objects ?? []) {
    if (object.pos) {
      const [x, y] = object.pos.split(",").map(Number);
      const size = sizes.get(object.name);
      places.set(object.name, { x: x - size.width / 2, y: height - y - size.height / 2, ...size });
    } else if (object.bb && object.name.startsWith("cluster_")) {
      const [left, bottom, right, top] = object.bb.split(",").map(Number);
      places.set(object.name.slice("cluster_".length), {
        x: left,
        y: height - top,
        width: right - left,
        height: top - bottom,
      });
    }
  }
  for (const edge of made.edges ?? []) {
    const points = edge.pos
      .split(" ")
      .map((pair) => pair.split(",").map(Number))
      .map(([x, y]) => [x, height - y]);
    curves.set(edge.id, points);
  }
  return { places, curves, width, height };
}

/** The way values flow to: as asked, but downwards where there is more height than width. */
export const direction = (stage) =>
  data.rankdir === "LR" && stage.clientWidth < 600 && stage.clientHeight > stage.clientWidth * 0.8
    ? "TB"
    : data.rankdir;

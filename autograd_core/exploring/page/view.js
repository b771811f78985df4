// What is seen while some modules are shut: cards, boxes of modules, the frames of open ones, and edges between them.

import { chain, data, groups } from "./data.js";
import { state } from "./state.js";

/** The outermost shut module around a card or group, or the card itself. */
export function standIn(id) {
  return (
    chain(id)
      .reverse()
      .find((group) => !state.open.has(group)) ?? id
  );
}

/** The innermost open group around a card or box. */
export const home = (id) => (groups.has(id) ? groups.get(id).parent : chain(id)[0]) ?? null;

export function view() {
  const seen = new Map(data.cards.map((card) => [card.id, standIn(card.id)]));
  const items = [...new Set(seen.values())];
  const frames = data.groups
    .filter((group) => standIn(group.id) === group.id && state.open.has(group.id))
    .map((g) => g.id);
  const merged = new Map();
  for (const edge of data.edges) {
    const [source, target] = [seen.get(edge.source), seen.get(edge.target)];
    if (source === undefined || target === undefined || source === target) continue;
    const plain = source === edge.source && target === edge.target;
    const key = plain ? edge.id : `${source} ${target} ${edge.carried ? "carried" : ""}`;
    if (!merged.has(key)) merged.set(key, { key, source, target, members: [], plain, carried: edge.carried });
    merged.get(key).members.push(edge);
  }
  const ways = [...merged.values()];
  for (const way of ways) {
    way.backward = way.members.some((edge) => edge.backward);
    way.beside = way.plain && way.members[0].beside;
  }
  return { items, frames: frames.filter((id) => seenFrame(id)), edges: ways };
}

const seenFrame = (id) => chain(id).every((group) => state.open.has(group));

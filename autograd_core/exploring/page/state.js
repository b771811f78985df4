// What the page shows at the moment, and who wants to know when that changes.

import { data, last, times } from "./data.js";

export const state = {
  at: last, // how many steps are done
  time: times, // which step of a repetition the cards show
  open: new Set(data.open),
  chosen: null, // the card or group that was picked
  row: -1, // the row of the record that was picked with it
  way: [], // the edges of a way to the output that is pointed at
  heat: false,
};

const listeners = [];

export function listen(listener) {
  listeners.push(listener);
}

/** Change some of the state; listeners are told which parts. */
export function change(changes) {
  const keys = Object.keys(changes).filter((key) => state[key] !== changes[key]);
  if (!keys.length) return;
  Object.assign(state, changes);
  for (const listener of listeners) listener(new Set(keys));
}

// The address of what is shown: #node=5&step=12&t=3&open=g1,g2 brings somebody else to the same place.

import { cards, data, groups, last, rows, times } from "./data.js";
import { choose } from "./details.js";
import { build } from "./graph.js";
import { change, listen, state } from "./state.js";
import { go } from "./walk.js";

const atFirst = [...data.open].sort().join(",");
let written = null;

function write() {
  const words = new URLSearchParams();
  if (state.row >= 0) words.set("node", rows[state.row].number);
  if (state.at !== last) words.set("step", state.at);
  if (state.time !== times) words.set("t", state.time);
  const open = [...state.open].sort().join(",");
  if (open !== atFirst) words.set("open", open);
  written = words.toString();
  if (written !== location.hash.slice(1)) history.replaceState(null, "", `#${written}`);
}

/** Show what the address says; what it says wrongly is left out. */
export function read() {
  if (location.hash.slice(1) === written) return;
  const words = new URLSearchParams(location.hash.slice(1));
  if (words.has("open")) {
    change({
      open: new Set(
        words
          .get("open")
          .split(",")
          .filter((id) => groups.has(id)),
      ),
    });
    build();
  }
  if (words.has("step")) go(Math.trunc(Number(words.get("step"))) || 0);
  const time = Math.trunc(Number(words.get("t")));
  if (time >= 1 && time <= times) change({ time });
  const row = rows.findIndex((one) => String(one.number) === words.get("node"));
  if (row >= 0 && cards.has(rows[row].card)) choose(row);
}

export function start() {
  read();
  addEventListener("hashchange", read);
  listen(write);
}

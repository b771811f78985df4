// The walk through the record: forward call by call, then back share by share.

import { data, last, rows, steps, times } from "./data.js";
import { $, counted, write } from "./elements.js";
import { show } from "./graph.js";
import { change, state } from "./state.js";

const PAUSE = 900;
let timer = null;

/** Go to where so many steps are done. */
export function go(at) {
  at = Math.max(0, Math.min(last, at));
  const step = steps[at - 1];
  change({ at, ...(step?.time ? { time: step.time } : {}) });
  if (step) show(rows[step.row].card);
}

export function pause() {
  clearInterval(timer);
  timer = null;
  write($("play"), "▶ play");
}

export function play() {
  if (timer) return pause();
  if (state.at >= last) go(0);
  write($("play"), "❚❚ pause");
  timer = setInterval(() => (state.at < last ? go(state.at + 1) : pause()), PAUSE);
}

const count = steps.length;
const forwards = steps.filter((step) => step.kind === "forward").length;

function caption() {
  const step = steps[state.at - 1];
  if (state.at === 0)
    return `inputs and parameters are known: → computes what comes next, ${counted(count)} steps in all`;
  return step
    ? step.text
    : `all is computed, ${counted(forwards)} steps forward and ${counted(count - forwards)} back: Home goes to the start, the space bar plays`;
}

export function update() {
  const step = steps[state.at - 1];
  $("caption").className = step?.kind ?? "muted";
  write($("caption"), caption());
  $("step").value = state.at;
  $("step").setAttribute(
    "aria-valuetext",
    step ? `${counted(state.at)} of ${counted(count)}, ${step.kind}` : state.at ? "all is computed" : "at the start",
  );
  write($("count"), `${counted(Math.min(state.at, count))} / ${counted(count)}`);
  $("time").value = state.time;
  write($("now"), `${counted(state.time)} / ${counted(times)}`);
  $("back").disabled = $("first").disabled = state.at === 0;
  $("next").disabled = $("end").disabled = state.at === last;
}

const act = (at) => {
  pause();
  go(at());
};

export const actions = {
  next: () => act(() => state.at + 1),
  back: () => act(() => state.at - 1),
  first: () => act(() => 0),
  end: () => act(() => last),
};

export function start() {
  $("step").max = last;
  $("time").max = times;
  $("times").hidden = times < 2;
  for (const [id, action] of Object.entries(actions)) $(id).addEventListener("click", action);
  $("play").addEventListener("click", play);
  $("step").addEventListener("input", () => act(() => Number($("step").value)));
  $("time").addEventListener("input", () => change({ time: Number($("time").value), row: -1 }));
  $("title").textContent = data.title;
  for (const remark of data.remarks) {
    const line = document.createElement("div");
    line.textContent = remark;
    if (remark.startsWith("Look:")) line.className = "look";
    $("remarks").append(line);
  }
}

// A small map of a graph that is larger than what is seen of it.

import { cards } from "./data.js";
import { $ } from "./elements.js";
import { places, size } from "./graph.js";
import { center, listenPlace, seen } from "./stage.js";
import { state } from "./state.js";

const ROOM = { width: 190, height: 110 };
let factor = 1;

function paint() {
  const part = seen();
  const whole = size();
  const map = $("map");
  map.hidden = part.width >= whole.width && part.height >= whole.height;
  if (map.hidden) return;
  factor = Math.min(ROOM.width / whole.width, ROOM.height / whole.height);
  const [width, height] = [
    Math.max(24, Math.ceil(whole.width * factor)),
    Math.max(12, Math.ceil(whole.height * factor)),
  ];
  if (map.width !== width || map.height !== height) Object.assign(map, { width, height });
  const style = getComputedStyle(map);
  const context = map.getContext("2d");
  context.clearRect(0, 0, width, height);
  context.fillStyle = style.color;
  for (const [id, box] of places()) {
    if (!cards.has(id) && state.open.has(id)) continue;
    context.fillRect(box.x * factor, box.y * factor, Math.max(1, box.width * factor), Math.max(1, box.height * factor));
  }
  context.strokeStyle = style.outlineColor;
  context.lineWidth = 2;
  context.strokeRect(part.x * factor, part.y * factor, part.width * factor, part.height * factor);
}

export function start() {
  const map = $("map");
  const go = (event) => {
    if (!event.buttons) return;
    const box = map.getBoundingClientRect();
    center((event.clientX - box.x) / factor, (event.clientY - box.y) / factor);
  };
  map.addEventListener("pointerdown", go);
  map.addEventListener("pointermove", go);
  listenPlace(paint);
}

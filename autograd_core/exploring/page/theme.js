// Light and dark: that of the system until it is chosen here.

import { data } from "./data.js";

const root = document.documentElement;

export const isDark = () =>
  (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

export function turn() {
  root.dataset.theme = isDark() ? "light" : "dark";
}

/** A colour of the page as red, green and blue, for what is painted cell by cell. */
export function channels(name) {
  const [light, dark] = getComputedStyle(root)
    .getPropertyValue(`--${name}`)
    .match(/#[0-9a-f]{6}/gi);
  const hex = isDark() ? dark : light;
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

export function start() {
  if (data.theme === "dark") root.dataset.theme = "dark";
}

// Elements made of text only: nothing that comes from the record is read as HTML.

export const $ = (id) => document.getElementById(id);

const set = (element, attributes) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false)
      element.setAttribute(name, value === true ? "" : value);
  }
};

/** An element with attributes and children; texts become text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  set(element, attributes);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The same for SVG. */
export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

/** A text of the user's, which may run from right to left among others that do not. */
export const word = (text, kind = "") => make("bdi", { class: kind }, text);

/** A count with its thousands apart. */
export const counted = (count) => count.toLocaleString("en");

/** A number in the colour of its role; NaN and infinities in that of alarms. */
export const number = (quantity, kind) =>
  make("b", { class: quantity?.broken ? "broken" : kind }, quantity?.text ?? "–");

/** Write a text only where it is another one. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

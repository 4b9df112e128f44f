// How an element is made: every text that came from the network goes in as textContent.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element. `on…` attributes are listeners; null, undefined and false are left out. */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/** Puts `children` in the place of what `parent` had. */
export function show(parent, ...children) {
  parent.replaceChildren(...wanted(children));
}

/** A button with a text. */
export function button(text, onclick, attributes = {}) {
  return el("button", { type: "button", onclick, ...attributes }, text);
}

/** The element with this id. */
export function byId(id) {
  return document.getElementById(id);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...wanted(children));
  return element;
}

// append() makes text nodes of strings, which no browser reads as markup.
function wanted(children) {
  return children.flat(Infinity).filter((it) => it !== null && it !== undefined && it !== false);
}

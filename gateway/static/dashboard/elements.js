// Elements from values: text is always text, never markup.
const SVG = "http://www.w3.org/2000/svg";

/** `h("a", {href, class, onclick, hidden, data: {…}}, ...children)`; null and false among the children are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  return fill(element, ...children);
}

/** The element again, with these children in place of what it had. */
export function fill(element, ...children) {
  const shown = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
  element.replaceChildren(...shown);
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "data") Object.assign(element.dataset, value);
  else element.setAttribute(name, value === true ? "" : value);
}

/** One of the sprite's pictures; words stand beside it, so that it is hidden from screen readers. */
export function icon(name) {
  const [svg, use] = [document.createElementNS(SVG, "svg"), document.createElementNS(SVG, "use")];
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `/dashboard/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A long id, shortened to the eye alone, with a button that copies it whole. */
export function copyable(text, shown = short(text)) {
  const button = h("button", { type: "button", class: "copy", "aria-label": `Copy ${text}`, title: text }, icon("copy"));
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    await navigator.clipboard.writeText(text);
    fill(button, "✓");
    setTimeout(() => fill(button, icon("copy")), 1200);
  });
  return h("span", { class: "id" }, h("code", { title: text }, shown), button);
}

/** `pay_01ja…8fk2`: what tells two ids apart is at their end. */
export const short = (id) => (id.length > 20 ? `${id.slice(0, 8)}…${id.slice(-6)}` : id);

/** What a block says that has nothing to show. */
export const none = (sentence) => h("p", { class: "muted" }, sentence);

/** One sentence for screen readers, at most one in five seconds. */
let nextAt = 0;
export function announce(sentence) {
  const now = Date.now();
  if (now < nextAt) return;
  nextAt = now + 5000;
  document.getElementById("said").textContent = sentence;
}

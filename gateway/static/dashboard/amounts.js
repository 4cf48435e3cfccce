// Amounts as elements: right-aligned figures, with the currency after them.
import { h } from "./elements.js";
import { figure } from "./money.js";

export const amount = (amountMinor, currency, kind = "") =>
  h("span", { class: `amount ${kind}` }, figure(amountMinor, currency), " ", h("small", { class: "muted" }, currency));

/** What stands in the place of a figure until it is told. */
export const UNTOLD = "…";

/** A figure that tints once when it has changed. */
export function changing(element, text) {
  if (element.textContent === text) return;
  const first = ["", UNTOLD].includes(element.textContent);
  element.textContent = text;
  if (first) return;
  element.classList.remove("changed");
  void element.offsetWidth;  // so that the same tint begins anew
  element.classList.add("changed");
}

// The pages of one part, side by side.
import { h } from "./elements.js";

/** `pages`: `[address, words]`; the one whose address is `here` is marked. */
export function parts(label, pages, here) {
  return h("nav", { class: "parts", "aria-label": label }, ...pages.map(([address, words]) =>
    h("a", { href: `#/${address}`, "aria-current": address === here ? "page" : null }, words)));
}

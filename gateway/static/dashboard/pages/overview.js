// The first page.
import { h } from "../elements.js";
import { heading } from "../router.js";

export async function show() {
  return h("div", {}, heading("Overview"));
}

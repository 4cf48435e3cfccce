// A dot that was clicked: what it is, and how its request has gone.
import { h, copyable, fill } from "./elements.js";
import { walkOfRequest } from "./walk_still.js";

export function picked({ line, type, n, request }) {
  const [from, to] = line.split(">");
  const way = h("div", {}, h("p", { class: "muted" }, "Its way is being looked up."));
  if (request) walkOfRequest(request).then((shown) => fill(way, shown)).catch((problem) => fill(way, h("p", { class: "muted" }, problem.message)));
  return h("section", { class: "picked" }, h("p", {}, h("strong", {}, type), ` from ${from} to ${to}`, n > 1 && `, one of ${n.toLocaleString()}`, " ", request && copyable(request)), request && way);
}

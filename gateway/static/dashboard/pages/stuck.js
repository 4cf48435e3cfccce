// Money that stands still, the oldest first, each as a sentence.
import { h } from "../elements.js";
import { rows } from "../api.js";
import { money } from "../money.js";
import { panel } from "../panel.js";
import { heading, to } from "../router.js";
import { state } from "../states.js";
import { since } from "../times.js";

export const sentence = (row) =>
  `${row.amount === null || !row.currency ? "An unknown amount" : money(row.amount, row.currency)} stands still for ${since(row.since)}, at ${row.actor}.${row.step}: ${row.reason}`;

async function all() {
  const { data, cut } = await rows("stuck");
  if (!data.length) return h("p", { class: "lead" }, "✓ Nothing is stuck. Whatever was accepted is finished or moves on.");
  const oldest = data.toSorted((a, b) => a.since.localeCompare(b.since));
  return h("div", {}, h("ul", { class: "plain" },
    ...oldest.map((row) => h("li", {}, state(row.status === "open" ? "stuck" : row.status), " ",
    h("a", { href: to("stuck", row.id) }, sentence(row)),
    h("p", { class: "muted" }, `tried ${row.attempts} times · ${row.safe_to_retry ? "safe to try again" : "look at it first"}`)))),
  cut && h("p", { class: "muted" }, "The first 1,000 of more."));
}

export async function show(page) {
  const standing = panel("Oldest first", page, all,
    { moves: (event) => event.type.startsWith("ledger.") || event.type.startsWith("payment.") });
  return h("div", {}, heading("Stuck money"), standing);
}

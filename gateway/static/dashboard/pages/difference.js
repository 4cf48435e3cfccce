// One difference: what each side says, and the postings that would make it right.
import { h } from "../elements.js";
import { money } from "../money.js";
import { act, one } from "../one.js";
import { postings } from "../postings.js";
import { to } from "../router.js";
import { openSheet } from "../sheet.js";
import { words } from "../states.js";
import { lasting, when } from "../times.js";
import { may } from "../who.js";

const settle = (row, step, title, label, danger) => () => openSheet({
  title, danger, rehearsed: false, fields: [{ name: "reason", title: "Reason", required: true, hint: "kept in the audit log" }],
  label: () => label,
  request: ({ reason }) => (reason.trim() ? { method: "POST", path: `reconciliation/${row.id}/${step}`, body: {},
    reason } : "A reason is needed."),
});

function actions(row) {
  if (row.status !== "open" || !may("ledger:write")) return [];
  return [
    row.proposed?.postings?.length > 0 && act("Apply the postings…", settle(row, "apply", "Apply the proposed postings", "Apply them"), ""),
    act("Dismiss…", settle(row, "dismiss", "Dismiss the difference", "Dismiss it", true)),
  ];
}

const sides = (row) => h("section", { class: "card" }, h("h2", {}, "What each side says"),
  h("table", {}, h("tbody", {}, ...Object.entries(row.sides).map(([side, value]) =>
  h("tr", {}, h("th", { scope: "row" }, words(side)), h("td", { class: "numeric" },
    value === null ? "nothing" : typeof value === "number" && row.currency ? money(value, row.currency) : String(value)))))),
row.proposed?.postings?.length > 0 && [h("h2", {}, "What would make it right"), postings(row.proposed.postings)]);

export const show = (page) => one(page, {
  path: "reconciliation", object: "difference", back: { href: "#/payouts/differences", title: "Differences" },
  title: (row) => `${words(row.class)}, ${money(row.amount, row.currency)}`,
  actions, banner: sides,
  known: (row) => [["Payment", row.payment && h("a", { href: to("payments", row.payment) }, row.payment)],
    ["Provider", `${row.provider} ${row.provider_reference ?? ""}`], ["Age", lasting(row.age_seconds)],
    ["Transaction", row.transaction && h("a", { href: to("ledger", "transactions", row.transaction) }, row.transaction)],
    ["Reason", row.reason], ["Resolved", row.resolved_at && when(row.resolved_at)]],
});

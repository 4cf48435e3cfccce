// One subscription: its items, its invoices, and the one that comes next.
import { h, none } from "../elements.js";
import { get } from "../api.js";
import { amount } from "../amounts.js";
import { invoiceTable, lineTable } from "../invoice_tables.js";
import { one } from "../one.js";
import { panel } from "../panel.js";
import { to } from "../router.js";
import { subscriptionActions } from "../subscription_actions.js";
import { day, when } from "../times.js";

async function invoices(id) {
  const { data } = await get("invoices", { subscription: id, limit: 50 });
  return data.length ? invoiceTable(data) : none("Nothing was invoiced yet.");
}

async function upcoming(id) {
  const next = await get("invoices/upcoming", { subscription: id }).catch((problem) => {
    if (problem.status >= 500 || problem.status === 0) throw problem;
    return null;
  });
  if (!next) return none("Nothing will be invoiced.");
  return h("div", {}, lineTable(next.lines, next.currency), h("p", { class: "lead" }, "Total ", amount(next.total, next.currency)));
}

const items = (row) => h("ul", {}, ...row.items.map((item) => h("li", {}, `${item.quantity ?? "metered"} × `,
  h("a", { href: to("billing", "prices", item.price) }, item.price))));

export const show = (page) => one(page, {
  path: "subscriptions", object: "subscription", back: { href: "#/billing", title: "Subscriptions" },
  title: (row) => row.description ?? `Subscription of ${row.customer_id}`, actions: subscriptionActions,
  banner: (row) => [
    row.cancel_at_period_end && h("p", { class: "banner warn" }, "▲ It ends on ", day(row.current_period.end), "."),
    row.status === "past_due" && h("p", { class: "banner warn" },
      "▲ Its last invoice is not paid. It is tried again by itself, as the dunning plan says."),
    row.scheduled_change && h("p", { class: "banner warn" }, "▲ A change is planned for ",
      day(row.scheduled_change.at ?? row.current_period.end), "."),
  ],
  panels: (row, about) => [
    panel("Next invoice", page, () => upcoming(row.id), { moves: about }),
    panel("Invoices", page, () => invoices(row.id), { moves: about }),
  ],
  known: (row) => [
    ["Customer", h("a", { href: to("customers", row.customer_id) }, row.customer_id)], ["Items", items(row)],
    ["Period", h("span", {}, day(row.current_period.start), " – ", day(row.current_period.end))],
    ["Trial until", row.trial.end && day(row.trial.end)],
    ["Paid", row.collection_method === "send_invoice" ? `by invoice, ${row.days_until_due} days` : "by itself"],
    ["Method", row.default_payment_method],
    ["Coupons", row.coupons.length ? JSON.stringify(row.coupons) : null],
    ["Test clock", row.test_clock && h("a", { href: to("billing", "clocks", row.test_clock) }, row.test_clock)],
    ["Begun", when(row.start_date)], ["Ended", row.ended_at && when(row.ended_at)],
  ],
});

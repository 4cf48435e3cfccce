// All subscriptions.
import { h } from "../elements.js";
import { BILLING } from "../billing_parts.js";
import { currencyColumn, customerColumn, dayColumn, idColumn, statusColumn, textColumn } from "../columns.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { heading, to } from "../router.js";

const COLUMNS = [
  idColumn("Subscription"), customerColumn, statusColumn, textColumn("Items",
    (row) => row.items.map((item) => `${item.quantity ?? ""} × ${item.price}`).join(", ")),
  currencyColumn, { title: "Period until", cell: (row) => dayColumn("", "end").cell(row.current_period),
    text: (row) => row.current_period.end },
  textColumn("Ends", (row) => (row.cancel_at_period_end ? "at the period's end" : "")), dayColumn("Begun", "start_date"),
];
const TABS = [
  ["active", "Active"], ["trialing", "Trialing"], ["past_due", "Past due"], ["unpaid", "Unpaid"], ["paused", "Paused"],
  ["incomplete,incomplete_expired", "Incomplete"], ["canceled", "Canceled"],
];

export async function show(page) {
  const subscriptions = list(page, {
    path: "subscriptions", object: "subscription", name: "subscription", columns: COLUMNS, tabs: TABS,
    href: (row) => to("billing", "subscriptions", row.id),
    filters: [{ name: "customer_id", title: "Customer" }, { name: "test_clock", title: "Test clock" }],
    empty: h("p", {}, "No subscription yet. ", h("code", {}, "pocketpay demo"),
      " makes a company with six months of them; docs/billing-with-curl.md begins with one."),
  });
  await subscriptions.ready;
  return h("div", {}, heading("Subscriptions"), parts("Billing", BILLING, "billing"), subscriptions);
}

// What a customer has: each as a small table that leads on to the list of all.
import { h, none, short } from "./elements.js";
import { get } from "./api.js";
import { amount } from "./amounts.js";
import { invoiceTable } from "./invoice_tables.js";
import { act } from "./one.js";
import { to } from "./router.js";
import { openSheet } from "./sheet.js";
import { state } from "./states.js";
import { table } from "./table.js";
import { day } from "./times.js";
import { may } from "./who.js";

const SHOWN = 10;
/** `path`'s newest, as `draw(rows)` shows them, and the way to all. */
async function newest(path, id, draw, nothing, all) {
  const { data, has_more: more } = await get(path, { customer_id: id, limit: SHOWN });
  if (!data.length) return none(nothing);
  return h("div", {}, draw(data), more && h("p", {}, h("a", { href: to(...all, { customer_id: id }) }, "All of them")));
}

export const paymentsOf = (id) => newest("payments", id, (rows) => table(["Payment", ">Amount", "Status", "Made"], rows.map((row) => [
  h("a", { href: to("payments", row.id) }, row.description ?? short(row.id)), amount(row.amount, row.currency), state(row.status),
  day(row.created_at)])), "No payment yet.", ["payments"]);

export const invoicesOf = (id) => newest("invoices", id, invoiceTable, "Never invoiced.", ["billing", "invoices"]);

export const subscriptionsOf = (id) => newest("subscriptions", id, (rows) => table(["Subscription", "Status", "Period until", "Begun"],
  rows.map((row) => [
  h("a", { href: to("billing", "subscriptions", row.id) },
    row.description ?? row.items.map((item) => `${item.quantity ?? ""} × ${item.price}`).join(", ")),
  state(row.status), day(row.current_period.end), day(row.start_date)])), "No subscription.", ["billing"]);

const until = ({ exp_month: month, exp_year: year }) => `${String(month).padStart(2, "0")}/${year}`;
const card = ({ card: known, type }) => (known ? `${known.brand} •• ${known.last4}, until ${until(known)}` : type);

const forget = (row, again) => act("Forget…", () => openSheet({
  title: "Forget this payment method", intro: `${card(row)}: nothing can be paid with it any more.`, danger: true, rehearsed: false,
  label: () => "Forget it",
  request: () => ({ method: "POST", path: `payment-methods/${row.id}/detach`, body: {} }), done: again,
}));

export const addMethod = (id, again) => (may("payments:write") ? [act("Add…", () => openSheet({
  title: "Save a payment method", rehearsed: false, label: () => "Save it",
  fields: [{ name: "method", title: "Payment method", required: true, hint: "the provider's, such as pm_card_visa in a test",
    autocomplete: "off" },
    { name: "default", title: "Used by itself", choices: [["no", "Only when asked for"], ["yes", "Yes, it is the default"]] }],
  request: ({ method, default: chosen }) => (method.trim()
    ? { method: "POST", path: `customers/${encodeURIComponent(id)}/payment-methods`,
      body: { payment_method: method.trim(), default: chosen === "yes" } } : "Say which."),
  done: again,
}))] : []);

export async function methodsOf(id, again) {
  const { data } = await get(`customers/${encodeURIComponent(id)}/payment-methods`, { limit: SHOWN });
  if (!data.length) return none("None is saved. A payment may bring one along.");
  return table(["Method", "Status", "", ""],
    data.map((row) => [card(row), state(row.status), row.default ? h("span", { class: "tag" }, "– default") : "",
    row.status === "active" && may("payments:write") ? forget(row, again) : ""]));
}

/** What is owed, per currency. */
export async function owedBy(id) {
  const { owed } = await get(`customers/${encodeURIComponent(id)}/statement`, { limit: 1 });
  const open = owed.filter((each) => each.amount);
  if (!open.length) return none("Nothing is owed.");
  return h("p", { class: "sums" }, ...open.map(({ currency, amount: value }) => h("a",
    { href: to("ledger", "accounts", `assets:receivable:${id}`, { currency }) }, amount(value, currency))));
}

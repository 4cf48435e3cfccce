// One invoice: its lines and sums, what was paid, what was credited, and the mails about it.
import { h, none, short } from "../elements.js";
import { get } from "../api.js";
import { amount } from "../amounts.js";
import { postingsPanel } from "../booked.js";
import { invoiceActions } from "../invoice_actions.js";
import { lineTable, nameOf } from "../invoice_tables.js";
import { one } from "../one.js";
import { panel } from "../panel.js";
import { to } from "../router.js";
import { state } from "../states.js";
import { table } from "../table.js";
import { day, when } from "../times.js";

async function lines(id) {
  const invoice = await get(`invoices/${id}`);
  const { currency } = invoice;
  const sums = [["Subtotal", invoice.subtotal], ["Discount", -invoice.discount], ["Tax", invoice.tax], ["Total", invoice.total],
    ["From the wallet", -invoice.amount_from_wallet],
    ["Credited", -invoice.amount_credited], ["Paid", -invoice.amount_paid], ["Left to pay", invoice.amount_remaining]];
  const shown = sums.filter(([name, value]) => value || ["Total", "Left to pay"].includes(name));
  return h("div", {}, lineTable(invoice.lines, currency), invoice.lines_has_more && none("The first 100 lines; the PDF has them all."),
    h("dl", { class: "facts totals" }, ...shown.flatMap(([name, value]) => [h("dt", {}, name),
      h("dd", { class: "numeric" }, amount(value, currency))])));
}

async function paid(row) {
  const { payments } = await get(`invoices/${row.id}`);
  if (!payments.length) return none("Nothing was paid yet.");
  const each = await Promise.all(payments.map((id) => get(`payments/${id}`)));
  return table(["Payment", ">Amount", "Status"], each.map((payment) => [
    h("a", { href: to("payments", payment.id) }, short(payment.id)), amount(payment.amount, payment.currency), state(payment.status)]));
}

async function credited(id) {
  const { data } = await get("credit-notes", { invoice: id, limit: 50 });
  if (!data.length) return none("Nothing was credited.");
  return table(["Credit note", ">Total", "Status"], data.map((note) => [
    h("a", { href: to("billing", "credit-notes", note.id) }, note.number), amount(note.total, note.currency), state(note.status)]));
}

export const show = (page) => one(page, {
  path: "invoices", object: "invoice", back: { href: "#/billing/invoices", title: "Invoices" }, title: (row) => `Invoice ${nameOf(row)}`,
  actions: invoiceActions,
  banner: (row) => row.last_payment_error && row.status === "open" && h("p", { class: "banner bad" }, `✕ ${row.last_payment_error.detail}`),
  panels: (row, about) => [
    panel("Lines", page, () => lines(row.id), { moves: about }), panel("Payments", page, () => paid(row), { moves: about }),
    panel("Credit notes", page, () => credited(row.id), { moves: about }),
    postingsPanel(page, "invoice", row.id, about),
  ],
  known: (row) => [
    ["Customer", h("a", { href: to("customers", row.customer_id) }, row.customer_id)],
    ["Subscription", row.subscription && h("a", { href: to("billing", "subscriptions", row.subscription) }, row.subscription)],
    ["Period", row.period?.start && h("span", {}, day(row.period.start), " – ", day(row.period.end))], ["Why", row.billing_reason],
    ["Due", row.due_date && day(row.due_date)],
    ["Next try", row.next_payment_attempt && when(row.next_payment_attempt)], ["Tries", String(row.attempt_count)],
    ["Finalised", row.finalized_at && when(row.finalized_at)],
    ["Paid", row.paid_at && when(row.paid_at)], ["Voided", row.voided_at && when(row.voided_at)],
  ],
});

// All invoices, and how old what is owed has become.
import { h } from "../elements.js";
import { rows } from "../api.js";
import { BILLING } from "../billing_parts.js";
import { amountColumn, currencyColumn, customerColumn, dayColumn, statusColumn, timeColumn } from "../columns.js";
import { nameOf } from "../invoice_tables.js";
import { list } from "../list.js";
import { money } from "../money.js";
import { panel } from "../panel.js";
import { parts } from "../parts.js";
import { heading, to } from "../router.js";

const COLUMNS = [
  { title: "Invoice", cell: nameOf, text: nameOf }, customerColumn, statusColumn, amountColumn("Total", "total"),
  amountColumn("Left", "amount_remaining"), currencyColumn,
  dayColumn("Due", "due_date"), timeColumn("Finalised", "finalized_at"), timeColumn("Paid", "paid_at"),
];
const AGES = [[0, "not due"], [30, "1–30 days"], [60, "31–60 days"], [90, "61–90 days"], [Infinity, "over 90 days"]];
const DAY_MS = 86_400_000;

const ageOf = ({ due_date: due, finalized_at: made }) => {
  const days = (Date.now() - Date.parse(due ?? made)) / DAY_MS;
  return AGES.find(([until]) => days <= until)[1];
};

/** What is owed, by how long it has been: each currency by itself. */
async function ageing() {
  const { data, cut } = await rows("invoices", { status: "open" });
  if (!data.length) return h("p", { class: "muted" }, "Nobody owes anything.");
  const sums = new Map();
  for (const row of data) {
    const of = sums.get(row.currency) ?? new Map();
    of.set(ageOf(row), (of.get(ageOf(row)) ?? 0n) + BigInt(row.amount_remaining));
    sums.set(row.currency, of);
  }
  return h("div", { class: "wide" }, h("table", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Currency"),
      ...AGES.map(([, words]) => h("th", { scope: "col", class: "numeric" }, words)))),
    h("tbody", {}, ...[...sums].map(([currency, of]) => h("tr", {}, h("th", { scope: "row" }, currency),
      ...AGES.map(([, words]) => h("td", { class: "numeric" }, of.has(words) ? money(of.get(words), currency) : "–"))))),
  ), cut && h("p", { class: "muted" }, "Of the newest 1,000 that are open."));
}

export async function show(page) {
  const invoices = list(page, {
    path: "invoices", object: "invoice", name: "invoice", columns: COLUMNS, href: (row) => to("billing", "invoices", row.id),
    tabs: [["open", "Open"], ["draft", "Drafts"], ["paid", "Paid"], ["uncollectible", "Uncollectible"], ["void", "Void"]],
    filters: [{ name: "customer_id", title: "Customer" }], empty: "No invoice yet. Subscriptions make them, or POST /api/v1/invoices.",
  });
  await invoices.ready;
  const owed = panel("Owed, by age", page, ageing, { moves: (event) => event.data?.object === "invoice" });
  return h("div", {}, heading("Invoices"), parts("Billing", BILLING, "billing/invoices"), owed, invoices);
}

// Invoices and their lines as tables.
import { amount } from "./amounts.js";
import { h } from "./elements.js";
import { to } from "./router.js";
import { state } from "./states.js";
import { day } from "./times.js";

export const nameOf = (invoice) => invoice.number ?? "Draft";

const head = (...titles) => h("thead", {}, h("tr", {},
  ...titles.map((title) => h("th", { scope: "col", class: title.startsWith(">") ? "numeric" : null }, title.replace(">", "")))));

export const invoiceTable = (invoices) => h("div", { class: "wide" }, h("table", {}, head("Invoice", ">Total", ">Left", "Status", "Of"),
  h("tbody", {}, ...invoices.map((row) => h("tr", {},
    h("td", {}, h("a", { href: to("billing", "invoices", row.id) }, nameOf(row))),
    h("td", { class: "numeric" }, amount(row.total, row.currency)),
    h("td", { class: "numeric" }, row.amount_remaining ? amount(row.amount_remaining, row.currency) : ""), h("td", {}, state(row.status)),
    h("td", {}, day(row.finalized_at ?? row.created_at)))))));

const period = ({ start, end } = {}) => (start ? h("small", { class: "faint" }, day(start), " – ", day(end)) : null);

export const lineTable = (lines, currency) => h("div", { class: "wide" }, h("table", {}, head("Line", ">Quantity", ">Each", ">Amount"),
  h("tbody", {}, ...lines.map((line) => h("tr", {},
    h("td", {}, line.description, " ", period(line.period)), h("td", { class: "numeric" }, line.quantity),
    h("td", { class: "numeric" }, line.unit_amount === null ? "" : amount(line.unit_amount, currency)),
    h("td", { class: "numeric" }, amount(line.amount, currency)))))));

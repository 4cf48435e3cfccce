// All credit notes.
import { h } from "../elements.js";
import { BILLING } from "../billing_parts.js";
import { amountColumn, currencyColumn, customerColumn, statusColumn, textColumn, timeColumn } from "../columns.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { heading, to } from "../router.js";

const COLUMNS = [
  textColumn("Credit note", (row) => row.number ?? row.id), customerColumn, statusColumn, amountColumn("Total", "total"), currencyColumn,
  amountColumn("To the card", "refund_amount"), amountColumn("To the wallet", "wallet_amount"),
  textColumn("Reason", (row) => row.reason ?? ""), timeColumn("Issued", "created_at"),
];

export async function show(page) {
  const notes = list(page, {
    path: "credit-notes", object: "credit_note", name: "credit note", columns: COLUMNS,
    href: (row) => to("billing", "credit-notes", row.id),
    tabs: [["issued", "Issued"], ["void", "Void"]], filters: [{ name: "customer_id", title: "Customer" }],
    empty: "Nothing was credited yet. An invoice's page issues a note.",
  });
  await notes.ready;
  return h("div", {}, heading("Credit notes"), parts("Billing", BILLING, "billing/credit-notes"), notes);
}

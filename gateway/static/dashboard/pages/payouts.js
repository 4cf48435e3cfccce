// Payouts from the provider to the bank, and withdrawals from wallets.
import { h } from "../elements.js";
import { amountColumn, currencyColumn, customerColumn, dayColumn, idColumn, statusColumn, textColumn, timeColumn } from "../columns.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { PAYOUTS } from "../payout_parts.js";
import { heading, to } from "../router.js";
import { words } from "../states.js";

const COLUMNS = [
  idColumn("Payout"), textColumn("For", (row) => words(row.purpose)), amountColumn("Amount", "amount"), currencyColumn, statusColumn,
  customerColumn,
  dayColumn("Arrives", "arrival_date"), textColumn("Reconciled", (row) => words(row.reconciliation_status)),
  textColumn("Provider", "provider"), timeColumn("Made", "created_at"),
];

export async function show(page) {
  const payouts = list(page, {
    path: "payouts", object: "payout", name: "payout", columns: COLUMNS, href: (row) => to("payouts", row.id),
    tabs: [["pending", "Pending"], ["in_transit", "On its way"], ["paid", "Paid"], ["failed", "Failed"], ["canceled", "Canceled"]],
    filters: [{ name: "customer_id", title: "Customer" }], empty: "No payout yet. The provider pays out what has become free.",
  });
  await payouts.ready;
  return h("div", {}, heading("Payouts"), parts("Payouts and reconciliation", PAYOUTS, "payouts"), payouts);
}

// What the provider has booked of us.
import { h } from "../elements.js";
import { amountColumn, currencyColumn, idColumn, statusColumn, textColumn, timeColumn } from "../columns.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { PAYOUTS } from "../payout_parts.js";
import { heading, to } from "../router.js";
import { words } from "../states.js";

const COLUMNS = [
  idColumn("Booking"), textColumn("What", (row) => words(row.category)), amountColumn("Gross", "amount"), amountColumn("Fee", "fee"),
  amountColumn("Net", "net"), currencyColumn, statusColumn,
  timeColumn("Free from", "available_on"), textColumn("Source", (row) => row.source?.id ?? row.provider_source ?? ""),
  { title: "Payout", cell: (row) => (row.payout ? h("a", { href: to("payouts", row.payout) }, row.payout) : ""),
    text: (row) => row.payout ?? "" },
];

export async function show(page) {
  const booked = list(page, { path: "balance-transactions", name: "booking", columns: COLUMNS,
    tabs: [["pending", "Not free yet"], ["available", "Free"]], filters: [{ name: "payout", title: "Payout" }],
    empty: "The provider has booked nothing yet." });
  await booked.ready;
  return h("div", {}, heading("At the provider"), parts("Payouts and reconciliation", PAYOUTS, "payouts/balance"), booked);
}

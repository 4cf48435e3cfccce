// All transactions, the newest recorded first.
import { h } from "../elements.js";
import { idColumn, statusColumn, textColumn, timeColumn } from "../columns.js";
import { LEDGER } from "../ledger_parts.js";
import { postByHand } from "../ledger_actions.js";
import { sourceLink } from "../links.js";
import { list } from "../list.js";
import { money } from "../money.js";
import { parts } from "../parts.js";
import { postingName } from "../posting_names.js";
import { heading, to } from "../router.js";

/** What it moved: its debits, per currency. */
function moved({ entries }) {
  const sums = new Map();
  for (const { side, amount, currency } of entries) if (side === "debit") sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(amount));
  return [...sums].map(([currency, sum]) => money(sum, currency)).join(" + ");
}

const COLUMNS = [
  { title: "What", cell: postingName, text: postingName }, { title: "Moved", numeric: true, cell: moved, text: moved }, statusColumn,
  { title: "Source", cell: (row) => sourceLink(row.source), text: (row) => `${row.source.type} ${row.source.id} ${row.source.kind}` },
  textColumn("Accounts", (row) => row.entries.map((each) => each.account).join(", ")), textColumn("Flags", (row) => row.flags.join(", ")),
  timeColumn("True at", "effective_at"), timeColumn("Recorded", "recorded_at"), idColumn("Transaction"),
];

export async function show(page) {
  const found = list(page, {
    path: "ledger/transactions", object: "ledger_transaction", name: "transaction", columns: COLUMNS,
    href: (row) => to("ledger", "transactions", row.id),
    tabs: [["posted", "Posted"], ["pending", "Waiting"], ["voided", "Void"], ["expired", "Expired"]],
    filters: [{ name: "account", title: "Account" }, { name: "source_type", title: "Source's kind" },
      { name: "source_id", title: "Source's id" }, { name: "reference", title: "Reference" }],
    empty: "Nothing is booked yet. Payments, invoices and payouts post by themselves.",
  });
  await found.ready;
  return h("div", {}, heading("Transactions", { actions: postByHand() }), parts("Ledger", LEDGER, "ledger/transactions"), found);
}

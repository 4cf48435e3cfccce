// The entries of one account as they run, each with the balance after it.
import { amountColumn, textColumn, timeColumn } from "./columns.js";
import { sourceLink } from "./links.js";
import { list } from "./list.js";
import { figure, majorOf } from "./money.js";
import { postingName } from "./posting_names.js";
import { to } from "./router.js";

const sideColumn = (title, side) => ({
  title, numeric: true,
  cell: (row) => (row.side === side ? figure(row.amount, row.currency) : ""),
  text: (row) => (row.side === side ? majorOf(row.amount, row.currency) : ""),
});

const COLUMNS = [
  { title: "Posted for", cell: postingName, text: (row) => `${row.source.type} ${row.source.kind}` },
  { title: "Source", cell: (row) => sourceLink(row.source), text: (row) => row.source.id },
  sideColumn("Debit", "debit"), sideColumn("Credit", "credit"), amountColumn("Balance after", "balance_after"),
  timeColumn("True at", "effective_at"), timeColumn("Recorded", "recorded_at"),
  textColumn("No.", (row) => String(row.account_version), true),
];

/** An event's transaction as the entries of this account that it has. */
const entriesOf = (path, currency) => ({ type, data }) => (type !== "ledger.transaction.posted" ? []
  : data.entries.filter((each) => each.account === path && each.currency === currency)
    .map((each) => ({ ...each, transaction: data.id, source: data.source, effective_at: data.effective_at,
      recorded_at: data.recorded_at })));

export const entryList = (page, path, currency) => list(page, {
  path: `ledger/accounts/${path}/entries`, fixed: { currency }, name: "posting", columns: COLUMNS, takes: entriesOf(path, currency),
  href: (row) => to("ledger", "transactions", row.transaction), empty: `Nothing is booked on it in ${currency}.`,
});

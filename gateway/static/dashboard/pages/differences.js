// Where the provider, the payments and the books do not say the same.
import { h } from "../elements.js";
import { amountColumn, currencyColumn, idColumn, statusColumn, textColumn } from "../columns.js";
import { list } from "../list.js";
import { act } from "../one.js";
import { parts } from "../parts.js";
import { PAYOUTS } from "../payout_parts.js";
import { heading, to } from "../router.js";
import { openSheet } from "../sheet.js";
import { words } from "../states.js";
import { lasting } from "../times.js";
import { may } from "../who.js";

const COLUMNS = [
  idColumn("Difference"), textColumn("Class", (row) => words(row.class)), statusColumn, amountColumn("Amount", "amount"), currencyColumn,
  textColumn("Age", (row) => lasting(row.age_seconds), true), textColumn("Payment", "payment"),
  textColumn("Provider", (row) => `${row.provider} ${row.provider_reference ?? ""}`),
];

const run = () => openSheet({
  title: "Compare everything now", rehearsed: false, intro: "Each side is asked and compared. Nothing is changed by looking.",
  label: () => "Compare now", request: () => ({ method: "POST", path: "reconciliation/run", body: {} }),
});

export async function show(page) {
  const differences = list(page, {
    path: "reconciliation", object: "difference", name: "difference", columns: COLUMNS, href: (row) => to("payouts", "differences", row.id),
    tabs: [["open", "Open"], ["resolved", "Resolved"], ["corrected", "Corrected"], ["dismissed", "Dismissed"]],
    empty: "✓ No difference: the provider, the payments and the books say the same.",
  });
  await differences.ready;
  const actions = may("ledger:write") ? [act("Compare now…", run, "")] : [];
  return h("div", {}, heading("Differences", { actions }), parts("Payouts and reconciliation", PAYOUTS, "payouts/differences"),
    differences);
}

// All disputes.
import { h } from "../elements.js";
import { amountColumn, currencyColumn, customerColumn, idColumn, statusColumn, textColumn, timeColumn } from "../columns.js";
import { linkColumn } from "../links.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { PAYMENTS } from "../payment_parts.js";
import { heading, to } from "../router.js";
import { words } from "../states.js";
import { when } from "../times.js";

const waits = (row) => row.status.endsWith("needs_response");

const COLUMNS = [
  idColumn("Dispute"), amountColumn("Amount", "amount"), currencyColumn, statusColumn, textColumn("Reason", (row) => words(row.reason)),
  { title: "Answer until", cell: (row) => (waits(row) ? when(row.evidence_details.due_by) : ""),
    text: (row) => row.evidence_details.due_by ?? "" },
  linkColumn("Payment", "payment", "payment"), customerColumn, timeColumn("Since", "created_at"),
];

export async function show(page) {
  const disputes = list(page, {
    path: "disputes", object: "dispute", name: "dispute", columns: COLUMNS, href: (row) => to("disputes", row.id),
    tabs: [["needs_response,warning_needs_response", "Want an answer"], ["under_review,warning_under_review", "Under review"],
      ["won", "Won"], ["lost", "Lost"], ["warning_closed,prevented", "Over"]],
    filters: [{ name: "customer_id", title: "Customer" }, { name: "payment", title: "Payment" }],
    empty: "No dispute yet. In a test, a payment with pm_card_createDispute makes one.",
  });
  await disputes.ready;
  return h("div", {}, heading("Disputes"), parts("Payments", PAYMENTS, "disputes"), disputes);
}

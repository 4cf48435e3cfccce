// All refunds.
import { h } from "../elements.js";
import { amountColumn, currencyColumn, customerColumn, idColumn, statusColumn, textColumn, timeColumn } from "../columns.js";
import { linkColumn } from "../links.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { PAYMENTS } from "../payment_parts.js";
import { heading, to } from "../router.js";
import { words } from "../states.js";

const COLUMNS = [
  idColumn("Refund"), amountColumn("Amount", "amount"), currencyColumn, statusColumn, linkColumn("Payment", "payment", "payment"),
  customerColumn, textColumn("Reason", (row) => (row.reason ? words(row.reason) : "")), timeColumn("Made", "created_at"),
];

export async function show(page) {
  const refunds = list(page, {
    path: "refunds", object: "refund", name: "refund", columns: COLUMNS, href: (row) => to("refunds", row.id),
    tabs: [["pending,requires_action", "On their way"], ["succeeded", "Succeeded"], ["failed", "Failed"], ["canceled", "Canceled"]],
    filters: [{ name: "customer_id", title: "Customer" }, { name: "payment", title: "Payment" }],
    empty: "Nothing was given back yet. A payment's page does it.",
  });
  await refunds.ready;
  return h("div", {}, heading("Refunds"), parts("Payments", PAYMENTS, "refunds"), refunds);
}

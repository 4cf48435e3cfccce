// All holds on wallets.
import { h } from "../elements.js";
import { amountColumn, currencyColumn, customerColumn, idColumn, statusColumn, textColumn, timeColumn } from "../columns.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { heading, to } from "../router.js";
import { words } from "../states.js";
import { CUSTOMERS } from "../wallet_parts.js";

const COLUMNS = [
  idColumn("Hold"), customerColumn, amountColumn("Amount", "amount"), amountColumn("Confirmed", "amount_confirmed"), currencyColumn,
  statusColumn,
  textColumn("For", (row) => words(row.destination.type)), timeColumn("Expires", "expires_at"), timeColumn("Made", "created_at"),
];

export async function show(page) {
  const holds = list(page, {
    path: "holds", object: "hold", name: "hold", columns: COLUMNS, href: (row) => to("holds", row.id),
    tabs: [["open", "Open"], ["confirmed", "Confirmed"], ["voided", "Void"], ["expired", "Expired"]],
    filters: [{ name: "customer_id", title: "Customer" }], empty: "Nothing is held. A customer's page sets money of their wallet aside.",
  });
  await holds.ready;
  return h("div", {}, heading("Holds"), parts("Customers", CUSTOMERS, "holds"), holds);
}

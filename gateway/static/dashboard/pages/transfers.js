// All transfers from wallet to wallet.
import { h } from "../elements.js";
import { amountColumn, currencyColumn, idColumn, statusColumn, textColumn, timeColumn } from "../columns.js";
import { linkColumn } from "../links.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { heading, to } from "../router.js";
import { CUSTOMERS } from "../wallet_parts.js";

const COLUMNS = [
  idColumn("Transfer"), linkColumn("From", "customer", "from_customer"), linkColumn("To", "customer", "to_customer"),
  amountColumn("Amount", "amount"), amountColumn("Fee", "fee"), currencyColumn, statusColumn, textColumn("Description", "description"),
  timeColumn("Made", "created_at"),
];

export async function show(page) {
  const transfers = list(page, {
    path: "transfers", object: "transfer", name: "transfer", columns: COLUMNS, href: (row) => to("transfers", row.id),
    tabs: [["succeeded", "Succeeded"], ["reversed", "Reversed"]],
    filters: [{ name: "customer_id", title: "Customer" }],
    empty: "No transfer yet. A customer's page moves money of their wallet to another.",
  });
  await transfers.ready;
  return h("div", {}, heading("Transfers"), parts("Customers", CUSTOMERS, "transfers"), transfers);
}

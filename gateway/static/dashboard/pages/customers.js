// All customers, the newest first.
import { h } from "../elements.js";
import { get } from "../api.js";
import { textColumn, timeColumn } from "../columns.js";
import { linkColumn } from "../links.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { heading, to } from "../router.js";
import { CUSTOMERS } from "../wallet_parts.js";
import { openNewCustomer } from "../customer_actions.js";

const standing = (row) => (row.erased_at ? "erased" : row.delinquent ? "owes" : row.implicit ? "id alone" : "");

const COLUMNS = [
  { title: "Customer", cell: (row) => row.id }, textColumn("Name", "name"), textColumn("Email", "email"),
  textColumn("Country", (row) => row.address?.country ?? ""),
  { title: "Standing", cell: (row) => (standing(row) ? h("span", { class: `tag ${row.delinquent ? "warn" : ""}` },
    `${row.delinquent ? "▲" : "–"} ${standing(row)}`) : ""), text: standing },
  textColumn("Pays with", "default_payment_method"),
  linkColumn("Test clock", "test_clock", "test_clock"),
  timeColumn("Since", "created_at"),
];

export async function show(page) {
  const customers = list(page, {
    path: "customers", object: "customer", name: "customer", columns: COLUMNS,
    whole: (row) => get(`customers/${encodeURIComponent(row.id)}`), href: (row) => to("customers", row.id),
    filters: [{ name: "test_clock", title: "Test clock" }],
    empty: h("p", {}, "No customer yet. One exists from the first time its id is used, in a payment or a subscription; ",
      h("code", {}, "pocketpay demo"), " makes thirty."),
  });
  await customers.ready;
  return h("div", {}, heading("Customers", { actions: openNewCustomer() }), parts("Customers", CUSTOMERS, "customers"), customers);
}

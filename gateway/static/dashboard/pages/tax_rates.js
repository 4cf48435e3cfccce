// Tax rates.
import { h } from "../elements.js";
import { BILLING } from "../billing_parts.js";
import { textColumn, timeColumn } from "../columns.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { heading, to } from "../router.js";
import { state } from "../states.js";

const COLUMNS = [
  textColumn("Tax", "display_name"), textColumn("Rate", (row) => `${row.percentage} %`, true),
  textColumn("In the price", (row) => (row.inclusive ? "inclusive" : "exclusive")),
  textColumn("Where", (row) => [row.jurisdiction, row.state].filter(Boolean).join(" ")), textColumn("Kind", (row) => row.tax_type),
  textColumn("Reverse charge", (row) => (row.reverse_charge ? "yes" : "")),
  { title: "Status", cell: (row) => state(row.active ? "active" : "archived"), text: (row) => String(row.active) },
  timeColumn("Made", "created_at"),
];

export async function show(page) {
  const rates = list(page, {
    path: "tax-rates", object: "tax_rate", name: "tax rate", columns: COLUMNS, href: (row) => to("billing", "tax-rates", row.id),
    tabs: [["true", "In use"], ["false", "Archived"]], tabsOf: "active",
    empty: "No tax rate yet: POST /api/v1/tax-rates makes one.",
  });
  await rates.ready;
  return h("div", {}, heading("Taxes"), parts("Billing", BILLING, "billing/tax-rates"), rates);
}

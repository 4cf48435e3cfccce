// Test clocks: years pass in seconds for the customers attached to one.
import { h } from "../elements.js";
import { BILLING } from "../billing_parts.js";
import { idColumn, statusColumn, textColumn, timeColumn } from "../columns.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { heading, to } from "../router.js";

const COLUMNS = [idColumn("Clock"), textColumn("Name", "name"), statusColumn, timeColumn("Now", "now"),
  timeColumn("On its way to", "target"), textColumn("Customers", (row) => row.customers.join(", ")), timeColumn("Made", "created_at")];

export async function show(page) {
  const clocks = list(page, { path: "test-clocks", object: "test_clock", name: "clock", columns: COLUMNS,
    href: (row) => to("billing", "clocks", row.id), empty: "No test clock yet: POST /api/v1/test-clocks makes one." });
  await clocks.ready;
  return h("div", {}, heading("Test clocks"), parts("Billing", BILLING, "billing/clocks"), clocks);
}

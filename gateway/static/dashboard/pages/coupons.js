// Coupons.
import { h } from "../elements.js";
import { BILLING } from "../billing_parts.js";
import { dayColumn, idColumn, textColumn, timeColumn } from "../columns.js";
import { list } from "../list.js";
import { money } from "../money.js";
import { parts } from "../parts.js";
import { heading, to } from "../router.js";
import { state } from "../states.js";

export const takesOff = (row) => (row.percent_off ? `${row.percent_off} %` : money(row.amount_off, row.currency));

const COLUMNS = [
  idColumn("Coupon"), textColumn("Name", "name"), { title: "Takes off", numeric: true, cell: takesOff },
  textColumn("For", (row) => (row.duration === "repeating" ? `${row.duration_in_months} months` : row.duration)),
  { title: "Status", cell: (row) => state(row.valid ? "active" : "archived", row.valid ? "Valid" : "Not valid"),
    text: (row) => String(row.valid) },
  textColumn("Used", (row) => `${row.times_redeemed}${row.max_redemptions ? ` of ${row.max_redemptions}` : ""}`, true),
  dayColumn("Until", "redeem_by"), timeColumn("Made", "created_at"),
];

export async function show(page) {
  const coupons = list(page, { path: "coupons", object: "coupon", name: "coupon", columns: COLUMNS,
    href: (row) => to("billing", "coupons", row.id), empty: "No coupon yet: POST /api/v1/coupons makes one." });
  await coupons.ready;
  return h("div", {}, heading("Coupons"), parts("Billing", BILLING, "billing/coupons"), coupons);
}

// One coupon.
import { one } from "../one.js";
import { day, when } from "../times.js";
import { takesOff } from "./coupons.js";

export const show = (page) => one(page, {
  path: "coupons", object: "coupon", back: { href: "#/billing/coupons", title: "Coupons" }, title: (row) => row.name ?? row.id,
  known: (row) => [["Takes off", takesOff(row)], ["For", row.duration],
    ["Months", row.duration_in_months && String(row.duration_in_months)], ["Valid", row.valid ? "yes" : "no"],
    ["Used", String(row.times_redeemed)], ["At most", row.max_redemptions && String(row.max_redemptions)],
    ["Until", row.redeem_by && day(row.redeem_by)],
    ["Products", row.applies_to.products.join(", ")], ["Made", when(row.created_at)]],
});

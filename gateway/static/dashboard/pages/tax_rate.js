// One tax rate.
import { one } from "../one.js";
import { when } from "../times.js";

export const show = (page) => one(page, {
  path: "tax-rates", object: "tax_rate", back: { href: "#/billing/tax-rates", title: "Taxes" },
  title: (row) => `${row.display_name} ${row.percentage} %`,
  known: (row) => [["Rate", `${row.percentage} %`], ["In the price", row.inclusive ? "inclusive" : "exclusive"], ["Country", row.country],
    ["State", row.state], ["Jurisdiction", row.jurisdiction],
    ["Kind", row.tax_type], ["Reverse charge", row.reverse_charge ? "yes" : null], ["In use", row.active ? "yes" : "archived"],
    ["Made", when(row.created_at)]],
});

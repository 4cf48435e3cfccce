// One price; it never changes once it is used.
import { h } from "../elements.js";
import { one } from "../one.js";
import { priceWords, tierTable } from "../prices.js";
import { to } from "../router.js";
import { when } from "../times.js";

export const show = (page) => one(page, {
  path: "prices", object: "price", back: { href: "#/billing/products", title: "Catalogue" }, title: priceWords,
  known: (row) => [
    ["Product", h("a", { href: to("billing", "products", row.product) }, row.product)], ["In use", row.active ? "yes" : "archived"],
    ["Name", row.nickname], ["Look-up key", row.lookup_key],
    ["Tiers", tierTable(row)], ["Tax", row.tax_behavior], ["Aggregated by", row.recurring?.aggregate_usage], ["Made", when(row.created_at)],
  ],
});

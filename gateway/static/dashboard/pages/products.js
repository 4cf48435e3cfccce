// The catalogue: products, and the prices that are in use.
import { h } from "../elements.js";
import { BILLING } from "../billing_parts.js";
import { idColumn, textColumn, timeColumn } from "../columns.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { priceWords } from "../prices.js";
import { heading, to } from "../router.js";
import { state } from "../states.js";

const inUse = { title: "Status", cell: (row) => state(row.active ? "active" : "archived"),
  text: (row) => (row.active ? "active" : "archived") };
const PRODUCTS = [textColumn("Product", "name"), inUse, textColumn("Unit", "unit_label"), textColumn("Description", "description"),
  timeColumn("Made", "created_at")];
const PRICES = [idColumn("Price"), { title: "Says", cell: priceWords }, inUse,
  { title: "Name", cell: (row) => row.nickname ?? row.lookup_key ?? "" },
  { title: "Product", cell: (row) => h("a", { href: to("billing", "products", row.product) }, row.product) },
  timeColumn("Made", "created_at")];

export async function show(page) {
  const active = { tabs: [["true", "In use"], ["false", "Archived"]], tabsOf: "active" };
  const products = list(page, { path: "products", object: "product", name: "product", columns: PRODUCTS, ...active,
    href: (row) => to("billing", "products", row.id), empty: "No product yet: POST /api/v1/products makes one." });
  const prices = list(page, { path: "prices", object: "price", name: "price", columns: PRICES, tabsOf: "active",
    href: (row) => to("billing", "prices", row.id), empty: "No price yet." });
  await Promise.all([products.ready, prices.ready]);
  return h("div", {}, heading("Catalogue"), parts("Billing", BILLING, "billing/products"), products, h("h2", {}, "Prices"), prices);
}

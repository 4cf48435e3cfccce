// One product and its prices.
import { h } from "../elements.js";
import { get } from "../api.js";
import { one } from "../one.js";
import { panel } from "../panel.js";
import { priceWords } from "../prices.js";
import { to } from "../router.js";
import { state } from "../states.js";
import { when } from "../times.js";

async function prices(id) {
  const { data } = await get("prices", { product: id, limit: 100 });
  if (!data.length) return h("p", { class: "muted" }, "It has no price yet.");
  return h("table", {}, h("tbody", {}, ...data.map((price) => h("tr", {},
    h("td", {}, h("a", { href: to("billing", "prices", price.id) }, priceWords(price))),
    h("td", {}, price.nickname ?? price.lookup_key ?? ""), h("td", {}, state(price.active ? "active" : "archived"))))));
}

export const show = (page) => one(page, {
  path: "products", object: "product", back: { href: "#/billing/products", title: "Catalogue" }, title: (row) => row.name,
  panels: (row, about) => [panel("Prices", page, () => prices(row.id), { moves: about })],
  known: (row) => [["In use", row.active ? "yes" : "archived"], ["Description", row.description], ["Unit", row.unit_label],
    ["Tax code", row.tax_code], ["Made", when(row.created_at)]],
});

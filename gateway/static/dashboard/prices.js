// What a price says, in words.
import { h } from "./elements.js";
import { money } from "./money.js";

const every = ({ interval, interval_count: count }) => (count === 1 ? `each ${interval}` : `each ${count} ${interval}s`);

function figure(price) {
  if (price.billing_scheme === "tiered") return `${price.tiers_mode}, ${price.tiers.length} tiers, ${price.currency}`;
  const unit = money(price.unit_amount ?? 0, price.currency);
  if (price.transform_quantity) return `${unit} per ${price.transform_quantity.divide_by}`;
  return price.billing_scheme === "flat" ? `${unit} flat` : unit;
}

export const priceWords = (price) => [figure(price), price.recurring && every(price.recurring),
  price.recurring?.usage_type === "metered" && "metered"].filter(Boolean).join(", ");

const bound = (tier) => (tier.up_to === null ? "and above" : `up to ${tier.up_to}`);

export const tierTable = (price) => price.tiers && h("table", {}, h("tbody", {},
  ...price.tiers.map((tier) => h("tr", {}, h("td", {}, bound(tier)),
  h("td", { class: "numeric" }, money(tier.unit_amount ?? 0, price.currency)),
  h("td", { class: "numeric" }, tier.flat_amount ? `+ ${money(tier.flat_amount, price.currency)}` : "")))));

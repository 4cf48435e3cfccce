// Links to what a resource names; nothing where it names none.
import { h } from "./elements.js";
import { pageOfResource } from "./places.js";
import { to } from "./router.js";

export const linkTo = (object, id, shown = id) => id && h("a", { href: pageOfResource(object, id) }, shown);

export const customerLink = (id) => linkTo("customer", id);

/** The account of a customer, and what is on it. */
export const accountLink = (path, currency, shown = path) => h("a", { href: to("ledger", "accounts", path, { currency }) }, shown);

/** Where the money of a payment, refund, dispute or hold belongs. */
export function destinationWords({ type, customer_id: customer, invoice, payout }) {
  if (type === "wallet") return h("span", {}, "the wallet of ", customerLink(customer));
  if (type === "invoice") return h("span", {}, "invoice ", linkTo("invoice", invoice));
  if (type === "withdrawal") return h("span", {}, "withdrawal ", linkTo("payout", payout));
  return type;
}

// Links to what a resource names; nothing where it names none.
import { h } from "./elements.js";
import { pageOfResource } from "./places.js";

/** In words alone, where the resource has no page. */
export const linkTo = (object, id, shown = id) => {
  const href = id && pageOfResource(object, id);
  return href ? h("a", { href }, shown) : id && shown;
};

/** A column of `row[name]`, an id of such an object. */
export const linkColumn = (title, object, name) => ({ title, cell: (row) => linkTo(object, row[name]) ?? "",
  text: (row) => row[name] ?? "" });

export const customerLink = (id) => linkTo("customer", id);

/** What something was posted for; revenue and conversions have no page of their own. */
export function sourceLink({ type, id }) {
  if (type === "manual") return "by hand";
  return pageOfResource(type, id) ? linkTo(type, id) : type;
}

/** Where the money of a payment, refund, dispute or hold belongs. */
export function destinationWords({ type, customer_id: customer, invoice, payout }) {
  if (type === "wallet") return h("span", {}, "the wallet of ", customerLink(customer));
  if (type === "invoice") return h("span", {}, "invoice ", linkTo("invoice", invoice));
  if (type === "withdrawal") return h("span", {}, "withdrawal ", linkTo("payout", payout));
  return type;
}

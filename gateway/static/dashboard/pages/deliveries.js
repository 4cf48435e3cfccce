// All deliveries of webhooks.
import { h } from "../elements.js";
import { DELIVERY_COLUMNS, DELIVERY_TABS, deliveryHref } from "../deliveries.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { heading } from "../router.js";
import { HOOKS } from "../webhook_sheets.js";

export async function show(page) {
  const deliveries = list(page, {
    path: "webhook-deliveries", object: "webhook_delivery", name: "delivery", columns: DELIVERY_COLUMNS, tabs: DELIVERY_TABS,
    filters: [{ name: "endpoint", title: "Endpoint" }, { name: "event", title: "Event" }], href: deliveryHref,
    empty: "Nothing was delivered yet: there is no endpoint, or nothing that it wants has happened.",
  });
  await deliveries.ready;
  return h("div", {}, heading("Deliveries"), parts("Webhooks and mails", HOOKS, "webhooks/deliveries"), deliveries);
}

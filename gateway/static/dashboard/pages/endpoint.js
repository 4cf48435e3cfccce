// One webhook endpoint and its deliveries.
import { h } from "../elements.js";
import { DELIVERY_COLUMNS, DELIVERY_TABS, deliveryHref } from "../deliveries.js";
import { list } from "../list.js";
import { one } from "../one.js";
import { since, when } from "../times.js";
import { endpointActions } from "../webhook_sheets.js";

export async function show(page) {
  const { id } = page.params;
  const shown = await one(page, {
    path: "webhook-endpoints", object: "webhook_endpoint", back: { href: "#/webhooks", title: "Webhooks" },
    title: (row) => row.url, actions: endpointActions,
    banner: (row) => row.failing_since && h("p", { class: "banner warn" },
      `▲ It has been failing for ${since(row.failing_since)}. Events wait for it and are sent in their order; after five days it is disabled.`),
    known: (row) => [
      ["Types", row.types.join(", ")], ["Description", row.description], ["Rate limit", `${row.rate_limit} a second`],
      ["Given out", String(row.last_sequence)],
      ["All arrived to", String(row.delivered_through)], ["Why disabled", row.disabled_reason],
      ["Disabled", row.disabled_at && when(row.disabled_at)],
      ["Old secret until", row.secret_expires_at && when(row.secret_expires_at)], ["Made", when(row.created_at)],
    ],
  });
  const deliveries = list(page, {
    path: "webhook-deliveries", object: "webhook_delivery", name: "delivery", columns: DELIVERY_COLUMNS, tabs: DELIVERY_TABS,
    fixed: { endpoint: id },
    href: deliveryHref, empty: "Nothing was sent to it yet.",
  });
  await deliveries.ready;
  return h("div", {}, shown, h("h2", {}, "Deliveries"), deliveries);
}

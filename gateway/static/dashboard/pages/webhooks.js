// Webhook endpoints, each with how far it has come.
import { h } from "../elements.js";
import { statusColumn, textColumn, timeColumn } from "../columns.js";
import { list } from "../list.js";
import { act } from "../one.js";
import { parts } from "../parts.js";
import { heading, to } from "../router.js";
import { openSheet } from "../sheet.js";
import { HOOKS, showSecret } from "../webhook_sheets.js";
import { may } from "../who.js";

const COLUMNS = [
  textColumn("Address", "url"),
  statusColumn,
  { title: "Types", cell: (row) => row.types.join(", ") },
  textColumn("Given out", "last_sequence", true),
  textColumn("All arrived to", "delivered_through", true),
  { title: "Waiting", numeric: true, cell: (row) => String(row.last_sequence - row.delivered_through) },
  timeColumn("Failing since", "failing_since"),
];

function create() {
  openSheet({
    title: "New endpoint", rehearsed: false,
    intro: "Each event is sent to it, signed as Standard Webhooks has it, until it answers with 2xx.",
    fields: [
      { name: "url", title: "Address", type: "url", required: true, placeholder: "https://example.com/hook" },
      { name: "types", title: "Types", value: "*", hint: "with commas between; payment.* is all that begins so" },
    ],
    label: () => "Make the endpoint",
    request: ({ url, types }) => (url ? { method: "POST", path: "webhook-endpoints",
      body: { url, types: types.split(",").map((each) => each.trim()).filter(Boolean) } } : "An address is needed."),
    done: showSecret,
  });
}

export async function show(page) {
  const endpoints = list(page, {
    path: "webhook-endpoints", object: "webhook_endpoint", name: "endpoint", columns: COLUMNS,
    href: (row) => to("webhooks", "endpoints", row.id),
    tabs: [["enabled", "Enabled"], ["disabled", "Disabled"]],
    empty: "No endpoint yet. Make one, and each event is sent to it; or try pocketpay listen --forward-to localhost:3000.",
  });
  await endpoints.ready;
  const actions = may("webhooks:write") ? [act("New endpoint…", create, "")] : [];
  return h("div", {}, heading("Webhooks", { actions }), parts("Webhooks and mails", HOOKS, "webhooks"), endpoints);
}

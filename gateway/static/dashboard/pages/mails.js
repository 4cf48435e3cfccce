// Mails as they were sent, or why not.
import { h } from "../elements.js";
import { customerColumn, idColumn, statusColumn, textColumn, timeColumn } from "../columns.js";
import { list } from "../list.js";
import { parts } from "../parts.js";
import { heading, to } from "../router.js";
import { words } from "../states.js";
import { HOOKS } from "../webhook_sheets.js";

const COLUMNS = [
  idColumn("Mail"), { title: "Kind", cell: (row) => words(row.template) }, statusColumn, textColumn("To", "to"),
  textColumn("Subject", "subject"),
  customerColumn, timeColumn("Sent", "sent_at"), textColumn("Error", "error"),
];

export async function show(page) {
  const mails = list(page, {
    path: "mails", object: "mail", name: "mail", columns: COLUMNS, href: (row) => to("webhooks", "mails", row.id),
    tabs: [["sent", "Sent"], ["queued", "Queued"], ["failed", "Failed"], ["bounced", "Bounced"], ["suppressed", "Suppressed"]],
    filters: [{ name: "customer_id", title: "Customer" }],
    empty: "No mail was sent yet. A customer with an email gets receipts and invoices.",
  });
  await mails.ready;
  return h("div", {}, heading("Mails"), parts("Webhooks and mails", HOOKS, "webhooks/mails"), mails);
}

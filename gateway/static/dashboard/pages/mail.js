// One mail.
import { h } from "../elements.js";
import { one } from "../one.js";
import { linkTo } from "../links.js";
import { words } from "../states.js";
import { when } from "../times.js";

const KINDS = { pay: "payment", inv: "invoice", sub: "subscription", dsp: "dispute", we: "webhook_endpoint", ref: "refund",
  cn: "credit_note" };

export const show = (page) => one(page, {
  path: "mails", object: "mail", back: { href: "#/webhooks/mails", title: "Mails" }, title: (row) => row.subject ?? words(row.template),
  banner: (row) => row.error && h("p", { class: "banner bad" }, `✕ ${row.error}`),
  known: (row) => [
    ["Kind", words(row.template)], ["To", row.to], ["Addressee", row.addressee],
    ["About", linkTo(KINDS[row.resource.split("_")[0]], row.resource)],
    ["Because of", row.event_type], ["Sent", row.sent_at && when(row.sent_at)], ["Made", when(row.created_at)],
  ],
});

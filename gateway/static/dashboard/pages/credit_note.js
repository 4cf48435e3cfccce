// One credit note.
import { h } from "../elements.js";
import { amount } from "../amounts.js";
import { act, one } from "../one.js";
import { to } from "../router.js";
import { openSheet } from "../sheet.js";
import { when } from "../times.js";
import { may } from "../who.js";

const voiding = (row) => act("Void…", () => openSheet({
  title: "Void the credit note", danger: true, label: () => "Void it",
  request: () => ({ method: "POST", path: `credit-notes/${row.id}/void`, body: {} }),
}));

export const show = (page) => one(page, {
  path: "credit-notes", object: "credit_note", back: { href: "#/billing/credit-notes", title: "Credit notes" },
  title: (row) => `Credit note ${row.number ?? ""}`,
  actions: (row) => [row.pdf_url && h("a", { class: "button", href: row.pdf_url, target: "_blank", rel: "noopener" }, "PDF"),
    row.status === "issued" && may("billing:write") && voiding(row)],
  known: (row) => [
    ["Invoice", h("a", { href: to("billing", "invoices", row.invoice) }, row.invoice)],
    ["Customer", h("a", { href: to("customers", row.customer_id) }, row.customer_id)],
    ["Total", amount(row.total, row.currency)], ["Of this tax", amount(row.tax, row.currency)],
    ["To the card", amount(row.refund_amount, row.currency)],
    ["To the wallet", amount(row.wallet_amount, row.currency)], ["Outside", amount(row.outside_amount, row.currency)],
    ["Off the invoice", amount(row.invoice_amount, row.currency)],
    ["Refunds", row.refunds.length ? h("span", {}, ...row.refunds.map((id) => h("a", { href: to("refunds", id) }, `${id} `))) : null],
    ["Reason", row.reason], ["Memo", row.memo], ["Issued", when(row.created_at)],
  ],
});

// What may be done with an invoice in its state.
import { h } from "./elements.js";
import { money } from "./money.js";
import { act } from "./one.js";
import { openSheet } from "./sheet.js";
import { may } from "./who.js";

const sheet = (row, step, more, body = () => ({})) => () => openSheet({ ...more,
  request: (values) => ({ method: "POST", path: `invoices/${row.id}/${step}`, body: body(values) }) });

const creditNote = (row) => () => openSheet({
  title: "Credit note over the whole invoice", danger: true, label: () => "Issue the credit note",
  fields: [{ name: "reason", title: "Reason", choices: [["order_change", "Order change"], ["duplicate", "Duplicate"],
    ["product_unsatisfactory", "Product unsatisfactory"], ["fraudulent", "Fraudulent"]] }],
  request: ({ reason }) => ({ method: "POST", path: "credit-notes", body: { invoice: row.id, reason } }),
});

const link = (href, title) => h("a", { href, class: "button", target: "_blank", rel: "noopener" }, title);

export function invoiceActions(row) {
  const open = [];
  if (row.pdf_url) open.push(link(row.pdf_url, "PDF"));
  if (row.hosted_url) open.push(link(row.hosted_url, "Its page"));
  if (!may("billing:write")) return open;
  if (row.status === "draft") open.push(act("Finalise…", sheet(row, "finalize",
    { title: "Finalise the invoice", label: () => "Finalise it" }), ""));
  if (row.status === "open" || row.status === "uncollectible") {
    open.push(act("Pay…", sheet(row, "pay", { title: "Take the payment", label: () => `Charge ${money(row.amount_remaining, row.currency)}`,
      fields: [{ name: "payment_method", title: "Payment method", hint: "the customer's own, when left empty" }] },
      ({ payment_method: method }) => (method ? { payment_method: method } : {})), ""));
    open.push(act("Paid elsewhere…", sheet(row, "pay", { title: "It was paid in another way", label: () => "Note it as paid" },
      () => ({ out_of_band: true }))));
    open.push(act("Void…", sheet(row, "void", { title: "Void the invoice", danger: true, label: () => "Void it" })));
  }
  if (row.status === "open") {
    open.push(act("Send…", sheet(row, "send", { title: "Send it to the customer", label: () => "Send the mail" })));
    open.push(act("Give up…", sheet(row, "mark-uncollectible", { title: "Mark as uncollectible", danger: true,
      label: () => "Mark as uncollectible" })));
  }
  if (["open", "paid"].includes(row.status)) open.push(act("Credit…", creditNote(row)));
  return open;
}

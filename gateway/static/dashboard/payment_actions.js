// What may be done with a payment in its state, by whom; each with its dry run.
import { majorOf, minorOf, money } from "./money.js";
import { act } from "./one.js";
import { openSheet } from "./sheet.js";
import { may } from "./who.js";

const REASONS = [["requested_by_customer", "Requested by the customer"], ["duplicate", "Duplicate"], ["fraudulent", "Fraudulent"]];

/** A sheet that asks for an amount of at most `most`, and does `path` with it. */
function amountSheet({ payment, title, verb, most, path, more = [], danger }) {
  const { currency } = payment;
  const read = (values) => minorOf(values.amount, currency);
  openSheet({
    title, danger,
    fields: [{ name: "amount", title: `Amount in ${currency}`, value: majorOf(most, currency), inputmode: "decimal", autocomplete: "off",
      hint: `at most ${money(most, currency)}` }, ...more],
    label: (values) => (read(values) ? `${verb} ${money(read(values), currency)}` : verb),
    request: ({ amount, ...rest }) => {
      const wanted = minorOf(amount, currency);
      if (wanted === null) return "This is no amount.";
      if (wanted > most) return `At most ${money(most, currency)} are there.`;
      return { method: "POST", path: `payments/${payment.id}/${path}`, body: { amount: wanted, ...rest } };
    },
  });
}

export function actions(payment) {
  const left = payment.amount_captured - payment.amount_refunded;
  const open = [];
  if (payment.status === "succeeded" && left > 0 && may("refunds:write")) {
    const reason = { name: "reason", title: "Reason", choices: REASONS };
    open.push(act("Refund…", () => amountSheet({ payment, title: "Refund", verb: "Refund", most: left, path: "refunds", more: [reason],
      danger: true }), "", "r"));
  }
  if (payment.status === "requires_capture" && may("payments:write")) {
    open.push(act("Capture…", () => amountSheet({ payment, title: "Capture", verb: "Capture", most: payment.amount_capturable,
      path: "capture" }), ""));
  }
  if (["requires_payment_method", "requires_confirmation", "requires_action",
    "requires_capture"].includes(payment.status) && may("payments:write")) {
    open.push(act("Cancel…", () => openSheet({
      title: "Cancel this payment", danger: true, label: () => "Cancel the payment",
      request: () => ({ method: "POST", path: `payments/${payment.id}/cancel`, body: {} }),
    })));
  }
  return open;
}

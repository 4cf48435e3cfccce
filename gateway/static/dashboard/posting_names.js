// What a posting is called by an accountant, from what it was posted for.
import { words } from "./states.js";

const NAMES = {
  "payment captured": "Payment captured", "payment fee": "Provider's fee", "payment available": "Funds became available",
  "refund accepted": "Refund accepted", "refund booked": "Refund booked by the provider", "refund failed": "Refund failed, money back",
  "transfer succeeded": "Transfer", "transfer reversed": "Transfer reversed",
  "hold created": "Money held", "hold confirmed": "Hold confirmed", "hold voided": "Hold given back", "hold expired": "Hold expired",
  "conversion converted": "Conversion",
  "dispute withdrawn": "Dispute, funds withdrawn", "dispute reinstated": "Dispute, funds back", "dispute lost": "Dispute lost",
  "payout created": "Payout on its way", "payout sent": "Withdrawal sent", "payout paid": "Payout paid", "payout failed": "Payout failed",
  "invoice finalized": "Invoice finalised", "invoice voided": "Invoice void", "invoice uncollectible": "Invoice uncollectible",
  "invoice recovered": "Paid after it was given up", "invoice outside": "Paid outside",
  "revenue recognition": "Revenue earned", "credit_note issued": "Credit note", "credit_note voided": "Credit note void",
};

/** `fee:sim_txn_1` is a fee; what follows the colon tells one from another. A day is worth saying. */
export function postingName({ source, description, reverses }) {
  if (description) return description;
  if (reverses) return "Reversal";
  if (source.type === "manual") return "Posted by hand";
  const [kind, detail = ""] = source.kind.split(":");
  const name = NAMES[`${source.type} ${kind}`] ?? words(`${source.type} ${kind}`);
  return /^\d{4}-\d\d-\d\d$/.test(detail) ? `${name}, ${detail}` : name;
}

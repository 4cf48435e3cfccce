// What may be done against a dispute, or with it.
import { money } from "./money.js";
import { act } from "./one.js";
import { openSheet } from "./sheet.js";
import { may } from "./who.js";

const EVIDENCE = [["product_description", "What was sold"], ["customer_communication", "What was written with the customer"],
  ["uncategorized_text", "What else speaks for us"]];

const evidence = (row) => openSheet({
  title: "Answer the dispute", rehearsed: false,
  intro: "It goes to the provider, and from there to the customer's bank, which decides. What is left empty stays as it is.",
  label: () => "Send the evidence",
  fields: EVIDENCE.map(([name, title]) => ({ name, title, type: "area", value: row.evidence[name] ?? "", maxlength: 20_000 })),
  request: (values) => {
    const said = Object.fromEntries(Object.entries(values).filter(([, text]) => text.trim()));
    return Object.keys(said).length ? { method: "POST", path: `disputes/${row.id}/evidence`, body: said } : "Write at least one of them.";
  },
});

const accept = (row) => openSheet({
  title: "Accept the dispute", danger: true, rehearsed: false,
  intro: `${money(row.amount, row.currency)} are lost, and the fee of ${money(row.fee, row.currency)} with it. This cannot be taken back.`,
  label: () => `Give up ${money(row.amount, row.currency)}`,
  request: () => ({ method: "POST", path: `disputes/${row.id}/accept`, body: {} }),
});

export const disputeActions = (row) => (may("disputes:write") && row.status.endsWith("needs_response")
  ? [act("Answer…", () => evidence(row), ""), act("Accept…", () => accept(row))] : []);

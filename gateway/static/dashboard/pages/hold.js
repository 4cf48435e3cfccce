// One hold: taken, given back, or still there.
import { amount } from "../amounts.js";
import { postingsPanel } from "../booked.js";
import { customerLink, destinationWords } from "../links.js";
import { majorOf, minorOf, money } from "../money.js";
import { act, one } from "../one.js";
import { openSheet } from "../sheet.js";
import { when } from "../times.js";
import { may } from "../who.js";

/** Kept by a refund or withdrawal, which alone closes it. */
const OWNED = new Set(["refund", "withdrawal"]);

const confirm = (row) => openSheet({
  title: "Take what is held", intro: "What is not taken goes back to the wallet, and the hold is closed.",
  fields: [{ name: "amount", title: `Amount in ${row.currency}`, value: majorOf(row.amount, row.currency), inputmode: "decimal",
    autocomplete: "off", hint: `at most ${money(row.amount, row.currency)}` }],
  label: ({ amount: text }) => (minorOf(text, row.currency) ? `Take ${money(minorOf(text, row.currency), row.currency)}` : "Take it"),
  request: ({ amount: text }) => {
    const wanted = minorOf(text, row.currency);
    if (wanted === null) return "This is no amount.";
    return wanted > row.amount ? `Only ${money(row.amount, row.currency)} are held.` : { method: "POST", path: `holds/${row.id}/confirm`,
      body: { amount: wanted } };
  },
});

const release = (row) => openSheet({
  title: "Give it back", label: () => `Give ${money(row.amount, row.currency)} back`,
  request: () => ({ method: "POST", path: `holds/${row.id}/void`, body: {} }),
});

const actions = (row) => (row.status !== "open" || !may("wallets:write") ? []
  : [!OWNED.has(row.destination.type) && act("Take…", () => confirm(row), ""), act("Give back…", () => release(row))]);

export const show = (page) => one(page, {
  path: "holds", object: "hold", back: { href: "#/holds", title: "Holds" }, title: (row) => `${money(row.amount, row.currency)} held`,
  actions,
  panels: (row, about) => [postingsPanel(page, "hold", row.id, about)],
  known: (row) => [
    ["Customer", customerLink(row.customer_id)], ["Taken", row.amount_confirmed ? amount(row.amount_confirmed, row.currency) : null],
    ["For", destinationWords(row.destination)],
    ["Expires", row.expires_at && when(row.expires_at)], ["Closed", row.closed_at && when(row.closed_at)], ["Made", when(row.created_at)],
  ],
});

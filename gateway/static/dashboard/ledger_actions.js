// What a person may do in the books; each leaves a trace, most want a reason.
import { minorOf } from "./money.js";
import { act } from "./one.js";
import { refresh, to } from "./router.js";
import { openSheet } from "./sheet.js";
import { may } from "./who.js";

const reasonField = { name: "reason", title: "Reason", required: true, hint: "kept in the audit log", autocomplete: "off" };
const wish = (path) => ({ reason }) => (reason.trim() ? { method: "POST", path, body: {}, reason: reason.trim() } : "A reason is needed.");

/** A correction without a dry run. */
const correction = ({ title, intro, label, path, danger, done }) => openSheet({ title, intro, danger, done, rehearsed: false,
  fields: [reasonField], label: () => label, request: wish(path) });

export const reverseAction = (path, title, intro) => act("Reverse…", () => openSheet({
  title, intro, danger: true, fields: [reasonField], label: () => "Reverse it", request: wish(`${path}/reverse`),
}), "");

const FREEZABLE = /^(liabilities:wallets|liabilities:wallet_holds|user):/;

export function accountActions({ path, status }) {
  if (!may("ledger:write") || !FREEZABLE.test(path)) return [];
  const frozen = status === "frozen";
  const sheet = frozen ? { title: "Open the account again", intro: "Requests may use it again.", label: "Unfreeze it",
    path: `ledger/accounts/${path}/unfreeze` }
    : { title: "Freeze the account", 
      intro: "No request may use it any more. What has happened outside is posted all the same, and what is held can come back.",
      label: "Freeze it", danger: true,
      path: `ledger/accounts/${path}/freeze` };
  return [act(frozen ? "Unfreeze…" : "Freeze…", () => correction({ ...sheet, done: refresh }), frozen ? "" : "quiet")];
}

export function periodActions({ id, status }, over, done) {
  if (!may("ledger:write") || !over) return [];
  const closed = status === "closed";
  const sheet = closed ? { title: `Reopen ${id}`, intro: "Requests may be dated into it again. Whoever has its figures should know.",
      label: `Reopen ${id}`, danger: true, path: `ledger/periods/${id}/reopen` }
    : { title: `Close ${id}`, 
      intro: "No request may be dated into it any more. What comes late from outside is posted after it, and marked late.",
      label: `Close ${id}`, path: `ledger/periods/${id}/close` };
  return [act(closed ? "Reopen…" : "Close…", () => correction({ ...sheet, done }))];
}

const sideOf = (name, title) => [{ name, title: `${title} account`, required: true, placeholder: "user:office", autocomplete: "off" }];

/** Two accounts, one amount: what a person mostly posts. More of them go over the API. */
export const postByHand = () => (may("ledger:write") ? [act("Post by hand…", () => openSheet({
  title: "Post by hand", label: () => "Post it",
  fields: [...sideOf("debit", "Debit"), ...sideOf("credit", "Credit"),
    { name: "amount", title: "Amount", inputmode: "decimal", required: true, autocomplete: "off" },
    { name: "currency", title: "Currency", value: "USD", maxlength: 3 },
    { name: "description", title: "Description", maxlength: 500 }, { ...reasonField, required: false,
      hint: "needed for wallets and other accounts that PocketPay keeps" }],
  request: ({ debit, credit, amount, currency, description, reason }) => {
    const sum = /^[A-Z]{3}$/.test(currency) ? minorOf(amount, currency) : null;
    if (!debit.trim() || !credit.trim()) return "Name both accounts.";
    if (sum === null) return "Say how much, in a currency of three capital letters.";
    const postings = [["debit", debit], ["credit", credit]].map(([side, account]) => ({ account: account.trim(), side, amount: sum,
      currency }));
    return { method: "POST", path: "ledger/transactions", reason: reason.trim() || undefined,
      body: { postings, description: description.trim() || null } };
  },
  done: (made) => { location.hash = to("ledger", "transactions", made.id); },
}))] : []);

// What may be done with a customer's wallet; each with what it would lead to.
import { minorOf, money } from "./money.js";
import { act } from "./one.js";
import { openSheet } from "./sheet.js";
import { may } from "./who.js";

const CODE = /^[A-Z]{3}$/;
const amountField = { name: "amount", title: "Amount", inputmode: "decimal", autocomplete: "off", required: true };
const read = ({ amount, currency }) => (CODE.test(currency) ? minorOf(amount, currency) : null);

/** `body(amount, values)` is what is sent, or a sentence that says what is missing. */
function walletSheet({ title, verb, path, body, fields = [], currencies, intro, danger }) {
  const known = currencies.length
    ? { name: "currency", title: "Currency", choices: currencies.map((code) => [code, code]) }
    : { name: "currency", title: "Currency", value: "USD", maxlength: 3, hint: "three capital letters, such as USD" };
  openSheet({
    title, intro, danger, fields: [amountField, known, ...fields],
    label: (values) => (read(values) ? `${verb} ${money(read(values), values.currency)}` : verb),
    request: (values) => {
      const amount = read(values);
      if (amount === null) return values.amount.trim() ? "This is no amount of this currency." : "Say how much.";
      const wanted = body({ amount, currency: values.currency }, values);
      return typeof wanted === "string" ? wanted : { method: "POST", path, body: wanted };
    },
  });
}

const topUp = (wallet, currencies) => walletSheet({
  title: "Top the wallet up", verb: "Charge", path: `wallets/${wallet.customer_id}/top-ups`, currencies,
  intro: "A payment is taken, and what is captured lies in the wallet.",
  fields: [{ name: "method", title: "Payment method", hint: "the customer's own, when left empty", autocomplete: "off" }],
  body: (sum, { method }) => ({ ...sum, ...(method.trim() ? { payment_method: method.trim() } : {}) }),
});

const withdraw = (wallet, currencies) => walletSheet({
  title: "Withdraw from the wallet", verb: "Pay out", danger: true, path: `wallets/${wallet.customer_id}/withdrawals`, currencies,
  body: (sum) => sum,
});

const transfer = (wallet, currencies) => walletSheet({
  title: "Transfer to another wallet", verb: "Transfer", path: "transfers", currencies,
  fields: [{ name: "to", title: "To customer", required: true, autocomplete: "off" },
    { name: "fee", title: "Fee on top", hint: "ours; none, when left empty", inputmode: "decimal", autocomplete: "off" }],
  body: (sum, { to, fee }) => {
    if (!to.trim()) return "Say whom it is for.";
    const ours = fee.trim() ? minorOf(fee, sum.currency) : 0;
    return ours === null ? "The fee is no amount of this currency." : { ...sum, from_customer: wallet.customer_id, to_customer: to.trim(),
      fee: ours };
  },
});

const hold = (wallet, currencies) => walletSheet({
  title: "Set money aside", verb: "Hold", path: "holds", currencies,
  intro: "It cannot be spent until the hold is confirmed, void or expired.",
  fields: [{ name: "until", title: "Until", type: "datetime-local", hint: "for ever, when left empty" }],
  body: (sum, { until }) => ({ ...sum, customer_id: wallet.customer_id, ...(until ? { expires_at: new Date(until).toISOString() } : {}) }),
});

/** What of it makes sense now: who has nothing can only get something. */
export function walletActions(wallet) {
  if (!may("wallets:write")) return [];
  const spendable = wallet.balances.filter((each) => each.available + each.overdraft_limit > 0).map((each) => each.currency);
  const spending = [["Transfer…", transfer], ["Withdraw…", withdraw], ["Hold…", hold]];
  return [act("Top up…", () => topUp(wallet, []), ""),
    ...(spendable.length ? spending.map(([title, open]) => act(title, () => open(wallet, spendable))) : [])];
}

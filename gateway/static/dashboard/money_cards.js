// Money in a period, a card per currency: sums of different currencies are never added.
import { h } from "./elements.js";
import { get } from "./api.js";
import { firstPayment } from "./first_payment.js";
import { figure } from "./money.js";
import { movedSince, netOf, standing } from "./money_figures.js";
import { beginOf } from "./periods.js";
import { to } from "./router.js";
import { words } from "./states.js";
import { table } from "./table.js";

const counted = (count, name) => `${count.toLocaleString()} ${name}${count === 1 ? "" : "s"}`;

/** "3.1 %" of two amounts in minor units, or nothing where there is no whole. */
const share = (part, whole) => (whole > 0n ? `${(Number((part * 1000n) / whole) / 10).toLocaleString()} %` : "");

function cell(title, amount, currency, note, hint) {
  const explain = (event) => {
    event.preventDefault();
    event.currentTarget.closest(".money").querySelector("details")?.setAttribute("open", "");
  };
  const shown = h("a", { class: "figure", href: `#explain-${title}-${currency}`, onclick: explain }, figure(amount, currency));
  return h("div", { title: hint }, h("span", { class: "muted" }, title), shown, h("small", { class: "muted" }, note));
}

function explained(sums, currency, from, open) {
  const toggled = (event) => open[event.currentTarget.open ? "add" : "delete"](currency);
  const rows = sums.lines.map(({ account, cause, count, amount }) => [words(cause),
    h("a", { href: to("ledger", "accounts", account, { currency, from }) }, account), count.toLocaleString(), figure(amount, currency)]);
  return h("details", { open: open.has(currency), ontoggle: toggled }, h("summary", {}, "Explain"),
    table(["What", "Account", ">Times", ">Sum"], rows, { foot: ["Net", "", "", figure(netOf(sums), currency)] }));
}

function stands(found, currency) {
  return h("p", { class: "sums" }, ...found.map(([title, path, amount]) => h("span", {}, `${title} `,
    h("a", { href: to("ledger", { prefix: path, currency }) }, figure(amount, currency)))));
}

function card(currency, sums, found, from, open) {
  const besides = ["disputes", "others"].filter((name) => sums?.[name]).map((name) => `${name} ${figure(sums[name], currency)}`).join(", ");
  return h("section", { class: "card money", data: { currency }, "aria-label": `Money in ${currency}` }, h("h2", {}, currency),
    sums && h("div", { class: "four" },
      cell("Taken", sums.taken, currency, counted(sums.counts.taken, "payment"), "What providers captured: sales, invoices, top-ups"),
      cell("Given back", sums.given, currency, counted(sums.counts.given, "refund"), "Refunds that providers have booked"),
      cell("Fees", sums.fees, currency, share(-sums.fees, sums.taken), "What providers kept, and its part of what was taken"),
      cell("Net", netOf(sums), currency, besides, "What is left at the providers of this period")),
    found && stands(found, currency), sums?.lines.length > 0 && explained(sums, currency, from, open));
}

/** Of `period`, with days of `zone`; `open` has the currencies that are explained, for the cards are made anew. */
export async function moneyCards(period, zone, open) {
  const from = beginOf(period, zone);
  const [moved, stood] = [await movedSince(from), await standing()];
  const currencies = [...new Set([...moved.keys(), ...stood.keys()])].toSorted();
  if (!currencies.length) {
    const { data } = await get("payments", { limit: 1 });
    return data.length ? h("p", { class: "muted" }, "Nothing is booked yet. A payment is, once it has succeeded.") : firstPayment();
  }
  return h("div", { class: "monies" }, ...currencies.map((each) => card(each, moved.get(each), stood.get(each), from, open)));
}

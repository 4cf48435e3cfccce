// The trial balance at any time: all accounts, debits equal to credits in each currency.
import { h } from "../elements.js";
import { get } from "../api.js";
import { csv, offer } from "../csv.js";
import { LEDGER } from "../ledger_parts.js";
import { figure, majorOf } from "../money.js";
import { BY, momentForm } from "../moments.js";
import { panel } from "../panel.js";
import { parts } from "../parts.js";
import { heading, to } from "../router.js";
import { table } from "../table.js";

const SHOWN = 500;
const CALM_MS = 3000;

function byCurrency(lines) {
  const found = new Map();
  for (const line of lines) found.set(line.currency, [...(found.get(line.currency) ?? []), line]);
  return [...found].toSorted();
}

const sum = (lines, side) => lines.reduce((total, each) => total + BigInt(each[side]), 0n);
const shownIf = (value, currency) => (value ? figure(value, currency) : "");

function ofCurrency(currency, lines, query) {
  const moved = lines.filter(({ debit, credit }) => debit || credit);
  const [debits, credits] = [sum(lines, "debit"), sum(lines, "credit")];
  const level = debits === credits;
  const rows = moved.slice(0, SHOWN).map(({ account, debit, credit }) => [
    h("a", { href: to("ledger", "accounts", account, { ...query, currency }) }, account), shownIf(debit, currency),
    shownIf(credit, currency)]);
  return h("section", {}, h("h3", {}, currency),
    table(["Account", ">Debit", ">Credit"], rows, { kind: "list trial",
      foot: [level ? "✓ level" : `✕ not level, by ${figure(debits - credits, currency)}`, figure(debits, currency),
        figure(credits, currency)] }),
    h("p", { class: "muted" }, moved.length > SHOWN && `The first ${SHOWN} of ${moved.length} accounts; CSV has them all. `,
      moved.length < lines.length && `${lines.length - moved.length} more stand at zero.`));
}

const save = (told) => offer(`trial-balance-${told.at ?? "now"}.csv`, csv(["Account", "Currency", "Debit", "Credit"],
  told.data.map(({ account, currency, debit, credit }) => [account, currency, majorOf(debit, currency), majorOf(credit, currency)])));

export async function show(page) {
  const { at, by } = page.query;
  let told = null;
  const load = async () => {
    told = await get("ledger/trial-balance", { at, by });
    return told.data.length ? h("div", { class: "sides" },
      ...byCurrency(told.data).map(([currency, lines]) => ofCurrency(currency, lines, { at, by })))
      : h("p", { class: "muted" }, at ? "Nothing was booked by then." : "Nothing is booked yet.");
  };
  const saved = h("button", { type: "button", class: "quiet", onclick: () => told && save(told) }, "CSV");
  const balance = panel(at ? "As it was then" : "As it is now", page, load,
    { calm: CALM_MS, moves: at ? undefined : (event) => Array.isArray(event.data?.entries), beside: [saved] });
  return h("div", {}, heading("Trial balance"), parts("Ledger", LEDGER, "ledger/trial-balance"),
    h("section", { class: "card" }, momentForm(page, [["at", "At (now, when left empty)"]], [BY])), balance);
}

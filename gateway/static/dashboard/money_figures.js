// What moved at the providers in a period, and what stands where: from the ledger's accounts, per currency.
import { get, rows } from "./api.js";

const PARTS = { payment: "taken", top_up: "taken", refund: "given", fee: "fees", dispute: "disputes" };
/** Money that only changed its place: from pending to available, and on to the bank. */
const MOVED_ON = new Set(["availability", "payout"]);

const nothing = () => ({ taken: 0n, given: 0n, fees: 0n, disputes: 0n, others: 0n, counts: { taken: 0, given: 0 }, lines: [] });

/** Adds an explanation's lines to the sums of its currency. */
export function addExplained(sums, { account, lines }) {
  for (const line of lines.filter(({ cause }) => !MOVED_ON.has(cause))) {
    const part = PARTS[line.cause] ?? "others";
    sums[part] += BigInt(line.amount);
    if (part in sums.counts) sums.counts[part] += line.count;
    sums.lines.push({ ...line, account });
  }
  return sums;
}

export const netOf = ({ taken, given, fees, disputes, others }) => taken + given + fees + disputes + others;

/** One question after the other: a browser has six connections, and a ledger that is slow is to hold up no other block. */
async function inTurn(asked) {
  const answers = [];
  for (const [path, query] of asked) answers.push(await get(path, query));
  return answers;
}

/** Per currency. */
export async function movedSince(from) {
  const { data } = await rows("ledger/accounts", { prefix: "assets:psp:" });
  const found = new Map();
  for (const { path, balances } of data.filter((each) => /:(pending|available)$/.test(each.path))) {
    for (const { currency } of balances) found.set(currency, [...(found.get(currency) ?? []), path]);
  }
  const moved = new Map();
  for (const [currency, paths] of [...found].toSorted()) {
    const explained = await inTurn(paths.map((path) => [`ledger/accounts/${path}/explain`, { currency, from }]));
    moved.set(currency, explained.reduce(addExplained, nothing()));
  }
  return moved;
}

/** Where money stands now: the words for it, and the account whose sum with all below it is meant. */
export const STANDINGS = [
  ["in the bank", "assets:bank"], ["on its way", "assets:psp"],
  ["owed to wallets", "liabilities:wallets"], ["held for wallets", "liabilities:wallet_holds"],
  ["owed by customers", "assets:receivable"], ["tax", "liabilities:tax_payable"],
];

/** Currency -> `[words, path, amount]`, without what is zero. */
export async function standing() {
  const told = await inTurn(STANDINGS.map(([, path]) => [`ledger/accounts/${path}`, { rollup: true }]));
  const found = new Map();
  told.forEach(({ balances }, index) => {
    for (const { currency, posted } of balances.filter((each) => each.posted !== 0)) {
      found.set(currency, [...(found.get(currency) ?? []), [...STANDINGS[index], posted]]);
    }
  });
  return found;
}

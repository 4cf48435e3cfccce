// Balances of the chart: of an account, or of all below a name, asked for as they are needed.
import { get, rows } from "./api.js";

const AT_ONCE = 3;
export const MOST = 500;

export const sumsOf = (balances) => new Map(balances.map((each) => [each.currency, each.posted]));

/** Currency -> sum over the path and all below it. */
export const rolledUp = async (path) => sumsOf((await get(`ledger/accounts/${path}`, { rollup: true })).balances);

/** A few at a time: a browser has six connections, and the ledger has others to serve. */
export async function inTurn(each, act) {
  const left = [...each];
  const next = async () => { while (left.length) await act(left.shift()); };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

/** What is directly below an open name: accounts with their balances, and names that have accounts below them. */
export async function below(path) {
  const { data, cut } = await rows("ledger/accounts", { prefix: `${path}:` }, MOST);
  const found = new Map();
  for (const account of data) {
    const [first, ...rest] = account.path.slice(path.length + 1).split(":");
    const name = `${path}:${first}`;
    if (rest.length) found.set(name, { path: name, words: first, open: true });
    else if (!found.has(name)) found.set(name, { path: name, words: first, sums: sumsOf(account.balances) });
  }
  return { nodes: [...found.values()], cut };
}

/** The accounts that entries moved, and every name above them. */
export const touched = (entries) => entries.flatMap(({ account }) => {
  const names = account.split(":");
  return names.map((_, index) => names.slice(0, index + 1).join(":"));
});

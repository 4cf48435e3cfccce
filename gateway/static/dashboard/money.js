// Amounts are integers in minor units; Intl knows how a reader writes numbers, but not their decimals.
import { decimalsOf } from "./decimals.js";

const formats = new Map();

function formatOf(currency) {
  if (!formats.has(currency)) {
    const decimals = decimalsOf(currency);
    formats.set(currency, new Intl.NumberFormat(undefined, { style: "currency", currency, currencyDisplay: "code",
      minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
  }
  return formats.get(currency);
}

/** `1234` and `USD` are "12.34": exact, for the number is never divided; with a real minus. */
export function figure(amountMinor, currency) {
  const parts = formatOf(currency).formatToParts(`${amountMinor}E-${decimalsOf(currency)}`);
  const kept = parts.filter(({ type }) => type !== "currency" && type !== "literal");
  return kept.map(({ type, value }) => (type === "minusSign" ? "−" : value)).join("");
}

export const money = (amountMinor, currency) => `${figure(amountMinor, currency)} ${currency}`;

/** "12.34" of USD as 1234, or null for what is no amount above zero. Both a comma and a point may divide. */
export function minorOf(text, currency) {
  const decimals = decimalsOf(currency);
  const read = /^\s*(\d{1,13})(?:[.,](\d*))?\s*$/.exec(text);
  if (!read || (read[2] ?? "").length > decimals) return null;
  const amount = Number(read[1] + (read[2] ?? "").padEnd(decimals, "0"));
  return Number.isSafeInteger(amount) && amount > 0 ? amount : null;
}

/** What a field for an amount begins with, and what CSV gets: "12.34", "-0.05". */
export function majorOf(amountMinor, currency) {
  const decimals = decimalsOf(currency);
  const sign = amountMinor < 0 ? "-" : "";
  const digits = String(amountMinor).slice(sign.length).padStart(decimals + 1, "0");
  return sign + (decimals ? `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` : digits);
}

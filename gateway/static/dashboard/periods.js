// Spans of time that figures are of, cut at midnight of a time zone.
export const PERIODS = [["today", "Today"], ["7d", "7 days"], ["30d", "30 days"], ["month", "This month"], ["all", "All time"]];

const DAYS_BACK = { today: 0, "7d": 6, "30d": 29 };

function clockOf(at, zone) {
  const parts = ["year", "month", "day", "hour", "minute", "second"].map((part) => [part, "numeric"]);
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", ...Object.fromEntries(parts) });
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
}

function offsetAt(at, zone) {
  const { year, month, day, hour, minute, second } = clockOf(at, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** The instant at which a day begins there; twice, for the offset may change between the guess and it. */
function midnight(year, month, day, zone) {
  const wanted = Date.UTC(year, month - 1, day);
  const first = wanted - offsetAt(wanted, zone);
  return wanted - offsetAt(first, zone);
}

/** When a period begins, in RFC 3339; null of all time. */
export function beginOf(period, zone, now = Date.now()) {
  if (period === "all") return null;
  const { year, month, day } = clockOf(now, zone);
  const first = period === "month" ? 1 : day - (DAYS_BACK[period] ?? 0);
  return new Date(midnight(year, month, first, zone)).toISOString();
}

export const zoneHere = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

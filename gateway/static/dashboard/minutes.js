// Payments per minute of the last hour, by how they stand: counted from a list, then on with each event.
export const MINUTES = 60;
const KNOWN_MAX = 20_000;
const MINUTE_MS = 60_000;

const SIDES = { succeeded: "good", requires_capture: "good", requires_payment_method: "bad", canceled: "bad" };
export const sideOf = (status) => SIDES[status] ?? "open";

export const newMinutes = () => ({ counts: new Map(), known: new Map() });

const minuteOf = (at) => Math.floor(Date.parse(at) / MINUTE_MS);

function add(minutes, minute, side, by) {
  const counts = minutes.counts.get(minute) ?? { good: 0, bad: 0, open: 0 };
  counts[side] = Math.max(0, counts[side] + by);
  minutes.counts.set(minute, counts);
}

/** A payment as it is now. Of one that was counted, the side may change; one that is not known any more stays as it was. */
export function count(minutes, { id, status, created_at: at }, isNew) {
  const [minute, side, before] = [minuteOf(at), sideOf(status), minutes.known.get(id)];
  if (before === undefined && !isNew) return;
  if (before === side) return;
  if (before) add(minutes, minute, before, -1);
  add(minutes, minute, side, 1);
  minutes.known.set(id, side);
  if (minutes.known.size > KNOWN_MAX) minutes.known.delete(minutes.known.keys().next().value);
}

/** Columns for a chart that ends with the minute of `now`: seconds, and each side in its order. Forgets what is older. */
export function columns(minutes, now = Date.now()) {
  const last = Math.floor(now / MINUTE_MS);
  for (const minute of minutes.counts.keys()) if (minute <= last - MINUTES) minutes.counts.delete(minute);
  const shown = Array.from({ length: MINUTES }, (_, index) => last - MINUTES + 1 + index);
  const of = (side) => shown.map((minute) => minutes.counts.get(minute)?.[side] ?? 0);
  return { times: shown.map((minute) => minute * 60), good: of("good"), bad: of("bad"), open: of("open") };
}

// Times are shown where the reader is; the exact one, with its zone, is in the title.
import { h } from "./elements.js";

const DAY = { year: "numeric", month: "short", day: "numeric" };
const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
const inFull = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const daily = new Intl.DateTimeFormat(undefined, DAY);
const exact = new Intl.DateTimeFormat(undefined, { ...DAY, ...CLOCK });
const clock = new Intl.DateTimeFormat(undefined, CLOCK);

function shown(iso, format) {
  if (!iso) return h("span", { class: "faint" }, "–");
  const at = new Date(iso);
  return h("time", { datetime: iso, title: `${inFull.format(at)} · ${iso}` }, format.format(at));
}

export const when = (iso) => shown(iso, exact);
export const day = (iso) => shown(iso, daily);
export const timeOfDay = (iso) => shown(iso, clock);

/** "9 min", "26 h", "3 days": how long something is, or has been. */
export function lasting(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

export const since = (iso) => lasting(Math.max(0, (Date.now() - Date.parse(iso)) / 1000));

// Where the stations of the walk stand, and the lines between them.
export const STATIONS = [
  { name: "gateway", title: "Gateway", tone: "accent", at: [0.07, 0.5] },
  { name: "payments", title: "Payments", tone: "info", at: [0.28, 0.5] },
  { name: "provider", title: "Provider", tone: "muted", at: [0.44, 0.13] },
  { name: "ledger", title: "Ledger", tone: "good", at: [0.58, 0.5] },
  { name: "invoicing", title: "Invoicing", tone: "held", at: [0.77, 0.13] },
  { name: "notifications", title: "Notifications", tone: "warn", at: [0.77, 0.83] },
];
const SCALE_AT = [0.92, 0.47];
export const BOX = { width: 102, height: 42 };
/** What stands below the point where the beam hangs. */
const BELOW_SCALE = 94;
const TALL_BELOW = 620;
const HEIGHTS = { wide: 300, tall: 580 };

/** Lines that are there before anything has walked along them. */
const FIRST = [
  "gateway>payments", "payments>provider", "provider>payments", "payments>ledger", "payments>invoicing", "payments>notifications",
  "ledger>notifications",
];
const BEND = 0.14;
const BENDS = { "gateway>ledger": 0.3, "ledger>gateway": 0.3, "payments>ledger": 0, "gateway>payments": 0 };

export const heightFor = (width) => (width < TALL_BELOW ? HEIGHTS.tall : HEIGHTS.wide);

/** Centres in pixels, by name; `scale` among them. Narrow ones run from above to below. */
export function placesIn(width, height) {
  const tall = width < TALL_BELOW;
  const margin = BOX.width / 2 + 4;
  const put = ([along, across]) => {
    const [x, y] = tall ? [across, along] : [along, across];
    return { x: Math.min(width - margin, Math.max(margin, x * width)), y: Math.max(BOX.height / 2 + 4, y * height) };
  };
  const scale = put(SCALE_AT);
  scale.y = Math.min(scale.y, height - BELOW_SCALE);
  return new Map([...STATIONS.map(({ name, at }) => [name, put(at)]), ["scale", scale]]);
}

/** A line from one station to another: both ends and where it bends to, so that there and back lie apart. */
export function lineBetween(from, to, places) {
  const [a, b] = [places.get(from), places.get(to)];
  if (!a || !b) return null;
  const bend = BENDS[`${from}>${to}`] ?? BEND;
  return { a, b, by: { x: (a.x + b.x) / 2 - (b.y - a.y) * bend, y: (a.y + b.y) / 2 + (b.x - a.x) * bend } };
}

/** The point of a line after the part `t` of it (0 to 1): a quadratic curve. */
export function pointOn({ a, b, by }, t) {
  const s = 1 - t;
  return { x: s * s * a.x + 2 * s * t * by.x + t * t * b.x, y: s * s * a.y + 2 * s * t * by.y + t * t * b.y };
}

export const firstLines = () => FIRST;

// What the walk knows: each frame of the stream becomes dots, queues, gulps and figures.
import { firstLines, STATIONS } from "./walk_places.js";
import { newScale, weigh } from "./walk_scale.js";

const FRAME_MS = 250;
const WALK_MS = 900;
const GULP_MS = 1600;
const GULP_MIN = 5;
/** A frame has all steps of a request at once; they are shown one after the other. */
const LATER_MS = { "payments>provider": 500, provider: 1000, payments: 1500, ledger: 2100, invoicing: 500 };
const BOOKED_AFTER_MS = 2300;
const SINGLE_MAX = 40;
const DOTS_MAX = 400;
const IN_FRAME_MAX = 8;
const ON_LINE_MAX = 600;

const known = new Set(STATIONS.map(({ name }) => name));

export const newWalk = () => ({
  at: null, moved: false, counters: {}, stations: new Map(), lines: new Map(firstLines().map((name) => [name, { rate: 0 }])),
  dots: [], gulps: [], scale: newScale(),
});

/** Somebody looks again: what was there before says nothing of how it drained. A dot that was clicked stays. */
export function startAnew(walk) {
  Object.assign(walk, { dots: walk.dots.filter(isFrozen), gulps: [] });
  walk.stations.clear();
}

export const isFrozen = (dot) => dot.frozen !== undefined;
export const letGo = (walk) => { walk.dots = walk.dots.filter((dot) => !isFrozen(dot)); };

/** Smoothed over a second or so, so that a line does not flicker between dots and thickness. */
const smoothed = (rate, perSecond) => (rate < 0.05 && perSecond === 0 ? 0 : rate * 0.7 + perSecond * 0.3);

/**
 * Up to 40 messages a second are a dot each; with more on the whole, or many at once, a dot stands for several.
 * A line above 400 grows instead.
 */
export const dotsFor = (n, onLine, onWhole) => (onLine > DOTS_MAX ? 0
  : Math.ceil(n / Math.max(1, Math.ceil(onWhole / SINGLE_MAX), Math.ceil(n / IN_FRAME_MAX))));

function spawn(walk, { from, to, type, n, sample = [] }, dots, now) {
  const begins = now + (LATER_MS[`${from}>${to}`] ?? LATER_MS[from] ?? 0);
  for (let index = 0; index < dots; index += 1) {
    const stands = Math.floor(((index + 1) * n) / dots) - Math.floor((index * n) / dots);
    const caused = sample[index] ?? sample[0] ?? "";
    const request = caused.startsWith("req_") ? caused : null;
    walk.dots.push({ line: `${from}>${to}`, type, n: stands, request, begins: begins + (FRAME_MS * index) / dots });
  }
  if (walk.dots.length > ON_LINE_MAX) walk.dots.splice(0, walk.dots.length - ON_LINE_MAX);
}

function takeHops(walk, hops, now) {
  const counts = new Map();
  const seen = hops.filter(({ from, to }) => known.has(from) && known.has(to) && from !== to);
  for (const { from, to, n } of seen) counts.set(`${from}>${to}`, (counts.get(`${from}>${to}`) ?? 0) + n);
  for (const name of counts.keys()) if (!walk.lines.has(name)) walk.lines.set(name, { rate: 0 });
  for (const [name, line] of walk.lines) line.rate = smoothed(line.rate, (counts.get(name) ?? 0) * (1000 / FRAME_MS));
  const whole = [...walk.lines.values()].reduce((all, { rate }) => all + rate, 0);
  for (const hop of seen) spawn(walk, hop, dotsFor(hop.n, walk.lines.get(`${hop.from}>${hop.to}`).rate, whole), now);
  if (seen.length) walk.moved = true;
  return counts;
}

const sumOf = (counts, fits) => [...counts].reduce((all, [name, n]) => (fits(name) ? all + n : all), 0);
const arrived = (counts, station) => sumOf(counts, (name) => name.endsWith(`>${station}`));
const left = (counts, station) => sumOf(counts, (name) => name.startsWith(`${station}>`));

/** Of the gateway, which tells it, and of the provider nothing is told; of the others neither while the monitor is away. */
const UNTOLD = { gateway: { up: true }, provider: { up: true } };

function takeStation(walk, name, told, counts, now) {
  const [before, came] = [walk.stations.get(name), arrived(counts, name)];
  const drained = before ? before.waiting - (told.waiting ?? 0) : 0;
  if (drained >= GULP_MIN) {
    walk.gulps = walk.gulps.filter((gulp) => gulp.station !== name);
    walk.gulps.push({ station: name, n: drained + came, at: now });
  }
  const rate = smoothed(before?.rate ?? 0, (came || left(counts, name)) * (1000 / FRAME_MS));
  const { up = null, waiting = 0, batch_p50: batch = null, decide_ms_p50: decides = null } = told;
  walk.stations.set(name, { up, waiting, batch, decides, rate });
}

/** One frame of `GET /flow`; `now` is a reading of `performance.now()`. */
export function take(walk, frame, now) {
  const counts = takeHops(walk, frame.hops, now);
  for (const { name } of STATIONS) takeStation(walk, name, frame.stations[name] ?? UNTOLD[name] ?? {}, counts, now);
  weigh(walk.scale, frame.ledger, now + BOOKED_AFTER_MS);
  Object.assign(walk.counters, frame.counters);
  walk.at = frame.at;
}

/** Forgets what has arrived; says whether anything is still on its way. */
export function goOn(walk, now) {
  walk.dots = walk.dots.filter((dot) => isFrozen(dot) || now - dot.begins < WALK_MS);
  walk.gulps = walk.gulps.filter((gulp) => now - gulp.at < GULP_MS);
  return walk.dots.some((dot) => !isFrozen(dot)) || walk.gulps.length > 0 || [...walk.lines.values()].some(({ rate }) => isThick(rate));
}

/** How far a dot is along its line; before it begins it is not yet there. */
export const partOf = (dot, now) => dot.frozen ?? Math.min(1, (now - dot.begins) / WALK_MS);
export const gulpPart = (gulp, now) => (now - gulp.at) / GULP_MS;
export const isThick = (rate) => rate > DOTS_MAX;

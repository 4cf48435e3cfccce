// The one picture: every message is a dot that walks from station to station, and the books at its end stay level.
import { h, fill } from "./elements.js";
import { onColours, themed } from "./colours.js";
import { draw, whereIs } from "./walk_drawing.js";
import { flow } from "./walk_feed.js";
import { payments, picked } from "./walk_picked.js";
import { heightFor, placesIn } from "./walk_places.js";
import { settle } from "./walk_scale.js";
import { goOn, newWalk, partOf, take } from "./walk_state.js";
import { walkTable } from "./walk_table.js";
import { timeOfDay } from "./times.js";

const LARGE = 1.35;
const NEAR = 16;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** The canvas with what is drawn on it; `mark` has it drawn anew. */
function picture(walk, canvas, large) {
  const context = canvas.getContext("2d");
  let [size, places, colours, before, request, stale] = [{ width: 0, height: 0 }, null, themed(), 0, null, true];

  function fit(width) {
    const height = Math.round(heightFor(width) * (large && width > 700 ? LARGE : 1));
    const dots = devicePixelRatio || 1;
    Object.assign(canvas, { width: width * dots, height: height * dots });
    canvas.style.height = `${height}px`;
    context.setTransform(dots, 0, 0, dots, 0, 0);
    [size, places, stale] = [{ width, height }, placesIn(width, height), true];
    if (!request) show(performance.now());
  }

  function show(now) {
    const [going, trembling] = [goOn(walk, now), settle(walk.scale, (now - before) / 1000, now)];
    if (places && (going || trembling || stale)) draw(context, walk, places, colours, size, now);
    [before, stale] = [now, false];
  }

  const turn = (now) => { show(now); request = requestAnimationFrame(turn); };
  return {
    fit,
    mark: () => { stale = true; },
    recolour: () => { colours = themed(); stale = true; if (!request) show(performance.now()); },
    run: () => { before = performance.now(); request ??= requestAnimationFrame(turn); },
    rest: () => { cancelAnimationFrame(request); request = null; },
    nearest: (x, y) => nearestDot(walk, places, x, y),
  };
}

function nearestDot(walk, places, x, y) {
  const now = performance.now();
  const far = (dot) => { const at = whereIs(dot, places, now); return at ? Math.hypot(at.x - x, at.y - y) : Infinity; };
  const found = walk.dots.reduce((best, dot) => (far(dot) < best.far ? { dot, far: far(dot) } : best), { dot: null, far: NEAR });
  return found.dot;
}

/** The figures above: what was accepted, what is finished, and what is lost. */
function figures(walk) {
  const place = h("div", { class: "sums walk-counters" });
  const said = new Map();
  const part = (name) => {
    if (!said.has(name)) { said.set(name, h("strong")); place.append(h("span", { data: { counter: name } }, `${name.replaceAll("_", " ")} `, said.get(name))); }
    return said.get(name);
  };
  const tell = () => {
    for (const name of ["accepted", "finished", "on_their_way", "lost"]) {
      const value = walk.counters[name];
      part(name).textContent = (value ?? 0).toLocaleString();
      if (name === "lost") part(name).className = value ? "bad" : "good";
    }
  };
  return { place, tell };
}

/** Of the page, while it is on the screen; nothing is asked or drawn while it is not. */
export function walk(page, { large = false, level = "h2" } = {}) {
  const state = newWalk();
  const canvas = h("canvas", { class: "walk", "aria-hidden": "true" });
  const [counters, table, note, chosen] = [figures(state), walkTable(state), h("p", { class: "muted", role: "status" }), h("div", { "aria-live": "polite" })];
  const drawing = picture(state, canvas, large);
  const section = h("section", { class: "card panel", id: "walk" }, h("header", {}, h(level, {}, "The walk"), counters.place), canvas, table.element, chosen, note);
  const paymentOf = payments(page);
  let [seen, open] = [false, false];

  const feed = flow((frame) => {
    const first = state.at === null;
    take(state, frame, performance.now());
    if (state.moved === Boolean(note.textContent)) fill(note, !state.moved && "Nothing has moved since this page was opened.");
    counters.tell();
    drawing.mark();
    if (first) table.first();
  }, () => fill(note, state.at ? ["▲ The picture stands still since ", timeOfDay(state.at), ": its stream broke off and is asked for again."] : "The stream of the walk does not answer; it is asked again by itself."));

  function look() {
    const now = seen && !document.hidden && !page.left;
    if (now === open) return;
    open = now;
    if (!open) { feed.close(); drawing.rest(); table.end(); return; }
    Object.assign(state, { dots: state.dots.filter((dot) => dot.frozen), gulps: [] });
    state.stations.clear();  // what they were before says nothing of how they drained
    feed.open();
    table.begin();
    if (!still.matches) drawing.run();
  }

  function calm() {
    canvas.hidden = still.matches;
    table.visible(still.matches);
    if (still.matches) drawing.rest();
    else if (open) drawing.run();
  }

  canvas.addEventListener("click", ({ offsetX, offsetY }) => {
    state.dots = state.dots.filter((each) => each.frozen === undefined);
    const dot = drawing.nearest(offsetX, offsetY);
    if (dot) dot.frozen = partOf(dot, performance.now());
    drawing.mark();
    fill(chosen, dot && picked(dot, paymentOf(dot.request)));
  });
  const watched = new IntersectionObserver(([entry]) => { seen = entry.isIntersecting; look(); });
  const sized = new ResizeObserver(() => canvas.clientWidth && drawing.fit(canvas.clientWidth));
  watched.observe(section);
  sized.observe(section);
  document.addEventListener("visibilitychange", look);
  still.addEventListener("change", calm);
  page.onLeave(onColours(drawing.recolour));
  page.onLeave(() => {
    watched.disconnect(); sized.disconnect(); look();
    document.removeEventListener("visibilitychange", look);
    still.removeEventListener("change", calm);
  });
  calm();
  return section;
}

// The one picture: every message is a dot that walks from station to station, and the books at its end stay level.
import { fill, h } from "./elements.js";
import { onColours } from "./colours.js";
import { whileSeen } from "./on_screen.js";
import { timeOfDay } from "./times.js";
import { flow } from "./walk_feed.js";
import { payments, picked } from "./walk_picked.js";
import { picture } from "./walk_picture.js";
import { letGo, newWalk, partOf, startAnew, take } from "./walk_state.js";
import { walkTable } from "./walk_table.js";

const COUNTERS = ["accepted", "finished", "on_their_way", "lost"];
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** What was accepted, what is finished, and what is lost; nothing before the first frame. */
function countersOf(walk) {
  const figures = COUNTERS.map((name) => [name, h("strong")]);
  const place = h("div", { class: "sums walk-counters", hidden: true },
    ...figures.map(([name, figure]) => h("span", { data: { counter: name } }, `${name.replaceAll("_", " ")} `, figure)));
  const tell = () => {
    place.hidden = false;
    for (const [name, figure] of figures) figure.textContent = walk.counters[name].toLocaleString();
    figures.at(-1)[1].className = walk.counters.lost ? "bad" : "good";
  };
  return { place, tell };
}

/** Where its stream's troubles are told, and that nothing moves. */
function noteOf(walk) {
  const place = h("p", { class: "muted", role: "status" });
  const say = (sentence) => { if (place.textContent !== sentence) fill(place, sentence); };
  return {
    place,
    goes: () => say(walk.moved ? "" : "Nothing has moved since this page was opened."),
    lost: () => (walk.at
      ? fill(place, "▲ The picture stands still since ", timeOfDay(walk.at), ": its stream broke off and is asked for again.")
      : say("The stream of the walk does not answer; it is asked for again.")),
  };
}

/** A click freezes the nearest dot and tells of it; the one before goes on its way. */
function pickable(walk, canvas, drawing, page) {
  const [place, paymentOf] = [h("div", { "aria-live": "polite" }), payments(page)];
  canvas.addEventListener("click", ({ offsetX, offsetY }) => {
    letGo(walk);
    const dot = drawing.nearest(offsetX, offsetY);
    if (dot) dot.frozen = partOf(dot, performance.now());
    drawing.mark();
    fill(place, dot && picked(dot, paymentOf(dot.request)));
  });
  return place;
}

/** Of the page, while it is on the screen; nothing is asked or drawn while it is not. */
export function walk(page, { large = false } = {}) {
  const state = newWalk();
  const canvas = h("canvas", { class: "walk", "aria-hidden": "true" });
  const [counters, table, note, drawing] = [countersOf(state), walkTable(state), noteOf(state), picture(state, canvas, large)];
  const section = h("section", { class: "card panel", id: "walk" }, h("header", {}, h("h2", {}, "The walk"), counters.place),
    canvas, table.element, pickable(state, canvas, drawing, page), note.place);
  const feed = flow((frame) => {
    take(state, frame, performance.now());
    note.goes();
    counters.tell();
    table.first();
    drawing.mark();
  }, note.lost);
  const begin = () => { startAnew(state); feed.open(); table.begin(); calm(); };
  const end = () => { feed.close(); table.end(); drawing.rest(); };

  function calm() {
    canvas.hidden = still.matches;
    table.visible(still.matches);
    if (still.matches) drawing.rest();
    else drawing.run();
  }

  const sized = new ResizeObserver(() => canvas.clientWidth && drawing.fit(canvas.clientWidth));
  sized.observe(section);
  still.addEventListener("change", calm);
  whileSeen(section, page, begin, end);
  page.onLeave(onColours(drawing.recolour));
  page.onLeave(() => { sized.disconnect(); still.removeEventListener("change", calm); });
  return section;
}

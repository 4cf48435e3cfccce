// The walk in words and figures, for whoever does not see it move: told anew every five seconds.
import { h, fill } from "./elements.js";
import { STATIONS } from "./walk_places.js";
import { saidOff } from "./walk_scale.js";
import { state } from "./states.js";

const EVERY_MS = 5000;
const HEADS = ["Station", "State", "Arrive", "Wait", "Batch", "Decides in"];

const shown = (value, unit) => (value === null || value === undefined ? "–" : `${Math.round(value * 10) / 10}${unit}`);

function row(title, told) {
  return h("tr", {}, h("th", { scope: "row" }, title), h("td", {}, told && told.up !== null ? state(told.up ? "ready" : "down", told.up ? "Up" : "Away") : "–"),
    ...[shown(told?.rate, "/s"), told ? told.waiting.toLocaleString() : "–", shown(told?.batch, ""), shown(told?.decides, " ms")].map((each) => h("td", { class: "numeric" }, each)));
}

function sentence({ stations, counters, scale }) {
  const away = STATIONS.filter(({ name }) => stations.get(name)?.up === false).map(({ title }) => title);
  const waiting = [...stations.values()].reduce((all, each) => all + each.waiting, 0);
  const books = scale.known && `debits − credits = ${saidOff(scale)}`;
  return [away.length ? `${away.join(", ")} away` : "all stations are up", `${waiting.toLocaleString()} messages wait`,
    ...["accepted", "finished", "lost"].map((name) => name in counters && `${counters[name].toLocaleString()} ${name}`), books,
  ].filter(Boolean).join(", ");
}

/** `begin` and `end` its being told; `visible(true)` shows it to everybody. */
export function walkTable(walk) {
  const said = h("p", { class: "muted", "aria-live": "polite" });
  const body = h("tbody");
  const element = h("div", { class: "sr" }, said, h("div", { class: "wide" }, h("table", {}, h("caption", { class: "sr" }, "The stations of the walk"),
    h("thead", {}, h("tr", {}, ...HEADS.map((each, index) => h("th", { scope: "col", class: index > 1 ? "numeric" : null }, each)))), body)));
  let timer = null;
  const tell = () => {
    if (!walk.at) return;
    const now = sentence(walk);
    if (said.textContent !== now) said.textContent = now;
    fill(body, ...STATIONS.map(({ name, title }) => row(title, walk.stations.get(name))));
  };
  return {
    element,
    begin: () => { tell(); timer ??= setInterval(tell, EVERY_MS); },
    first: tell,
    end: () => { clearInterval(timer); timer = null; },
    visible: (toAll) => element.classList.toggle("sr", !toAll),
  };
}

// The walk in words and figures, for whoever does not see it move: told anew every five seconds.
import { fill, h } from "./elements.js";
import { state } from "./states.js";
import { table } from "./table.js";
import { STATIONS } from "./walk_places.js";
import { saidOff } from "./walk_scale.js";

const EVERY_MS = 5000;
const TITLES = ["Station", "State", ">Arrive", ">Wait", ">Batch", ">Decides in"];

const rounded = (value, unit) => (value === null ? "–" : `${Math.round(value * 10) / 10}${unit}`);
const upOrAway = (up) => (up === null ? "–" : up ? state("ready", "Up") : state("down", "Away"));

function row(title, told) {
  if (!told) return [title, "–", "–", "–", "–", "–"];
  const { up, rate, waiting, batch, decides } = told;
  return [title, upOrAway(up), rounded(rate, "/s"), waiting.toLocaleString(), rounded(batch, ""), rounded(decides, " ms")];
}

function sentence({ stations, counters, scale }) {
  const away = STATIONS.filter(({ name }) => stations.get(name)?.up === false).map(({ title }) => title);
  const waiting = [...stations.values()].reduce((all, each) => all + each.waiting, 0);
  const counted = ["accepted", "finished", "lost"].map((name) => `${counters[name].toLocaleString()} ${name}`);
  const parts = [`${waiting.toLocaleString()} messages wait`, ...counted, `debits − credits = ${saidOff(scale)}`];
  return [away.length ? `${away.join(", ")} away` : "No station is away", ...parts].join(", ");
}

/** `begin` and `end` its being told, `first` the first time; `visible(true)` shows it to everybody. */
export function walkTable(walk) {
  const [said, rows] = [h("p", { class: "muted", "aria-live": "polite" }), h("div")];
  const element = h("div", { class: "sr" }, said, rows);
  let [timer, told] = [null, false];
  function tell() {
    if (!walk.at) return;
    told = true;
    const now = sentence(walk);
    if (said.textContent !== now) said.textContent = now;
    const lines = STATIONS.map(({ name, title }) => row(title, walk.stations.get(name)));
    fill(rows, table(TITLES, lines, { caption: "The stations of the walk" }));
  }
  return {
    element,
    first: () => told || tell(),
    begin: () => { timer ??= setInterval(tell, EVERY_MS); },
    end: () => { clearInterval(timer); timer = null; },
    visible: (toAll) => element.classList.toggle("sr", !toAll),
  };
}

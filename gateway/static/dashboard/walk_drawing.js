// The walk on a canvas: lines, stations with their queues, dots, gulps and the scale.
import { BOX, lineBetween, pointOn, STATIONS } from "./walk_places.js";
import { drawScale, saidOff } from "./walk_scale.js";
import { gulpPart, isThick, partOf } from "./walk_state.js";

const FONT = "system-ui, sans-serif";
const QUEUE = { across: 12, down: 3, size: 5, gap: 2 };
const SHOWN_MAX = QUEUE.across * QUEUE.down;

const toneOf = new Map(STATIONS.map(({ name, tone }) => [name, tone]));
const spelled = (value) => Math.round(value).toLocaleString();

function text(context, words, x, y, { size = 11, weight = 400, colour, align = "center" }) {
  Object.assign(context, { font: `${weight} ${size}px ${FONT}`, fillStyle: colour, textAlign: align, textBaseline: "middle" });
  context.fillText(words, x, y);
}

function drawLine(context, name, rate, places, colours, now) {
  const [from, to] = name.split(">");
  const line = lineBetween(from, to, places);
  if (!line) return;
  const thick = isThick(rate);
  context.lineWidth = thick ? Math.min(14, 3 + Math.log2(rate / 200) * 2) : 1;
  context.strokeStyle = thick ? colours[toneOf.get(from)] : colours.line;
  context.setLineDash(thick ? [10, 6] : []);
  context.lineDashOffset = thick ? -((now / 12) % 16) : 0;
  context.beginPath();
  context.moveTo(line.a.x, line.a.y);
  context.quadraticCurveTo(line.by.x, line.by.y, line.b.x, line.b.y);
  context.stroke();
  context.setLineDash([]);
  const middle = pointOn(line, 0.5);
  if (thick) text(context, `${spelled(rate)}/s`, middle.x, middle.y - 14, { colour: colours.muted, weight: 550 });
}

function drawQueue(context, waiting, { x, y }, colour, muted) {
  if (!waiting) return;
  const each = Math.max(1, Math.ceil(waiting / SHOWN_MAX));
  const step = QUEUE.size + QUEUE.gap;
  const shown = Math.ceil(waiting / each);
  const [left, top] = [x - (Math.min(shown, QUEUE.across) * step - QUEUE.gap) / 2, y + BOX.height / 2 + 4];
  context.fillStyle = colour;
  for (let index = 0; index < shown; index += 1) {
    context.fillRect(left + (index % QUEUE.across) * step, top + Math.floor(index / QUEUE.across) * step, QUEUE.size, QUEUE.size);
  }
  const rows = Math.ceil(shown / QUEUE.across);
  text(context, `${spelled(waiting)} wait`, x, top + rows * step + 6, { colour: muted });
}

function saidBelow({ up, rate, decides }) {
  if (up === false) return "✕ away";
  if (up === null) return "not told";
  const takes = decides !== null && `${decides < 10 ? Math.round(decides * 10) / 10 : Math.round(decides)} ms`;
  return [rate >= 0.5 && `${spelled(rate)}/s`, takes].filter(Boolean).join(" · ") || "quiet";
}

function drawStation(context, { title, tone }, told, place, colours) {
  const up = told?.up !== false;
  context.fillStyle = up ? colours.surface : colours.night;
  context.strokeStyle = up ? colours[tone] : colours.bad;
  context.lineWidth = 1.5;
  context.beginPath();
  context.roundRect(place.x - BOX.width / 2, place.y - BOX.height / 2, BOX.width, BOX.height, 8);
  context.fill();
  context.stroke();
  text(context, title, place.x, place.y - 8, { size: 12.5, weight: 600, colour: up ? colours[tone] : colours.onNight });
  if (told) text(context, saidBelow(told), place.x, place.y + 10, { colour: up ? colours.muted : colours.onNight });
  drawQueue(context, told?.waiting ?? 0, place, colours[up ? tone : "bad"], colours.muted);
}

const radiusOf = (n) => Math.min(11, 3.5 * Math.sqrt(n));

/** Where a dot is, or null while it has not begun. */
export function whereIs(dot, places, now) {
  const [from, to] = dot.line.split(">");
  const [line, part] = [lineBetween(from, to, places), partOf(dot, now)];
  return line && part >= 0 ? pointOn(line, part) : null;
}

function drawDot(context, dot, places, colours, now) {
  const point = whereIs(dot, places, now);
  if (!point) return;
  context.fillStyle = colours[toneOf.get(dot.line.split(">")[0])];
  context.beginPath();
  context.arc(point.x, point.y, radiusOf(dot.n), 0, 2 * Math.PI);
  context.fill();
  if (dot.frozen !== undefined) {
    Object.assign(context, { strokeStyle: colours.text, lineWidth: 2 });
    context.stroke();
  }
  if (dot.n === 1) return;
  const inside = radiusOf(dot.n) > 8;
  const style = { size: dot.n > 99 ? 9 : 10.5, weight: 650, colour: inside ? colours.surface : colours.text };
  text(context, spelled(dot.n), point.x, inside ? point.y + 0.5 : point.y - 11, style);
}

function drawGulp(context, gulp, places, colours, now) {
  const [place, part] = [places.get(gulp.station), gulpPart(gulp, now)];
  context.globalAlpha = 1 - part ** 2;
  const style = { size: 12, weight: 650, colour: colours[toneOf.get(gulp.station)] };
  text(context, `a gulp of ${spelled(gulp.n)}`, place.x, place.y - BOX.height / 2 - 10 - 14 * part, style);
  context.globalAlpha = 1;
}

/** Everything, in an area of `width` times `height`. */
export function draw(context, walk, places, colours, { width, height }, now) {
  context.clearRect(0, 0, width, height);
  const [ledger, scale] = [places.get("ledger"), places.get("scale")];
  Object.assign(context, { strokeStyle: colours.line, lineWidth: 1 });
  context.beginPath();
  context.moveTo(ledger.x, ledger.y);
  context.lineTo(scale.x, scale.y);
  context.stroke();
  for (const [name, { rate }] of walk.lines) drawLine(context, name, rate, places, colours, now);
  for (const dot of walk.dots) drawDot(context, dot, places, colours, now);
  for (const station of STATIONS) drawStation(context, station, walk.stations.get(station.name), places.get(station.name), colours);
  for (const gulp of walk.gulps) drawGulp(context, gulp, places, colours, now);
  drawScale(context, walk.scale, scale, colours, now);
  const level = walk.scale.off.length === 0;
  const said = walk.scale.known ? `= ${saidOff(walk.scale)} ${level ? "✓" : "✕"}` : "";
  text(context, "debits − credits", scale.x, scale.y + 66, { colour: colours.muted });
  text(context, said, scale.x, scale.y + 81, { size: 12, weight: 650, colour: level ? colours.good : colours.bad });
}

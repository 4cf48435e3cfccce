// The chart of payments per minute, and its sums in words.
import { h, fill } from "./elements.js";
import { rows } from "./api.js";
import { columns, count, MINUTES, newMinutes } from "./minutes.js";
import { onColours, themed } from "./colours.js";
import { timeOfDay } from "./times.js";

const HEIGHT = 130;
const LISTED_MAX = 1000;
let loading = null;

function uplot() {
  loading ??= new Promise((done, failed) => {
    const script = h("script", { src: "/dashboard/vendor/uPlot.iife.min.js" });
    script.onload = () => done(window.uPlot);
    script.onerror = () => { loading = null; failed(new Error("The chart's program could not be loaded.")); };
    document.head.append(script);
  });
  return loading;
}

const clock = (second) => new Date(second * 1000).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
const sum = (values) => values.reduce((all, value) => all + value, 0);
const share = (part, whole) => `${((100 * part) / whole).toLocaleString(undefined, { maximumFractionDigits: 1 })} %`;

function options(uPlot, width) {
  const colours = themed();
  const axis = { stroke: colours.muted, grid: { stroke: colours.line, width: 1 }, ticks: { show: false }, font: "11px system-ui" };
  const paths = uPlot.paths.bars({ size: [0.75, 16] });
  const bars = (label, tone) => ({ label, fill: colours[tone], stroke: colours[tone], width: 0, paths, points: { show: false } });
  return {
    width, height: HEIGHT, legend: { show: false }, cursor: { show: false }, padding: [8, 8, 0, 0],
    scales: { x: { time: true }, y: { range: (_, __, most) => [0, Math.max(4, most * 1.1)] } },
    axes: [{ ...axis, size: 26, space: 76, values: (_, ticks) => ticks.map(clock) },
      { ...axis, size: 36, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000] }],
    series: [{}, bars("open", "info"), bars("failed", "bad"), bars("succeeded", "good")],
  };
}

/** Bars that stand behind each other look as if they were stacked. */
function stacked({ times, good, bad, open }) {
  return [times, good.map((each, at) => each + bad[at] + open[at]), good.map((each, at) => each + bad[at]), good];
}

function told({ good, bad, open }, since) {
  const [succeeded, failed, others] = [sum(good), sum(bad), sum(open)];
  const all = succeeded + failed + others;
  if (!all) return [h("span", { class: "muted" }, "none in the last hour")];
  const parts = [["good", "✓", succeeded], ["bad", "✕", failed], ["info", "…", others]];
  return [h("strong", {}, all.toLocaleString()),
    ...parts.map(([tone, sign, part]) => h("span", { class: tone }, `${sign} ${share(part, all)}`)),
    since && h("span", { class: "muted" }, "counted since ", timeOfDay(since))];
}

/** A block that counts by itself while `page` is shown. */
export function minutesChart(page) {
  const [place, words] = [h("div", { class: "chart", role: "img" }), h("div", { class: "sums" })];
  const minutes = newMinutes();
  let [chart, since] = [null, null];

  function draw() {
    if (page.left || document.hidden) return;
    const found = columns(minutes);
    fill(words, told(found, since));
    place.setAttribute("aria-label", `Payments per minute in the last hour: ${words.textContent}`);
    chart?.setData(stacked(found));
  }

  async function make() {
    const uPlot = await uplot();
    chart?.destroy();
    if (!page.left) chart = new uPlot(options(uPlot, Math.max(200, place.clientWidth)), stacked(columns(minutes)), place);
  }

  async function load() {
    const { data, cut } = await rows("payments", { created_after: new Date(Date.now() - MINUTES * 60_000).toISOString() }, LISTED_MAX);
    for (const payment of data.toReversed()) count(minutes, payment, true);
    since = cut ? data.at(-1).created_at : null;
    draw();
  }

  const timer = setInterval(draw, 2000);
  const resized = new ResizeObserver(() => chart?.setSize({ width: Math.max(200, place.clientWidth), height: HEIGHT }));
  resized.observe(place);
  page.onEvent((event) => event.data?.object === "payment" && count(minutes, event.data, event.type === "payment.created"));
  page.onReset(load);
  page.onLeave(onColours(make));
  page.onLeave(() => { clearInterval(timer); resized.disconnect(); chart?.destroy(); });
  load().catch((problem) => fill(words, h("span", { class: "muted" }, problem.message)));
  requestAnimationFrame(() => make().then(draw).catch((problem) => fill(words, h("span", { class: "muted" }, problem.message))));
  return h("section", { class: "card panel" }, h("header", {}, h("h2", {}, "Payments per minute"), words), place);
}

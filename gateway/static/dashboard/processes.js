// Every process, as the monitor last saw it: the worst first.
import { h, fill } from "./elements.js";
import { get } from "./api.js";
import { state, words } from "./states.js";

const WORST = ["down", "not_ready", "ready"];
const MEANS = { ok: "all are ready", degraded: "something is not as it should be", down: "no actor is ready: nothing can be done" };

function row([name, { status, latency_ms: latency, checks }]) {
  const sick = Object.entries(checks).filter(([, told]) => told !== "ok").map(([check, told]) => `${check} ${told}`);
  return h("tr", {}, h("th", { scope: "row" }, words(name)), h("td", {}, state(status)),
    h("td", { class: "numeric" }, latency === null ? "–" : `${latency} ms`),
    h("td", { class: sick.length ? "bad" : "muted" }, sick.length ? sick.join(", ") : Object.keys(checks).join(", ")));
}

/** `told` gets the verdict on the whole. */
export async function processes(told) {
  const { status, services } = await get("/status");
  const listed = Object.entries(services).toSorted(([, one], [, other]) => WORST.indexOf(one.status) - WORST.indexOf(other.status));
  fill(told, state(status, MEANS[status]));
  return h("div", { class: "wide" }, h("table", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Process"), h("th", { scope: "col" }, "State"), h("th", { scope: "col", class: "numeric" }, "Answers in"), h("th", { scope: "col" }, "Checks"))),
    h("tbody", {}, ...listed.map(row))));
}

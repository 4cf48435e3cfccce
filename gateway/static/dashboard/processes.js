// Every process, as the monitor last saw it: the worst first.
import { fill, h } from "./elements.js";
import { get } from "./api.js";
import { state, words } from "./states.js";
import { table } from "./table.js";

const WORST = ["down", "not_ready", "ready"];
const MEANS = { ok: "all are ready", degraded: "something is not as it should be", down: "no actor is ready: nothing can be done" };

function row([name, { status, latency_ms: latency, checks }]) {
  const sick = Object.entries(checks).filter(([, told]) => told !== "ok").map(([check, told]) => `${check} ${told}`);
  const found = h("span", { class: sick.length ? "bad" : "muted" }, (sick.length ? sick : Object.keys(checks)).join(", "));
  return [words(name), state(status), latency === null ? "–" : `${latency} ms`, found];
}

/** `told` gets the verdict on the whole. */
export async function processes(told) {
  const { status, services } = await get("/status");
  const listed = Object.entries(services).toSorted(([, one], [, other]) => WORST.indexOf(one.status) - WORST.indexOf(other.status));
  fill(told, state(status, MEANS[status]));
  return table(["Process", "State", ">Answers in", "Checks"], listed.map(row));
}

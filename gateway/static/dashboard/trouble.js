// What went wrong, what it means, and the way on.
import { h, copyable } from "./elements.js";

const WAY_ON = {
  same_key: "Try again: nothing will happen twice.",
  new_key: "Change what was entered, and send it again.",
  later: "Try again in a moment; nothing was accepted.",
  never: "Trying again will not help.",
};

/** A problem as a box; `again` is what its button does. */
export function trouble(problem, again) {
  const known = problem.retry !== undefined;
  if (!known) console.error(problem);
  return h("section", { class: "trouble", role: "alert" },
    h("strong", {}, `✕ ${problem.title ?? "This page has a fault"}`),
    h("p", {}, problem.message),
    known && problem.retry !== "never" && h("p", { class: "muted" }, WAY_ON[problem.retry]),
    problem.requestId && h("p", { class: "muted" }, "Request ", copyable(problem.requestId)),
    again && h("button", { type: "button", class: "quiet", onclick: again }, "Try again"));
}

/** Of a form: the fields that were named, each in words. */
export function fieldTroubles(problem) {
  const named = problem.body?.errors ?? [];
  return h("div", { class: "trouble", role: "alert" },
    h("strong", {}, `✕ ${problem.title}`), h("p", {}, problem.message),
    named.length > 0 && h("ul", {}, ...named.map((each) => h("li", {}, `${each.pointer ?? each.parameter}: ${each.detail}`))),
    problem.requestId && h("p", { class: "muted" }, "Request ", copyable(problem.requestId)));
}

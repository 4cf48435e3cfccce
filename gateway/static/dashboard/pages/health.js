// How it is: the walk in large, every process, whether the money adds up, and what can be turned off.
import { h } from "../elements.js";
import { get } from "../api.js";
import { invariants } from "../invariants.js";
import { heading } from "../router.js";
import { processes } from "../processes.js";
import { switches } from "../switches.js";
import { walk } from "../walk.js";
import { may } from "../who.js";
import { facts, panel } from "../panel.js";

const EVERY_MS = 5000;

async function versions() {
  const { version, api_version: api } = await get("version");
  const [messages, operations] = [h("a", { href: "/asyncapi.json" }, "asyncapi.json"), h("a", { href: "/swagger/index.html" }, "Swagger")];
  return facts([["Gateway", version], ["API", api], ["Messages", messages], ["Operations", operations]]);
}

/** A block that is asked for again and again, as long as somebody looks. */
function watched(title, page, load, beside = []) {
  const section = panel(title, page, load, { beside });
  const timer = setInterval(() => document.hidden || section.again(), EVERY_MS);
  page.onLeave(() => clearInterval(timer));
  return section;
}

export async function show(page) {
  const [health, money, opened] = [h("span"), h("span"), new Set()];
  const turning = may("admin") ? panel("Switches", page, () => switches(() => turning.again())) : null;
  return h("div", {}, heading("Health"),
    may("operations:read") && walk(page, { large: true }),
    h("div", { class: "columns" },
      watched("Does the money add up?", page, () => invariants(money, opened), [money]),
      h("div", {},
        watched("Processes", page, () => processes(health), [health]),
        turning,
        panel("Versions", page, versions))));
}

// One command.
import { h } from "../elements.js";
import { get } from "../api.js";
import { commandFacts } from "../command_facts.js";
import { heading } from "../router.js";

export async function show(page) {
  const command = await get(`commands/${page.params.id}`);
  return h("div", {}, heading(command.type, { back: { href: "#/developers", title: "Developers" } }),
    h("section", { class: "card" }, commandFacts(command)));
}

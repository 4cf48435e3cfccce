// A command: who sent it, and what became of it.
import { copyable, h } from "./elements.js";
import { facts, rawJson } from "./panel.js";
import { linkTo } from "./links.js";
import { state } from "./states.js";
import { when } from "./times.js";

export const commandFacts = (command) => h("div", {}, facts([
  ["Command", copyable(command.id)], ["Status", state(command.status)], ["Type", command.type], ["By", command.principal],
  ["First seen", when(command.first_seen_at)],
  ["Key", command.idempotency_key], ["Repeated", `${command.replays} times`],
  ["Answered", command.outcome && String(command.outcome.status)],
  ["About", command.resource && linkTo(command.resource.object, command.resource.id)],
]), rawJson(command));

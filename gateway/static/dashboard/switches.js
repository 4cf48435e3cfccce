// Switches: one thing at a time is turned off, with the reason, and on again.
import { h } from "./elements.js";
import { get } from "./api.js";
import { openSheet } from "./sheet.js";
import { state, words } from "./states.js";
import { when } from "./times.js";

const OFF = {
  payments: "New payments, top-ups and confirms are refused; captures, refunds and disputes go on.",
  provider: "This account is chosen for no new charge; what was begun there goes on.",
  payouts: "Withdrawals are refused; those that were accepted go on.",
  dunning: "Nothing that was declined is tried again by itself; reminders go on.",
  webhooks: "Deliveries wait in their order; the event log and its streams go on.",
  mails: "Mails wait.",
};

const titleOf = (name) => (name.startsWith("provider:") ? `Provider ${name.slice(9)}` : words(name));

function turn({ name, on }, done) {
  const doing = on ? "off" : "on";
  openSheet({
    title: `Turn ${titleOf(name).toLowerCase()} ${doing}`, intro: on ? OFF[name.split(":")[0]] : "What waited goes out by itself.", rehearsed: false, danger: on,
    fields: [{ name: "reason", title: on ? "Reason, which others are told" : "Reason (may be left empty)", required: on, maxlength: 500, autofocus: true }],
    request: ({ reason }) => (on && !reason.trim() ? "Say why: whoever is refused is told it." : { method: "POST", path: `switches/${name}`, body: { on: !on, reason: reason.trim() || null } }),
    label: () => `Turn ${titleOf(name).toLowerCase()} ${doing}`, done,
  });
}

function row(each, done) {
  const { name, on, reason, changed_by: who, changed_at: at } = each;
  return h("tr", { data: { switch: name } }, h("th", { scope: "row" }, titleOf(name)), h("td", {}, on ? state("ok", "On") : state("failed", "Off")),
    h("td", {}, reason, who && h("div", { class: "faint" }, `${who}, `, when(at))),
    h("td", { class: "numeric" }, h("button", { type: "button", class: "quiet", onclick: () => turn(each, done) }, on ? "Turn off" : "Turn on")));
}

/** `done` is called once one was turned. */
export async function switches(done) {
  const { data } = await get("switches");
  return h("div", { class: "wide" }, h("table", { class: "switches" }, h("tbody", {}, ...data.map((each) => row(each, done)))));
}

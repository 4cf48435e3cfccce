// Switches: one thing at a time is turned off, with the reason, and on again.
import { h } from "./elements.js";
import { get } from "./api.js";
import { openSheet } from "./sheet.js";
import { state, words } from "./states.js";
import { table } from "./table.js";
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
  const does = `Turn ${titleOf(name).toLowerCase()} ${on ? "off" : "on"}`;
  const body = ({ reason }) => ({ on: !on, reason: reason.trim() || null });
  openSheet({
    title: does, intro: on ? OFF[name.split(":")[0]] : "What waited goes out by itself.", rehearsed: false, danger: on, label: () => does,
    fields: [{ name: "reason", title: on ? "Reason, which others are told" : "Reason (may be left empty)", required: on, maxlength: 500 }],
    request: (values) => (on && !body(values).reason
      ? "Say why: whoever is refused is told it."
      : { method: "POST", path: `switches/${name}`, body: body(values) }),
    done: () => { dispatchEvent(new CustomEvent("switched")); done(); },
  });
}

function row(each, done) {
  const { name, on, reason, changed_by: who, changed_at: at } = each;
  const why = [reason, who && h("div", { class: "faint" }, `${who}, `, when(at))];
  return [titleOf(name), on ? state("ok", "On") : state("failed", "Off"), why,
    h("button", { type: "button", class: "quiet", data: { switch: name }, onclick: () => turn(each, done) }, on ? "Turn off" : "Turn on")];
}

/** `done` is called once one was turned. */
export async function switches(done) {
  const { data } = await get("switches");
  return table(["Switch", "State", "Why", ">"], data.map((each) => row(each, done)), { kind: "switches" });
}

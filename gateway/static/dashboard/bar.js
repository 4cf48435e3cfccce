// The bar above: tenant and mode, search, whether the stream is live, what is switched off, and who is here.
import { h, fill } from "./elements.js";
import { get, send } from "./api.js";
import { onEvent, onState } from "./live.js";
import { searchBox } from "./search.js";
import { timeOfDay } from "./times.js";
import { may, who } from "./who.js";

const STATES = {
  connecting: ["muted", "… connecting"],
  live: ["good", "● live"],
  stale: ["warn", "▲ reconnecting"],
};

function connection() {
  const dot = h("span", { class: "tag", id: "connection", role: "status" });
  onState((state, since) => {
    const [tone, said] = STATES[state] ?? STATES.live;
    dot.className = `tag ${tone}`;
    fill(dot, said, state === "stale" && since ? [", as of ", timeOfDay(since.toISOString())] : "");
  });
  return dot;
}

/** Switches that are off, in words; nothing while all are on. */
function switchedOff() {
  const place = h("span", { id: "off" });
  if (!may("admin")) return place;
  const look = () => get("switches").then(({ data }) => {
    const off = data.filter((each) => !each.on).map((each) => each.name);
    fill(place, off.length > 0 && h("a", { class: "tag bad", href: "#/health" }, `✕ off: ${off.join(", ")}`));
  }).catch(() => {});
  onEvent((event) => event.type.startsWith("switch.") && look());
  addEventListener("switched", look);
  setInterval(() => document.hidden || look(), 30_000);
  look();
  return place;
}

function leave(me) {
  if (!me.role) return null;
  const out = async () => {
    await send("DELETE", "sessions/current");
    location.reload();
  };
  return h("button", { type: "button", class: "quiet", onclick: out, title: `${who().principal}, ${me.role}` }, "Log out");
}

export function showBar(place, me) {
  const mode = me.livemode ? h("span", { class: "tag good" }, "✓ LIVE") : h("span", { class: "tag warn" }, "▲ TEST");
  fill(place, h("strong", {}, me.tenant_name ?? me.tenant), mode, searchBox(), switchedOff(), connection(), leave(me));
}

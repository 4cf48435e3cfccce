// One stream for the whole browser: the tab that holds the lock reads it and tells the others.
const CHANNEL = "pocketpay-live";
const AGAIN_MS = 3000;
const LOCK = "pocketpay-stream";
const listeners = new Set();
const watchers = new Set();
const channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : null;
const now = { state: "connecting", cursor: null, since: null };

/** Calls `hear(event)` for each event envelope; returns what ends it. */
export function onEvent(hear) {
  listeners.add(hear);
  return () => listeners.delete(hear);
}

/** Calls `see(state, since)` at once and at each change: connecting, live, stale, reset. */
export function onState(see) {
  watchers.add(see);
  see(now.state, now.since);
  return () => watchers.delete(see);
}

function take(message) {
  if (message.cursor) now.cursor = message.cursor;
  if (message.event) for (const hear of listeners) hear(message.event);
  if (message.state && message.state !== now.state) {
    Object.assign(now, { state: message.state === "reset" ? "live" : message.state, since: new Date() });
    for (const see of watchers) see(message.state, now.since);
  }
  if (message.asking && source) channel.postMessage({ state: now.state, cursor: now.cursor });
}

function tell(message) {
  channel?.postMessage(message);
  take(message);
}

let source = null;

function read() {
  const resumed = now.cursor ? `&last_event_id=${encodeURIComponent(now.cursor)}` : "";
  source = new EventSource(`/api/v1/events/stream?plain=true${resumed}`);
  source.onopen = () => tell({ state: "live" });
  source.onerror = () => {
    tell({ state: "stale" });
    if (source.readyState === EventSource.CLOSED) setTimeout(read, AGAIN_MS);
  };
  source.onmessage = ({ data, lastEventId }) => {
    const event = data ? JSON.parse(data) : null;
    tell({ cursor: lastEventId, event: event?.data ? event : null });
  };
  source.addEventListener("reset", () => tell({ state: "reset" }));
  source.addEventListener("closed", ({ data }) => {
    source.close();
    if (JSON.parse(data).code !== "draining") return dispatchEvent(new CustomEvent("logged-out"));
    tell({ state: "stale" });
    return setTimeout(read, AGAIN_MS);  // another gateway, or this one anew
  });
}

/** Begins to listen; the lock passes to another tab when this one goes, and it resumes where this one stopped. */
export function start() {
  if (!channel || !navigator.locks) return read();
  channel.onmessage = ({ data }) => take(data);
  channel.postMessage({ asking: true });
  navigator.locks.request(LOCK, () => {
    read();
    return new Promise(() => {});  // held until the tab is gone
  });
}

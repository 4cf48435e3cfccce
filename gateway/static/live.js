// The live page: counters and a feed of what happens while it is open.
const ROWS_MAX = 100;
const MARKS = {
  succeeded: ["good", "✓"], posted: ["good", "✓"], confirmed: ["good", "✓"], failed: ["bad", "✕"], canceled: ["muted", "–"],
  authorized: ["held", "‖"], action_required: ["warn", "▲"], voided: ["muted", "–"], expired: ["muted", "–"],
};
const find = (id) => document.getElementById(id);
const counts = { payments: 0, succeeded: 0 };
const taken = new Map();

function money(amount, currency) {
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits;
  return format.format(`${amount}E-${digits}`);
}

function showConnection(kind, words) {
  const tag = find("connection");
  tag.className = `tag ${kind}`;
  tag.textContent = words;
}

function count(event) {
  if (event.type === "payment.created") counts.payments += 1;
  if (event.type === "payment.succeeded") {
    counts.succeeded += 1;
    const { currency, amount_captured: amount } = event.data;
    taken.set(currency, (taken.get(currency) ?? 0n) + BigInt(amount));
    find("taken").replaceChildren(...[...taken].map(([code, sum]) => cell("li", "", money(sum, code))));
  }
  find("payments").textContent = counts.payments;
  find("succeeded").textContent = counts.succeeded;
}

function cell(tag, kind, words) {
  const element = document.createElement(tag);
  element.className = kind;
  element.textContent = words;
  return element;
}

function row(event) {
  const [kind, mark] = MARKS[event.type.split(".").at(-1)] ?? ["info", "…"];
  const { amount, currency } = event.data;
  const item = document.createElement("li");
  item.append(
    cell("time", "muted", new Date(event.time).toLocaleTimeString()),
    cell("span", "", event.customer_id ?? event.subject),
    cell("span", `tag ${kind}`, `${mark} ${event.type}`),
    cell("span", "amount", amount === undefined ? "" : money(amount, currency)),
  );
  item.title = event.subject;
  return item;
}

function show(message) {
  const event = JSON.parse(message.data);
  if (!event.data) return;
  count(event);
  const feed = find("feed");
  find("empty").hidden = true;
  feed.prepend(row(event));
  while (feed.childElementCount > ROWS_MAX) feed.lastElementChild.remove();
}

function follow() {
  const source = new EventSource("/api/v1/events/stream?plain=true");
  source.onopen = () => showConnection("good", "● live");
  source.onerror = () => showConnection("bad", "✕ reconnecting");
  source.onmessage = show;
}

const command = `curl -s ${location.origin}/api/v1/payments \\
  -H 'Content-Type: application/json' \\
  -d '{"amount":1000,"currency":"USD","customer_id":"abc123"}'`;
find("curl").textContent = command;
find("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(command);
  find("copied").textContent = "Copied";
});
follow();

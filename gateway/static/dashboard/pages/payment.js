// One payment: how it stands, how it went, what it moved, and what may be done with it.
import { h, copyable, fill, short } from "../elements.js";
import { get } from "../api.js";
import { amount } from "../amounts.js";
import { booked } from "../booked.js";
import { figure, money } from "../money.js";
import { facts, panel, rawJson } from "../panel.js";
import { actions } from "../payment_actions.js";
import { heading, to } from "../router.js";
import { state } from "../states.js";
import { timeline } from "../timeline.js";
import { lasting, when } from "../times.js";
import { walkOf } from "../walk_still.js";

const UNKNOWN_AFTER_SECONDS = 30;

export async function show(page) {
  const { id } = page.params;
  const payment = await get(`payments/${id}`);
  const about = (event) => event.subject === id || event.data?.payment === id;
  const moved = (event) => about(event) || event.data?.source?.id === id;
  const head = h("div");
  const draw = (now) => fill(head, top(now, page), unknown(now));
  draw(payment);
  page.onEvent((event) => event.subject === id && event.data?.object === "payment" && draw(event.data));
  page.onReset(async () => draw(await get(`payments/${id}`)));
  return h("div", {}, head,
    h("div", { class: "columns" },
      h("div", {},
        panel("The walk of this payment", page, () => walkOf(id), { moves: about }),
        panel("Timeline", page, () => timeline(`payments/${id}/events`), { moves: about }),
        panel("Refunds", page, () => refunds(id), { moves: about })),
      h("div", {},
        panel("Postings", page, () => posted(id), { moves: moved }),
        panel("What is known", page, () => known(id), { moves: about }))));
}

function top(payment, page) {
  const given = payment.amount_refunded ? ` · ${money(payment.amount_refunded, payment.currency)} refunded` : "";
  return h("div", {},
    heading(money(payment.amount, payment.currency), {
      back: { href: "#/payments", title: "Payments" }, actions: actions(payment, page),
      beside: [state(payment.status), copyable(payment.id)],
    }),
    h("p", { class: "lead" }, payment.customer_id && h("a", { href: to("customers", payment.customer_id) }, payment.customer_id), given,
      " · ", when(payment.created_at)),
    sums(payment));
}

function sums(payment) {
  const { currency, fee } = payment;
  const net = payment.amount_captured - payment.amount_refunded - (fee ?? 0);
  const parts = [["captured", payment.amount_captured], ["refunded", payment.amount_refunded], ["fee", fee], ["net", net]];
  return h("p", { class: "sums" }, ...parts.filter(([, value]) => value !== null).map(([name, value]) =>
    h("span", {}, `${name} `, h("strong", {}, figure(value, currency)))),
  h("span", { class: "muted" }, `${payment.payment_method ?? "no method"} · ${payment.provider ?? ""} ${payment.provider_reference ?? ""}`));
}

/** The amber line: never a spinner over money. */
function unknown({ processing, last_error: error, next_action: next }) {
  if (processing) {
    const seconds = (Date.now() - Date.parse(processing.since)) / 1000;
    if (processing.reason !== "outcome_unknown" && seconds < UNKNOWN_AFTER_SECONDS) return null;
    return h("p", { class: "banner warn" },
      `▲ The provider has not answered for ${lasting(seconds)}. Nothing is lost and nothing will be charged twice; it is asked again by itself.`);
  }
  if (next) return h("p", { class: "banner warn" }, "▲ The customer has to confirm at their bank: ",
    h("a", { href: next.redirect_to_url.url }, "the bank's page"));
  return error ? h("p", { class: "banner bad" }, `✕ ${error.detail} (${error.decline_code ?? error.code})`) : null;
}

async function refunds(id) {
  const { data } = await get("refunds", { payment: id, limit: 100 });
  if (!data.length) return h("p", { class: "muted" }, "Nothing was given back.");
  return h("div", { class: "wide" }, h("table", {}, h("tbody", {}, ...data.map((refund) => h("tr", {},
    h("td", {}, h("a", { href: to("refunds", refund.id) }, short(refund.id))),
    h("td", { class: "numeric" }, amount(refund.amount, refund.currency)),
    h("td", {}, state(refund.status)), h("td", {}, when(refund.created_at)))))));
}

/** Its own, those of holds for it, and those of its refunds. */
async function posted(id) {
  const { data } = await get("refunds", { payment: id, limit: 20 });
  return booked({ source_id: id }, { reference: id }, ...data.map((refund) => ({ source_id: refund.id })));
}

async function known(id) {
  const payment = await get(`payments/${id}`);
  const metadata = Object.entries(payment.metadata);
  return h("div", {}, facts([
    ["Description", payment.description], ["Capture", payment.capture_method], ["Destination", payment.destination.type],
    ["Disputed", payment.amount_disputed ? money(payment.amount_disputed, payment.currency) : null], ["Version", String(payment.version)],
    ...metadata.map(([key, value]) => [`Metadata ${key}`, value])]), rawJson(payment));
}

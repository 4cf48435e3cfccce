// A dot that was clicked: what it is, and the payment that it is about.
import { copyable, h } from "./elements.js";
import { to } from "./router.js";

const KNOWN_MAX = 2000;

/** Remembers which request made which payment, for dots have only the former. */
export function payments(page) {
  const known = new Map();
  page.onEvent(({ correlation_id: request, subject, data }) => {
    const payment = data?.object === "payment" ? subject : data?.payment;
    if (!payment || known.has(request)) return;
    known.set(request, payment);
    if (known.size > KNOWN_MAX) known.delete(known.keys().next().value);
  });
  return (request) => known.get(request);
}

export function picked({ line, type, n, request }, payment) {
  const [here, there] = line.split(">");
  return h("p", { class: "picked" }, h("strong", {}, type), ` from ${here} to ${there}`, n > 1 && `, one of ${n.toLocaleString()}`,
    request && [" · ", copyable(request)], payment && [" · ", h("a", { href: to("payments", payment) }, "open the payment")]);
}

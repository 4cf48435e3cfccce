// What an empty system says: how to make the first payment.
import { h } from "./elements.js";

const command = () => `curl -s ${location.origin}/api/v1/payments \\
  -H 'Content-Type: application/json' \\
  -d '{"amount":1000,"currency":"USD","customer_id":"abc123"}'`;

export function firstPayment(intro = "Nothing has moved yet. Send the first payment:") {
  const copied = h("span", { class: "muted", role: "status" });
  const copy = async () => {
    await navigator.clipboard.writeText(command());
    copied.textContent = "Copied";
  };
  return h("div", { class: "empty" }, intro && h("p", {}, intro),
    h("pre", {}, h("code", {}, command())), h("button", { type: "button", onclick: copy }, "Copy"), " ", copied,
    h("p", { class: "muted" }, "or load a demo company: ", h("code", {}, "pocketpay demo")));
}

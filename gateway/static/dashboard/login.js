// Log in with an address and a password; the session's secret is in a cookie that no script can read.
import { h, fill } from "./elements.js";
import { send } from "./api.js";
import { field } from "./sheet.js";

export function askToLogIn(place, done) {
  const said = h("p", { role: "alert", class: "bad-text" });
  const button = h("button", { type: "submit" }, "Log in");
  async function act(event) {
    event.preventDefault();
    const { email, password, tenant } = Object.fromEntries(new FormData(event.currentTarget));
    button.disabled = true;
    fill(said);
    try {
      await send("POST", "sessions", { email, password, ...(tenant ? { tenant } : {}) });
      await done();
    } catch (problem) {
      fill(said, `✕ ${problem.message}`);
    }
    button.disabled = false;
  }
  fill(place, h("main", { class: "door" },
    h("h1", {}, "PocketPay"),
    h("form", { class: "card", onsubmit: act },
      field({ name: "email", title: "Email", type: "email", required: true, autocomplete: "username", autofocus: true }),
      field({ name: "password", title: "Password", type: "password", required: true, autocomplete: "current-password" }),
      h("details", {}, h("summary", {}, "Another tenant"),
        field({ name: "tenant", title: "Tenant", hint: "Its id; left empty it is the operator's own." })),
      button, said),
    h("p", { class: "muted" }, "No user yet? An admin's key makes one: ", h("code", {}, "POST /api/v1/users"), ".")));
  place.querySelector("input").focus();
}

// A sheet at the side: a form, what sending it would lead to (a dry run while typing), and a button that says what it does.
import { h, fill } from "./elements.js";
import { newKey, rehearse, send } from "./api.js";
import { fieldTroubles } from "./trouble.js";
import { rehearsal } from "./rehearsal.js";

const TYPING_MS = 350;

/** A field of a form: `{name, title, type, value, hint, choices, required}`. */
export function field({ name, title, type = "text", value = "", hint, choices, required, ...more }) {
  const input = choices
    ? h("select", { name }, ...choices.map(([key, shown]) => h("option", { value: key, selected: key === value }, shown)))
    : type === "area" ? h("textarea", { name, rows: 4, ...more }, value) : h("input", { name, type, value, required, ...more });
  return h("label", {}, h("span", {}, title), input, hint && h("small", { class: "muted" }, hint));
}

/**
 * `request(values)` is `{method, path, body, reason}`, or a string that says what is missing; `label(values)` is what the
 * button says. `rehearsed` asks for the dry run first. A double click, and a try again, have the same key.
 */
export function openSheet({ title, intro, fields = [], request, label, rehearsed = true, danger = false, done = () => {} }) {
  const preview = h("section", { class: "preview", "aria-live": "polite" });
  const result = h("div");
  const button = h("button", { type: "submit", class: danger ? "danger" : "" });
  const form = h("form", {}, ...fields.map(field), preview, result, h("footer", {}, button,
    h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Leave it")));
  const dialog = h("dialog", { class: "sheet", "aria-label": title }, h("h2", {}, title), intro && h("p", { class: "muted" }, intro), form);
  let [key, sentAs, timer, asked] = [newKey(), null, null, 0];

  const values = () => Object.fromEntries(new FormData(form));

  async function look() {
    const [mine, wish] = [++asked, request(values())];
    button.textContent = label(values());
    button.disabled = typeof wish === "string";
    if (typeof wish === "string") return fill(preview, h("p", { class: "muted" }, wish));
    if (!rehearsed) return undefined;
    try {
      const told = await rehearse(wish.method, wish.path, wish.body, wish);
      if (mine === asked) fill(preview, rehearsal(told));
    } catch (problem) {
      if (mine === asked) fill(preview, fieldTroubles(problem));
    }
    return undefined;
  }

  async function act(event) {
    event.preventDefault();
    const wish = request(values());
    if (button.disabled || typeof wish === "string") return;
    const said = JSON.stringify(wish);
    if (sentAs !== null && sentAs !== said) key = newKey();  // another wish is another command
    sentAs = said;
    button.disabled = true;
    try {
      const told = await send(wish.method, wish.path, wish.body, { key, reason: wish.reason });
      dialog.close();
      done(told);
    } catch (problem) {
      fill(result, fieldTroubles(problem));
      if (problem.retry === "new_key") key = newKey();
      button.disabled = false;
    }
  }

  form.addEventListener("submit", act);
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, TYPING_MS); });
  dialog.addEventListener("close", () => { clearTimeout(timer); dialog.remove(); });
  document.body.append(dialog);
  dialog.showModal();
  look();
  return dialog;
}

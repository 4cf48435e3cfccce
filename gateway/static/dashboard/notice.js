// A notice before the page, which goes when it is read.
import { copyable, h } from "./elements.js";

export function notice(title, button, ...children) {
  const dialog = h("dialog", { class: "help", "aria-label": title }, h("h2", {}, title), ...children,
    h("button", { type: "button", onclick: () => dialog.close() }, button));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** A secret, this one time. */
export const showOnce = (title, words, secret) => notice(title, "I have it", h("p", {}, words), h("p", {}, copyable(secret, secret)));

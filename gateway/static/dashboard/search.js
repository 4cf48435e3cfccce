// Search over everything one may read; `/` goes to it.
import { h, fill } from "./elements.js";
import { get } from "./api.js";
import { pageOfResource } from "./places.js";
import { state, words } from "./states.js";

const TYPING_MS = 200;

export function searchBox() {
  const hits = h("ul", { class: "hits", role: "listbox", id: "hits", hidden: true });
  const input = h("input", { type: "search", id: "search", placeholder: "Search anything  ( / )", "aria-label": "Search anything",
    role: "combobox", "aria-controls": "hits", "aria-expanded": "false", autocomplete: "off" });
  let [timer, asked] = [null, 0];

  function show(found) {
    const open = input.value.trim() !== "";
    hits.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!found) return;
    fill(hits, found.length ? found.map((hit) => h("li", { role: "option" },
      h("a", { href: pageOfResource(hit.object, hit.id, hit) }, h("span", {}, `${words(hit.object)} `,
        h("strong", {}, hit.title ?? hit.id)), hit.status && state(hit.status))))
      : h("li", { class: "muted" }, "Nothing found by this."));
  }

  async function look() {
    const [mine, q] = [++asked, input.value.trim()];
    if (!q) return show([]);
    const { data } = await get("search", { q }).catch(() => ({ data: [] }));
    if (mine === asked) show(data);
    return undefined;
  }

  const close = () => { input.value = ""; show([]); };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, TYPING_MS); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { close(); input.blur(); }
    if (event.key === "Enter" || event.key === "ArrowDown") { event.preventDefault(); hits.querySelector("a")?.[event.key === "Enter" ? "click" : "focus"](); }
  });
  hits.addEventListener("click", close);
  hits.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { close(); input.focus(); }
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (step) { event.preventDefault(); document.activeElement.closest("li")[step]?.querySelector("a")?.focus(); }
  });
  return h("div", { class: "search" }, input, hits);
}

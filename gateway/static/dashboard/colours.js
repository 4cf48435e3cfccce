// The colours of the theme, for what is drawn on a canvas.
const NAMES = ["bg", "surface", "sunken", "text", "muted", "faint", "line", "line-strong", "accent", "good", "warn", "bad", "info", "held"];
const dark = matchMedia("(prefers-color-scheme: dark)");

/** As they are now. */
export function themed() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Calls `changed` when the theme does; returns what ends it. */
export function onColours(changed) {
  dark.addEventListener("change", changed);
  return () => dark.removeEventListener("change", changed);
}

// The colours of the theme, for what is drawn on a canvas.
const NAMES = ["bg", "surface", "sunken", "text", "muted", "faint", "line", "line-strong", "accent", "good", "warn", "bad", "info", "held"];
const dark = matchMedia("(prefers-color-scheme: dark)");

/** As they are now; `night` is what is darkest, for what is away. */
export function themed() {
  const style = getComputedStyle(document.documentElement);
  const told = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  return { ...told, night: dark.matches ? told.sunken : told.text, onNight: dark.matches ? told.muted : told.surface };
}

/** Calls `changed` when the theme does; returns what ends it. */
export function onColours(changed) {
  dark.addEventListener("change", changed);
  return () => dark.removeEventListener("change", changed);
}

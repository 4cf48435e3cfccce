// What is done only while somebody looks: the element is on the screen, and its tab is in front.

/** Calls `begin` and `end` in turn, the latter also when the page is left. */
export function whileSeen(element, page, begin, end) {
  let [seen, on] = [false, false];
  function look() {
    const now = seen && !document.hidden && !page.left;
    if (now === on) return;
    on = now;
    if (on) begin();
    else end();
  }
  const watched = new IntersectionObserver((entries) => { seen = entries.at(-1).isIntersecting; look(); });
  watched.observe(element);
  document.addEventListener("visibilitychange", look);
  page.onLeave(() => {
    watched.disconnect();
    document.removeEventListener("visibilitychange", look);
    look();
  });
}

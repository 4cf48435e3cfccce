// The dashboard begins: who is here, what they may see, and the frame around the pages.
import { h, fill } from "./elements.js";
import { get } from "./api.js";
import { showBar } from "./bar.js";
import { begin as beginKeys } from "./keys.js";
import { start as startLive } from "./live.js";
import { askToLogIn } from "./login.js";
import { showRail } from "./rail.js";
import { start as startRouter } from "./router.js";
import { trouble } from "./trouble.js";
import { remember } from "./who.js";

const find = (id) => document.getElementById(id);
let started = false;

async function begin() {
  let me;
  try {
    me = await get("me");
  } catch (problem) {
    if (problem.status === 401) return askToLogIn(find("door"), begin);
    return fill(find("door"), h("main", { class: "door" }, trouble(problem, begin)));
  }
  remember(me);
  fill(find("door"));
  find("frame").hidden = false;
  showRail(find("rail"));
  showBar(find("bar"), me);
  startLive();
  beginKeys();
  startRouter();
  started = true;
  return undefined;
}

addEventListener("logged-out", () => {
  if (started) location.reload();  // what was shown is not for whoever comes next
});
begin();

// The walk of one request, standing still: each station with how long it took there.
import { h } from "./elements.js";
import { get } from "./api.js";
import { lasting } from "./times.js";

const seconds = (from, until) => (from && until ? (Date.parse(until) - Date.parse(from)) / 1000 : null);

function station({ station: name, message, received_at: came, started_at: began, finished_at: ended, batch_size: batch }) {
  const took = seconds(began ?? came, ended);
  const title = [message, came && `came ${came}`, batch > 1 && `with ${batch - 1} others`].filter(Boolean).join(" · ");
  return h("li", { title }, h("strong", {}, name), h("span", { class: "muted" }, message),
    took !== null && h("span", { class: "took" }, lasting(took)));
}

/** Of the request that made the payment `id`. */
export async function walkOf(id) {
  const { data } = await get(`payments/${id}/events`);
  if (!data.length) return h("p", { class: "muted" }, "It has not begun yet.");
  const walk = await get(`walks/${data[0].correlation_id}`);
  const times = walk.data.flatMap((each) => [each.received_at, each.started_at, each.finished_at]).filter(Boolean).map(Date.parse);
  return h("div", {}, times.length > 1 && h("p", { class: "muted" },
    `${lasting((Math.max(...times) - Math.min(...times)) / 1000)} from the first to the last`),
    h("ol", { class: "walk-still" }, ...walk.data.map(station)));
}

// What may be done with an endpoint, and the one time that its secret is shown.
import { showOnce } from "./notice.js";
import { act } from "./one.js";
import { openSheet } from "./sheet.js";
import { may } from "./who.js";

export const HOOKS = [["webhooks", "Endpoints"], ["webhooks/deliveries", "Deliveries"], ["webhooks/mails", "Mails"]];

export const showSecret = ({ secret }) =>
  showOnce("The endpoint's secret", "It is shown this once. A receiver verifies with it that a delivery is ours.", secret);

const simple = (row, title, label, step, done) => () => openSheet({
  title, rehearsed: false, label: () => label, request: () => ({ method: "POST", path: `webhook-endpoints/${row.id}/${step}`, body: {} }),
  done,
});

/** All past events of an hour, a day or longer, once more. */
function replaySheet(row, again) {
  openSheet({
    title: "Send events of the past again", rehearsed: false,
    intro: "Each delivery says that it is a replay, and keeps its webhook-id.",
    fields: [
      { name: "from", title: "From", type: "datetime-local", required: true, step: 1 },
      { name: "to", title: "Until", type: "datetime-local", step: 1, hint: "now, when left empty" },
      { name: "only", title: "Which", choices: [["all", "All of them"], ["failed", "What has failed"]] },
    ],
    label: () => "Send them again",
    request: ({ from, to, only }) => {
      if (!from) return "Say from when on.";
      const until = to ? { to: new Date(to).toISOString() } : {};
      return { method: "POST", path: `webhook-endpoints/${row.id}/replay`, body: { from: new Date(from).toISOString(), only, ...until } };
    },
    done: again,
  });
}

export function endpointActions(row, again) {
  if (!may("webhooks:write")) return [];
  const flip = row.status === "enabled" ? ["Disable…", "Disable the endpoint", "disable"] : ["Enable…", "Enable the endpoint", "enable"];
  return [
    act("Replay…", () => replaySheet(row, again), ""),
    act("Send a test…", simple(row, "Send a test event", "Send the test", "test", again)),
    act("Rotate the secret…", simple(row, "Rotate the secret", "Make a new secret", "rotate-secret",
      (told) => { showSecret(told); again(); })),
    act(flip[0], simple(row, flip[1], flip[1], flip[2], again)),
  ];
}

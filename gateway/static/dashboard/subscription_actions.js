// What may be done with a subscription; each with what it would lead to.
import { act } from "./one.js";
import { openSheet } from "./sheet.js";
import { may } from "./who.js";

const sheet = (row, step, more) => openSheet({
  ...more, request: (values) => ({ method: "POST", path: `subscriptions/${row.id}/${step}`, body: more.body ? more.body(values) : {} }),
});

const quantities = (row) => row.items.filter((item) => item.quantity !== null).map((item) => ({ name: item.id,
  title: `Quantity of ${item.price}`, type: "number", min: 0, step: 1, value: item.quantity }));

function change(row) {
  openSheet({
    title: "Change the subscription",
    fields: [...quantities(row),
      { name: "proration", title: "Proration", choices: [["create", "On the next invoice"], ["invoice_now", "Invoice it now"],
        ["none", "None"]] },
      { name: "at", title: "When", choices: [["now", "Now"], ["period_end", "At the end of the period"]] }],
    label: () => "Change the subscription",
    request: ({ proration, at, ...items }) => {
      const wanted = Object.entries(items).map(([id, quantity]) => ({ id, quantity: Number(quantity) }));
      if (wanted.some(({ quantity }) => !Number.isSafeInteger(quantity) || quantity < 0)) return "A quantity is a whole number.";
      return { method: "POST", path: `subscriptions/${row.id}/change`, body: { items: wanted, proration, at } };
    },
  });
}

export function subscriptionActions(row) {
  if (!may("billing:write") || ["canceled", "incomplete_expired"].includes(row.status)) return [];
  const open = [];
  if (["active", "trialing", "past_due"].includes(row.status)) {
    if (quantities(row).length) open.push(act("Change…", () => change(row), ""));
    open.push(act("Pause…", () => sheet(row, "pause", {
      title: "Pause the subscription", label: () => "Pause it", body: ({ behavior }) => ({ behavior }),
      fields: [{ name: "behavior", title: "Meanwhile", choices: [["void", "Invoices are void"], ["keep_as_draft", "Invoices stay drafts"],
        ["none", "Nothing is invoiced"]] }],
    })));
  }
  if (row.status === "paused" || row.pause) open.push(act("Resume…", () => sheet(row, "resume",
    { title: "Resume the subscription", label: () => "Resume it" }), ""));
  if (row.cancel_at_period_end || row.cancel_at) open.push(act("Keep it…",
    () => sheet(row, "uncancel", { title: "Keep the subscription", label: () => "Take the cancellation back" })));
  else open.push(act("Cancel…", () => sheet(row, "cancel", {
    title: "Cancel the subscription", danger: true, label: ({ at }) => (at === "now" ? "Cancel it now" : "Cancel at the period's end"),
    body: ({ at }) => ({ at }),
    fields: [{ name: "at", title: "When", choices: [["period_end", "At the end of the period"], ["now", "Now"]] }],
  })));
  return open;
}

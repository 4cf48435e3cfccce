// What may be done with a customer's profile.
import { act } from "./one.js";
import { to } from "./router.js";
import { openSheet } from "./sheet.js";
import { may } from "./who.js";

const PLAIN = [["name", "Name"], ["email", "Email"], ["phone", "Phone"], ["description", "Description"], ["time_zone", "Time zone"]];
const LINES = [["line1", "Street"], ["line2", "Street, second line"], ["postal_code", "Postal code"], ["city", "City"], ["state", "State"],
  ["country", "Country (two letters)"]];
const EXEMPT = [["none", "Taxed"], ["exempt", "Exempt"], ["reverse", "Reverse charge"]];

const fields = (row) => [
  ...PLAIN.map(([name, title]) => ({ name, title, value: row[name] ?? "", type: name === "email" ? "email" : "text",
    autocomplete: "off" })),
  ...LINES.map(([name, title]) => ({ name, title, value: row.address?.[name] ?? "", autocomplete: "off" })),
  { name: "tax_exempt", title: "Tax", choices: EXEMPT, value: row.tax_exempt ?? "none" },
];

function bodyOf(values) {
  const address = Object.fromEntries(LINES.map(([name]) => [name, values[name].trim() || null]));
  const plain = Object.fromEntries(PLAIN.map(([name]) => [name, values[name].trim() || null]));
  return { ...plain, tax_exempt: values.tax_exempt, address: Object.values(address).some(Boolean) ? address : null };
}

const change = (row) => openSheet({
  title: "Change the customer", rehearsed: false, fields: fields(row), label: () => "Save",
  request: (values) => ({ method: "PATCH", path: `customers/${encodeURIComponent(row.id)}`, body: bodyOf(values) }),
});

const erase = (row) => openSheet({
  title: "Erase what is personal", danger: true, rehearsed: false, label: () => `Erase ${row.id} for good`,
  intro: "All that is personal goes for good, from mails and pages too. What was booked stays, under the id. This cannot be taken back.",
  fields: [{ name: "reason", title: "Reason", required: true, hint: "kept in the audit log" },
    { name: "again", title: `Type ${row.id} to go on`, autocomplete: "off" }],
  request: ({ reason, again }) => {
    if (!reason.trim()) return "A reason is needed.";
    if (again.trim() !== row.id) return "The id is not typed yet.";
    return { method: "POST", path: `customers/${encodeURIComponent(row.id)}/erase`, body: {}, reason };
  },
});

export const customerActions = (row) => (may("customers:write") && !row.erased_at
  ? [act("Change…", () => change(row), ""), act("Erase…", () => erase(row))] : []);

export const openNewCustomer = () => (may("customers:write") ? [act("Add a customer…", () => openSheet({
  title: "Add a customer", rehearsed: false, label: () => "Add the customer",
  fields: [{ name: "id", title: "Id", hint: "your own, such as abc123; left empty it is chosen", autocomplete: "off" }, ...fields({})],
  request: ({ id, ...values }) => ({ method: "POST", path: "customers",
    body: { ...bodyOf(values), ...(id.trim() ? { id: id.trim() } : {}) } }),
  done: (row) => { location.hash = to("customers", row.id); },
}), "")] : []);

// CSV (RFC 4180). What a spreadsheet would run as a formula is kept as text by an apostrophe before it.
const DANGEROUS = /^[\s\x1c-\x1f\x85]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

function field(value) {
  const plain = value instanceof Node ? value.textContent : String(value ?? "");
  const text = DANGEROUS.test(plain) && !NUMBER.test(plain) ? `'${plain}` : plain;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csv = (titles, lines) => [titles, ...lines].map((line) => line.map(field).join(",")).join("\r\n");

/** The browser saves the text, or bytes in pieces, as a file of this name. */
export function offer(name, content, type = "text/csv") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content].flat(), { type: typeof content === "string" ? `${type};charset=utf-8` : type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// The gateway's API, asked with the session's cookie (or with nothing, where it is open).
const DEADLINE_MS = 20_000;
const BASE = "/api/v1";

/** An RFC 9457 problem; `retry` says what may be done about it. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    Object.assign(this, { status, code: body.code ?? "unreachable", title: body.title ?? "No answer", body });
    this.requestId = body.request_id ?? null;
    this.retry = body.retry ?? "same_key";
  }
}

const UNREACHABLE = { title: "The gateway does not answer", detail: "Nothing was changed by looking. It is asked again when it is back.",
  code: "unreachable" };

/** Repeat a request with the same key and it happens once. */
export const newKey = () => crypto.randomUUID?.() ?? String(crypto.getRandomValues(new BigUint64Array(2)).join("-"));

export function address(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const whole = path.startsWith("/") ? path : `${BASE}/${path}`;
  return given.length ? `${whole}?${new URLSearchParams(given)}` : whole;
}

async function ask(url, options) {
  let answer;
  try {
    answer = await fetch(url, { ...options, credentials: "same-origin", signal: AbortSignal.timeout(DEADLINE_MS) });
  } catch {
    throw new Problem(0, UNREACHABLE);
  }
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 401) dispatchEvent(new CustomEvent("logged-out"));
  return { answer, body };
}

/** A path below /api/v1, or one that begins with a slash. Raises Problem. */
export async function get(path, query) {
  const { answer, body } = await ask(address(path, query), { headers: { Accept: "application/json" } });
  if (!answer.ok && !("services" in body)) throw new Problem(answer.status, body);  // `/status` is told with 503 too
  return body;
}

/** A header carries bytes: those of the text in UTF-8, whatever its letters. */
const inHeader = (text) => String.fromCharCode(...new TextEncoder().encode(text));

/** A command; `{key, reason, query}` as the contract has them. Raises Problem, also for 402. */
export async function send(method, path, body, { key = newKey(), reason, query } = {}) {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "Idempotency-Key": key };
  if (reason) headers["PocketPay-Reason"] = inHeader(reason);
  const sent = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
  const { answer, body: told } = await ask(address(path, query), sent);
  if (!answer.ok) throw new Problem(answer.status, told);
  return told;
}

/** What a command would lead to; nothing is changed by asking. */
export const rehearse = (method, path, body, { reason } = {}) => send(method, path, body, { reason, query: { dry_run: true } });

/** All rows of a list, up to `most`; `cut` says that there are more. */
export async function rows(path, query = {}, most = 1000) {
  const data = [];
  let cursor = null;
  do {
    const page = await get(path, { ...query, limit: 100, cursor });
    data.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor && data.length < most);
  return { data, cut: cursor !== null };
}

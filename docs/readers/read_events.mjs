// Follows events and resumes where it left off.
//
//     node read_events.mjs 'http://localhost:8011/api/v1/events/stream' place.txt
//
// Needs Node.js 18 or newer and nothing else. Where a key is asked for, set POCKETPAY_KEY. The place is kept after an
// event was handled: none is missed, and after a crash the last one may come once more, with the same id.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const SILENCE_MS = 40_000; // a stream that is well says something every 15 s
let pauseMs = 1000; // as the stream itself says
const [url, place] = process.argv.slice(2);

// The fields of each frame; one that is cut off will come again.
async function* frames(body, heard) {
  let text = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    heard();
    const parts = (text + chunk).split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const frame = {};
      for (const [, name, value] of part.matchAll(/^(\w+): ?(.*)$/gm)) {
        frame[name] = name === "data" && name in frame ? `${frame[name]}\n${value}` : value;
      }
      yield frame;
    }
  }
}

// Until the stream ends. Without a place it begins with the oldest event that there is.
async function read() {
  const silence = new AbortController();
  const alarm = setTimeout(() => silence.abort(), SILENCE_MS);
  const headers = { Accept: "text/event-stream", "Last-Event-ID": existsSync(place) ? readFileSync(place, "utf8") : "0" };
  if (process.env.POCKETPAY_KEY) headers.Authorization = `Bearer ${process.env.POCKETPAY_KEY}`;
  try {
    const stream = await fetch(url, { headers, signal: silence.signal });
    if (!stream.ok) return stream.status < 500 && stream.status !== 429 ? await stream.text() : null;
    for await (const { id, event, data, retry } of frames(stream.body, () => alarm.refresh())) {
      if (event === "reset" || event === "closed") console.error(event, data); // after a reset something was missed
      else if (data) handle(JSON.parse(data));
      if (retry) pauseMs = Number(retry);
      if (id) {
        writeFileSync(`${place}.new`, id);
        renameSync(`${place}.new`, place);
      }
    }
  } finally {
    clearTimeout(alarm);
  }
  return null;
}

// What is yours to do with it.
function handle(event) {
  process.stdout.write(`${event.id} ${event.type} ${event.subject}\n`);
}

for (;;) {
  const refusal = await read().catch((why) => console.error(`${why}`)); // cut off: on again from where it was
  if (refusal) {
    console.error(refusal); // another key, or another address, is needed
    process.exit(1);
  }
  await new Promise((again) => setTimeout(again, pauseMs));
}

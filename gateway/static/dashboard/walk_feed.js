// The stream of the walk, open only while somebody looks.
const AGAIN_MS = 5000;

/** `take(frame)` for each frame, `lost()` when the stream breaks; `open` and `close` may be called at any time. */
export function flow(take, lost) {
  let [source, timer] = [null, null];

  function open() {
    if (source) return;
    source = new EventSource("/api/v1/flow");
    source.onmessage = ({ data }) => data && take(JSON.parse(data));
    source.addEventListener("closed", later);
    source.onerror = () => {
      lost();
      if (source?.readyState === EventSource.CLOSED) later();  // else it comes back by itself
    };
  }

  function later() {
    close();
    timer = setTimeout(open, AGAIN_MS);
  }

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  return { open, close };
}

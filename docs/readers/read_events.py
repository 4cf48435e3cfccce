"""Follows events and resumes where it left off.

    python read_events.py 'http://localhost:8011/api/v1/events/stream' place.txt

Needs Python 3.11 or newer and nothing else. Where a key is asked for, set POCKETPAY_KEY. The place is kept after an
event was handled: none is missed, and after a crash the last one may come once more, with the same id.
"""

import http.client
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

SILENCE_SECONDS = 40  # a stream that is well says something every 15
PAUSE_SECONDS = 1.0


def frames(lines: Iterable[bytes]) -> Iterator[dict[str, str]]:
    """The fields of each frame; one that is cut off will come again."""
    frame: dict[str, str] = {}
    for line in lines:
        name, _, value = line.decode(errors="replace").rstrip("\r\n").partition(":")
        if name:
            value = value.removeprefix(" ")
            frame[name] = f"{frame[name]}\n{value}" if name == "data" and name in frame else value
        elif not line.strip():
            yield frame
            frame = {}


def read(url: str, place: Path) -> float:
    """Until the stream ends; returns after how many seconds it may be asked for again.

    Without a place it begins with the oldest event that there is.
    """
    pause = PAUSE_SECONDS
    headers = {"Accept": "text/event-stream", "Last-Event-ID": place.read_text() if place.exists() else "0"}
    if key := os.environ.get("POCKETPAY_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    with urlopen(Request(url, headers=headers), timeout=SILENCE_SECONDS) as stream:
        for frame in frames(stream):
            if frame.get("event") in ("reset", "closed"):
                print(frame["event"], frame["data"], file=sys.stderr)  # after a reset something was missed
            elif "data" in frame:
                handle(json.loads(frame["data"]))
            pause = int(frame["retry"]) / 1000 if "retry" in frame else pause
            if "id" in frame:
                place.with_suffix(".new").write_text(frame["id"])
                place.with_suffix(".new").replace(place)
    return pause


def handle(event: dict[str, object]) -> None:
    """What is yours to do with it."""
    print(event["id"], event["type"], event["subject"], flush=True)


if __name__ == "__main__":
    while True:
        again = PAUSE_SECONDS
        try:
            again = read(sys.argv[1], Path(sys.argv[2]))
        except HTTPError as refused:
            if refused.code < 500 and refused.code != 429:
                sys.exit(refused.read().decode())  # another key, or another address, is needed
        except (OSError, http.client.HTTPException):
            pass  # cut off: on again from where it was
        time.sleep(again)

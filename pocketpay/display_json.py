"""What `pocketpay up --json` tells programs: a line of JSON per step, one when all is ready, one for all else."""

import json
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

import typer

from messages.wire import rfc3339
from pocketpay.tail.lines import Line


class JsonDisplay:
    """Says the same as `Display`. Every line has `at` and `type`: `step`, `ready`, `payment` or `note`."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def line(self, text: str) -> None:
        """An incident, where the first key lies, that it stops: in words."""
        _say("note", detail=text)

    def payment(self, line: Line) -> None:
        """That it has come to something."""
        about = {"payment": line.entity, "amount": line.amount, "customer_id": line.customer, "tenant": line.tenant}
        _say("payment", event=line.type, **about)

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        """Said once it is done."""
        began = time.monotonic()
        yield
        _say("step", name=name, seconds=_since(began))

    def ready(self, url: str, mails_url: str, data_dir: str) -> None:
        """Where everything is, with the time since the start."""
        where = {"url": url, "mails_url": f"{mails_url}/", "data_dir": data_dir, "logs": f"{data_dir}/logs"}
        _say("ready", seconds=_since(self._began), **where)

    def close(self) -> None:
        """There is nothing to put back."""


def _say(kind: str, **told: object) -> None:
    """At once, also into a pipe."""
    typer.echo(json.dumps({"at": rfc3339(datetime.now(UTC)), "type": kind, **told}))


def _since(began: float) -> float:
    return round(time.monotonic() - began, 2)

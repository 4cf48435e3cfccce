"""The last events in memory, shared by all readers of a gateway, and what a reader wants of them."""

import asyncio
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field, fields
from itertools import islice
from typing import Any

from pydantic_core import from_json

EVENTS_MAX = 20_000
BYTES_MAX = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as the stream keeps it, and what a filter looks at; `posts` is what the ledger posted."""

    seq: int
    tenant: str
    type: str
    id: str
    causation_id: str | None
    correlation_id: str | None
    customer_id: str | None
    payment: str | None
    subscription: str | None
    subject: str
    posts: str | None
    raw: bytes


def stored(seq: int, raw: bytes) -> Stored | None:
    """None for what is no event: a reader must not be stopped by it."""
    try:
        event: Any = from_json(raw)
        about = event.get("about") or {}
        return Stored(
            seq=seq,
            tenant=event["tenant"],
            type=event["type"],
            id=event["id"],
            causation_id=event.get("causation_id"),
            correlation_id=event.get("correlation_id"),
            customer_id=event.get("customer_id") or about.get("customer_id"),
            payment=about.get("payment"),
            subscription=about.get("subscription"),
            subject=event["subject"],
            posts=event["data"].get("event") if event["type"] == "ledger.transaction.posted" else None,
            raw=raw,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


@dataclass(slots=True)
class _Slot:
    """A message of the stream, read when the first reader comes to it: mostly nobody watches."""

    seq: int
    raw: bytes
    event: Stored | None = None

    def read(self) -> Stored | None:
        """Once for all readers; what is no event is tried again and stays none."""
        if self.event is None:
            self.event = stored(self.seq, self.raw)
        return self.event


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter; what is None lets everything through."""

    tenant: str
    type: str | None = None
    customer_id: str | None = None
    payment: str | None = None
    wallet: str | None = None
    subscription: str | None = None

    def takes(self, event: Stored) -> bool:
        """Another tenant's events never pass."""
        return (
            event.tenant == self.tenant
            and (self.type is None or type_fits(self.type, event.type))
            and (self.customer_id is None or event.customer_id == self.customer_id)
            and (self.payment is None or self.payment in (event.payment, event.subject))
            and (self.wallet is None or _of_wallet(event, self.wallet))
            and (self.subscription is None or self.subscription in (event.subscription, event.subject))
        )

    def in_words(self) -> str:
        """`type=payment.*, payment=pay_…`, or `none`."""
        named = [(each.name, getattr(self, each.name)) for each in fields(self) if each.name != "tenant"]
        return ", ".join(f"{name}={value}" for name, value in named if value is not None) or "none"


def type_fits(pattern: str, event_type: str) -> bool:
    """`payment.*` takes everything that begins with `payment.`, `*` everything."""
    if pattern == "*":
        return True
    return event_type.startswith(pattern[:-1]) if pattern.endswith(".*") else event_type == pattern


def _of_wallet(event: Stored, customer_id: str) -> bool:
    return event.type.startswith(("wallet.", "hold.", "transfer.")) and event.customer_id == customer_id


@dataclass(eq=False)
class Ring:
    """Everything of the stream with `floor` < sequence <= `last`, in order; the oldest fall out.

    All that was said in epochs before this one stands at `began` or before it. `generation` rises when the stream was
    made anew, so that a reader's old cursor means nothing any more.
    """

    events_max: int = EVENTS_MAX
    bytes_max: int = BYTES_MAX
    epoch: int = 1
    began: int = 0
    generation: int = 0
    floor: int = 0
    last: int = 0
    ready: bool = False
    _events: deque[_Slot] = field(default_factory=deque[_Slot])
    _bytes: int = 0
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _awaited: bool = False

    def __len__(self) -> int:
        return len(self._events)

    @property
    def size_bytes(self) -> int:
        """Of all events together."""
        return self._bytes

    def start(self, epoch: int, seq: int) -> None:
        """Empty, to be filled from the sequence after this one."""
        self._events.clear()
        self._bytes = 0
        self.epoch, self.floor, self.last, self.ready = epoch, seq, seq, True
        self.generation += 1
        self.wake()

    def append(self, seq: int, raw: bytes) -> None:
        """Sequences rise; one that was there already is passed over, as after a reconnect."""
        if seq <= self.last:
            return
        self.last = seq
        if raw:  # else a filler: the number is taken, and there is nothing to tell
            self._events.append(_Slot(seq, raw))
            self._bytes += len(raw)
        while len(self._events) > self.events_max or self._bytes > self.bytes_max:
            oldest = self._events.popleft()
            self._bytes -= len(oldest.raw)
            self.floor = oldest.seq
        self.wake()

    def covers(self, cursor: int) -> bool:
        """Whether all that came after the cursor is here."""
        return self.ready and self.floor <= cursor <= self.last

    def after(self, cursor: int, most: int = EVENTS_MAX) -> list[Stored]:
        """At most so many, oldest first. What is not given is not read either."""
        start = bisect_right(self._events, cursor, key=lambda slot: slot.seq)
        return [event for slot in islice(self._events, start, start + most) if (event := slot.read())]

    def wake(self) -> None:
        """Everybody who waits looks again."""
        if self._awaited:
            self._wake.set()
            self._wake, self._awaited = asyncio.Event(), False

    async def changed(self, seconds: float) -> None:
        """Returns at the next change, or when the time is over."""
        wake, self._awaited = self._wake, True
        try:
            async with asyncio.timeout(seconds):
                await wake.wait()
        except TimeoutError:
            return

"""What the walk shows, made of the events that were said: who told whom, what was accepted and what is finished."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from pydantic_core import from_json

from gateway.ring import Stored
from messages.catalogue import HEARS
from messages.subjects import heard_as
from messages.wire import Json

GATEWAY: Final = "gateway"
PAYMENTS: Final = "payments"
PROVIDER: Final = "provider"
LEDGER: Final = "ledger"
WAITING_MAX: Final = 100_000
SAMPLE: Final = 3
LOST_AFTER_SECONDS: Final = 60.0
"""What is on its way so long, while nobody has anything to do, is on its way nowhere."""

_ANSWERED: Final = frozenset({"payment.succeeded", "payment.failed", "payment.authorized", "payment.action_required"})

Hop = tuple[str, str, str]
"""From, to, and the message's type."""


@dataclass(frozen=True, slots=True)
class Said:
    """An event and what it says, read once for all that is made of it."""

    event: Stored
    source: str
    data: Json


def read(events: Iterable[Stored]) -> list[Said]:
    """In their order."""
    bodies = ((event, from_json(event.raw)) for event in events)
    return [Said(event, str(body["source"]), body["data"]) for event, body in bodies]


@dataclass(eq=False)
class Tally:
    """Since somebody began to look. A payment is accepted when it is made; it is finished when its last word is said.

    That is: it was declined, canceled, authorised or waits for its customer, or it succeeded and is in the books.
    `waiting` holds the others with the time (monotonic) when they were accepted.
    """

    accepted: int = 0
    finished: int = 0
    waiting: dict[str, float] = field(default_factory=dict[str, float])
    debits: Counter[str] = field(default_factory=Counter[str])
    credits: Counter[str] = field(default_factory=Counter[str])

    def lost(self, now: float, idle: bool) -> int:
        """How many are neither finished nor on their way: accepted long ago, and nobody is `idle` for want of them."""
        return sum(now - since > LOST_AFTER_SECONDS for since in self.waiting.values()) if idle else 0


def hops_of(said: Iterable[Said]) -> list[Json]:
    """What walked where, with how many and a few of their requests. What is said is heard by those who act on it."""
    walked: Counter[Hop] = Counter()
    samples: defaultdict[Hop, list[str]] = defaultdict(list)
    for each in said:
        request = each.event.correlation_id
        for hop in _of_event(each):
            walked[hop] += 1
            if request and len(samples[hop]) < SAMPLE:
                samples[hop].append(request)
    return [
        {"from": hop[0], "to": hop[1], "type": hop[2], "n": count, "sample": samples[hop]}
        for hop, count in walked.items()
    ]


def _of_event(said: Said) -> list[Hop]:
    event, source = said.event, said.source
    hops: list[Hop] = []
    if event.causation_id and event.causation_id.startswith("cmd_"):
        hops.append((GATEWAY, source, event.type))
    if source == PAYMENTS and event.type in _ANSWERED and said.data.get("provider_reference"):
        hops += [(PAYMENTS, PROVIDER, "charge"), (PROVIDER, PAYMENTS, event.type)]
    hops += [(source, other, event.type) for other, heard in HEARS.items() if heard_as(event.type, heard)]
    return hops


def take(tally: Tally, said: Iterable[Said], now: float) -> None:
    """Counts them in, in the order in which they were said."""
    for each in said:
        if each.event.type == "ledger.transaction.posted":
            _post(tally, each.event, each.data)
        elif each.event.type.startswith("payment.") and each.data.get("object") == "payment":
            _follow(tally, each.event, each.data["status"], now)


def _follow(tally: Tally, event: Stored, status: str, now: float) -> None:
    if event.type == "payment.created":
        tally.accepted += 1
        if len(tally.waiting) < WAITING_MAX:
            tally.waiting[event.subject] = now
    if status not in ("processing", "succeeded"):
        _finish(tally, event.subject)


def _post(tally: Tally, event: Stored, data: Json) -> None:
    for entry in data["entries"]:
        side = tally.debits if entry["side"] == "debit" else tally.credits
        side[entry["currency"]] += entry["amount"]
    source = data.get("source") or {}
    if event.payment and source.get("kind") != "fee":
        _finish(tally, event.payment)


def _finish(tally: Tally, payment: str) -> None:
    if tally.waiting.pop(payment, None) is not None:
        tally.finished += 1


def unheard(events: Iterable[Stored], actor: str, cursor: int, last: int) -> int:
    """How many that the actor acts on came after its cursor, up to the `last` that there was when it stood there."""
    heard = HEARS.get(actor, ())
    return sum(cursor < event.seq <= last and heard_as(event.type, heard) is not None for event in events)

"""What the client was told against what is there now: nothing may be lost, changed or doubled. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from messages.wire import Json
from pocketpay.simulate.acting import Record, Told

KINDS: Final = {
    "payment": "payments",
    "refund": "refunds",
    "transfer": "transfers",
    "payout": "payouts",
    "product": "products",
    "price": "prices",
    "customer": "customers",
    "test_clock": "test-clocks",
    "subscription": "subscriptions",
}
"""What is acknowledged and can be asked for by its id, and under which path."""

KEPT: Final = ("amount", "currency", "customer_id", "payment", "from_customer", "to_customer")
"""Fields that never change."""

ON_ITS_WAY: Final = ("processing", "pending", "in_transit")
"""Of what was in such a status other things are known later."""

TAKEN: Final = ("succeeded",)


@dataclass(slots=True)
class Now:
    """What there is after everything: what each key is answered again, things by their ids, and what belongs to whom.

    `listed` has the ids of each customer's things by kind, `held` what their wallets hold, `captured` and `refunded`
    what the provider's own books say of each payment: how often and how much in all.
    """

    again: dict[str, tuple[int, Json]] = field(default_factory=dict)
    things: dict[str, Json | None] = field(default_factory=dict)
    listed: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    captured: Counter[str] = field(default_factory=Counter)
    refunded: Counter[str] = field(default_factory=Counter)


def thing_of(told: Told) -> Json | None:
    """What was acknowledged; of a declined payment that too."""
    thing = told.answer.get("payment") if told.status == 402 else told.answer
    return thing if isinstance(thing, dict) and thing.get("object") in KINDS else None


def last_told(record: Record) -> dict[str, Json]:
    """The last that was said of each thing, by its id."""
    things = (thing_of(told) for told in record.told.values())
    return {str(thing["id"]): thing for thing in things if thing is not None}


def findings(record: Record, now: Now) -> list[str]:
    """Each in a line; none is as it should be."""
    last = last_told(record)
    return [
        *record.failed,
        *_answers(record, now.again),
        *(found for id_, thing in last.items() for found in _thing(id_, thing, now.things.get(id_))),
        *_doubled(last, now.listed),
        *_wallets(record, now.held),
        *_at_provider(last, now),
    ]


def _answers(record: Record, again: Mapping[str, tuple[int, Json]]) -> Iterator[str]:
    for name, told in record.told.items():
        status, body = again.get(name, (0, {}))
        if (status, _said(body)) != (told.status, _said(told.answer)):
            first, then = f"{told.status} {told.answer.get('id', '')}", f"{status} {body.get('id', '')}"
            yield f"{name} was answered {first}, and again {then}"


def _said(answer: Json) -> Json:
    """What is said alike each time. What is personal is kept in no answer: a customer is told as they are by then."""
    return {"id": answer["id"]} if answer.get("object") == "customer" else answer | {"request_id": None}


def _thing(id_: str, told: Json, now: Json | None) -> Iterator[str]:
    if now is None:
        yield f"LOST: {told['object']} {id_} was acknowledged and is not there"
        return
    for name in KEPT:
        if name in told and told[name] != now.get(name):
            yield f"CHANGED: {name} of {id_} was {told[name]} and is {now.get(name)}"
    if told["object"] in ("payment", "refund") and told["status"] not in (*ON_ITS_WAY, now["status"]):
        yield f"CHANGED: {id_} was {told['status']} and is {now['status']}"


def _doubled(last: Mapping[str, Json], listed: Mapping[tuple[str, str], set[str]]) -> Iterator[str]:
    for (kind, customer), ids in listed.items():
        for id_ in sorted(ids - last.keys()):
            yield f"DOUBLED: {kind} {id_} of {customer} is there and was never acknowledged"


def _wallets(record: Record, held: Mapping[str, int]) -> Iterator[str]:
    wanted = expected_money(record)
    for owner, amount in held.items():
        if amount != wanted[owner]:
            yield f"MONEY: the wallet of {owner} holds {amount} and should hold {wanted[owner]}"


def expected_money(record: Record) -> Counter[str]:
    """Of each wallet, by what was acknowledged alone."""
    money: Counter[str] = Counter()
    for told in record.told.values():
        answer = told.answer
        match answer.get("object"):
            case "transfer":
                money[answer["from_customer"]] -= answer["amount"] + answer["fee"]
                money[answer["to_customer"]] += answer["amount"]
            case "payout":
                money[answer["customer_id"]] -= answer["amount"]
            case "payment" if told.body.get("payment_method") == "wallet":
                money[answer["customer_id"]] -= answer["amount"]
            case "payment" if told.path.endswith("/top-ups"):
                money[answer["customer_id"]] += answer["amount"]
            case _:
                pass
    return money


def _at_provider(last: Mapping[str, Json], now: Now) -> Iterator[str]:
    refunds: Counter[str] = Counter()
    for thing in last.values():
        if thing["object"] == "refund" and _status_now(thing, now) == "succeeded":
            refunds[thing["payment"]] += thing["amount"]
    for id_, thing in last.items():
        if thing["object"] != "payment" or thing.get("provider") == "wallet":
            continue
        if now.captured[id_] != (thing["status"] in TAKEN):
            yield f"CHARGED: {id_} is {thing['status']}, and the provider has captured it {now.captured[id_]} times"
        if now.refunded[id_] != refunds[id_]:
            yield f"REFUNDED: of {id_} {refunds[id_]} is given back, and by the provider {now.refunded[id_]}"


def _status_now(thing: Json, now: Now) -> str:
    """Of what had no outcome yet, and has one by then."""
    return (now.things.get(str(thing["id"])) or thing)["status"]

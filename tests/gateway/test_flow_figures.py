"""What the walk counts: nothing is finished before it is in the books, and what is gone is called lost."""

import json

from gateway.flow_figures import LOST_AFTER_SECONDS, Tally, hops_of, read, take, unheard
from gateway.ring import Stored, stored
from messages.wire import Json


def said(
    seq: int, type_: str, data: Json, *, source: str = "payments", cause: str = "cmd_1", payment: str = "pay_1"
) -> Stored:
    """An event as the ring has it."""
    event = {
        "id": f"evt_{seq}",
        "type": type_,
        "source": source,
        "subject": data.get("id", payment),
        "tenant": "demo",
        "time": "t",
        "causation_id": cause,
        "correlation_id": f"req_{seq}",
        "about": {"payment": payment},
        "data": data,
    }
    found = stored(seq, json.dumps(event).encode())
    assert found is not None
    return found


def payment(seq: int, type_: str, status: str) -> Stored:
    """Of pay_1."""
    return said(seq, type_, {"object": "payment", "id": "pay_1", "status": status, "provider_reference": "sim_1"})


def posted(seq: int, kind: str = "captured") -> Stored:
    """For pay_1, of 10.00 USD."""
    entries = [{"side": side, "amount": 1000, "currency": "USD"} for side in ("debit", "credit")]
    data = {"id": f"txn_{seq}", "source": {"type": "payment", "id": "pay_1", "kind": kind}, "entries": entries}
    return said(seq, "ledger.transaction.posted", data, source="ledger", cause="evt_2")


def count(tally: Tally, *events: Stored) -> None:
    """As said at the beginning of time."""
    take(tally, read(events), now=0)


def test_a_payment_is_finished_when_it_is_in_the_books() -> None:
    tally = Tally()
    take(
        tally, read([payment(1, "payment.created", "processing"), payment(2, "payment.succeeded", "succeeded")]), now=0
    )
    assert (tally.accepted, tally.finished, [*tally.waiting]) == (1, 0, ["pay_1"])
    count(tally, posted(3, "fee"))
    assert tally.finished == 0
    count(tally, posted(4))
    assert (tally.accepted, tally.finished, tally.waiting) == (1, 1, {})


def test_a_declined_payment_is_finished_without_books() -> None:
    tally = Tally()
    take(
        tally,
        read([payment(1, "payment.created", "processing"), payment(2, "payment.failed", "requires_payment_method")]),
        0,
    )
    assert (tally.accepted, tally.finished) == (1, 1)


def test_books_that_are_told_first_finish_it_too() -> None:
    tally = Tally()
    take(
        tally,
        read([payment(1, "payment.created", "processing"), posted(2), payment(3, "payment.succeeded", "succeeded")]),
        0,
    )
    assert (tally.finished, tally.waiting) == (1, {})


def test_what_nobody_has_any_more_is_lost_but_not_while_somebody_has_work() -> None:
    tally = Tally()
    count(tally, payment(1, "payment.created", "processing"))
    late = LOST_AFTER_SECONDS + 1
    assert (tally.lost(late - 2, idle=True), tally.lost(late, idle=False), tally.lost(late, idle=True)) == (0, 0, 1)


def test_debits_and_credits_are_summed_by_currency() -> None:
    tally = Tally()
    count(tally, posted(1), posted(2))
    assert (dict(tally.debits), dict(tally.credits)) == ({"USD": 2000}, {"USD": 2000})


def test_each_message_walks_to_those_who_act_on_it() -> None:
    hops = {
        (hop["from"], hop["to"], hop["type"]): hop
        for hop in hops_of(read([payment(2, "payment.succeeded", "succeeded")]))
    }
    assert {("gateway", "payments", "payment.succeeded"), ("payments", "provider", "charge")} < {*hops}
    assert hops["payments", "ledger", "payment.succeeded"]["sample"] == ["req_2"]
    assert ("payments", "access", "payment.succeeded") not in hops


def test_what_stands_behind_a_cursor_waits_until_it_is_heard() -> None:
    events = [payment(5, "payment.created", "processing"), payment(6, "payment.succeeded", "succeeded")]
    assert [unheard(events, "ledger", cursor, 9) for cursor in (4, 5, 6)] == [1, 1, 0]
    assert unheard(events, "ledger", 4, last=5) == 0
    assert unheard(events, "access", 0, 9) == 0

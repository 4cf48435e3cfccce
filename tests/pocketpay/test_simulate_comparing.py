"""What was acknowledged against what is there: each way to lose, change or double something is found."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from messages.wire import Json
from pocketpay.demo.steps import Step
from pocketpay.simulate.acting import Record, Told
from pocketpay.simulate.comparing import Now, findings
from pocketpay.simulate.report import Report, to_lines

PAYMENT: Json = {
    "object": "payment",
    "id": "pay_1",
    "status": "succeeded",
    "amount": 1000,
    "currency": "USD",
    "customer_id": "shopper-1",
    "provider": "simulated",
}
REFUND: Json = {"object": "refund", "id": "re_1", "status": "succeeded", "amount": 400, "payment": "pay_1"}
TRANSFER: Json = {
    "object": "transfer",
    "id": "tr_1",
    "amount": 100,
    "fee": 2,
    "from_customer": "wallet-1-a",
    "to_customer": "wallet-1-b",
}


def told(name: str, answer: Json, path: str = "/payments") -> Told:
    return Told(Step(name, path, {}), f"/api/v1{path}", {}, 201, answer)


def whole() -> tuple[Record, Now]:
    """A payment, a refund of a part of it, and a transfer; all is there."""
    answers = {"a": PAYMENT, "b": REFUND, "c": TRANSFER}
    record = Record({name: told(name, answer) for name, answer in answers.items()})
    now = Now(
        again={name: (201, answer) for name, answer in answers.items()},
        things={str(answer["id"]): answer for answer in answers.values()},
        listed={("payments", "shopper-1"): {"pay_1"}},
        held={"wallet-1-a": -102, "wallet-1-b": 100},
    )
    now.captured["pay_1"], now.refunded["pay_1"] = 1, 400
    return record, deepcopy(now)


def _lose(now: Now) -> None:
    now.things["pay_1"] = None


def _change(now: Now) -> None:
    now.things["pay_1"] = PAYMENT | {"amount": 999}


def _take_back(now: Now) -> None:
    now.things["pay_1"] = PAYMENT | {"status": "canceled"}


def _double(now: Now) -> None:
    now.listed["payments", "shopper-1"].add("pay_2")


def _charge_twice(now: Now) -> None:
    now.captured["pay_1"] = 2


def _give_back_twice(now: Now) -> None:
    now.refunded["pay_1"] = 800


def _answer_otherwise(now: Now) -> None:
    now.again["a"] = (201, PAYMENT | {"id": "pay_2"})


def _lose_money(now: Now) -> None:
    now.held["wallet-1-b"] = 99


def test_when_all_is_there_nothing_is_found() -> None:
    assert findings(*whole()) == []


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (_lose, "LOST"),
        (_change, "CHANGED"),
        (_take_back, "CHANGED"),
        (_double, "DOUBLED"),
        (_charge_twice, "CHARGED"),
        (_give_back_twice, "REFUNDED"),
        (_answer_otherwise, "again"),
        (_lose_money, "MONEY"),
    ],
)
def test_whatever_is_not_as_it_was_acknowledged_is_found(spoil: Callable[[Now], None], word: str) -> None:
    record, now = whole()
    spoil(now)
    [found] = findings(record, now)
    assert word in found


def test_a_report_says_what_does_not_hold_and_how_to_ask_for_the_same_again() -> None:
    report = Report(7, 3, ("kill",), 12.3, 50, 49, {"payment": 9}, ["ledger killed"], 40, ["LOST: pay_1"], "/tmp/kept")
    lines = to_lines(report)
    assert not report.holds
    assert lines[0] == "seed 7: 3 days in 12 s"
    assert "  LOST: pay_1" in lines
    assert lines[-1] == "again    pocketpay simulate --seed 7 --days 3 --faults kill"

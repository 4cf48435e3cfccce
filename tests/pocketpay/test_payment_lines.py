"""A line per payment, and no more of them than somebody can read."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from messages.subjects import event_subject
from pocketpay.display import Display
from pocketpay.display_json import JsonDisplay
from pocketpay.payment_lines import SHOWN_PER_SECOND_MAX, Pace
from pocketpay.tail.lines import line_of

PAID = {
    "type": "payment.failed",
    "subject": "pay_1",
    "tenant": "demo",
    "data": {"id": "pay_1", "amount": 1000, "currency": "USD", "customer_id": "abc123"},
}
LINE = line_of(event_subject("demo", "payment.failed", "pay_1"), json.dumps(PAID).encode(), datetime.now(UTC))


def test_a_payment_is_a_line_and_red_when_it_failed() -> None:
    out = StringIO()
    Display(Console(file=out, force_terminal=True, width=40, color_system="standard")).payment(LINE)
    (line,) = out.getvalue().splitlines()
    assert "\x1b[31m" in line
    assert [each for each in ("10.00 USD", "failed", "abc123", "pay_1", "demo") if each not in line] == []


def test_for_programs_it_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    JsonDisplay().payment(LINE)
    told = json.loads(capsys.readouterr().out)
    assert (told["type"], told["event"], told["payment"], told["amount"]) == (
        *("payment", "payment.failed", "pay_1", "10.00 USD"),
    )


def test_what_nobody_could_read_is_counted() -> None:
    pace = Pace()
    shown = [pace.has_room(5.1) for _ in range(SHOWN_PER_SECOND_MAX + 7)]
    assert sum(shown) == SHOWN_PER_SECOND_MAX
    assert pace.has_room(6.0)
    assert (pace.taken_back(), pace.taken_back()) == (7, 0)

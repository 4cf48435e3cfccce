"""What a person sees of a message, whatever its sender put into it."""

import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pocketpay.tail.lines import Line, line_of, raw
from pocketpay.tail.look import Screen

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SUBJECT = "pocketpay.event.demo.payment.succeeded.pay_1"
PAYMENT = {"id": "pay_1", "amount": 1000, "currency": "USD", "status": "succeeded", "customer_id": "abc123"}
EVENT = {
    "type": "payment.succeeded",
    "subject": "pay_1",
    "time": "2026-11-22T11:00:00.120+01:00",
    "tenant": "demo",
    "customer_id": "abc123",
    "correlation_id": "req_01jaaaaaaaaabcdefgh",
    "data": PAYMENT,
}
ESCAPES = "\x1b[2J\x1b]0;owned\x07"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("type", "subject", "time", "tenant", "customer_id", "correlation_id", "entity", "status", "kind", "command_id")
DATA = st.dictionaries(
    st.sampled_from(("id", "amount", "currency", "status", "customer_id", "code", "entries", "body", "payment")), JSON
)
MESSAGES = st.dictionaries(st.sampled_from(NAMES), JSON).flatmap(
    lambda head: st.fixed_dictionaries({"data": DATA | JSON, "body": DATA | JSON}).map(lambda rest: {**head, **rest})
)


def shown(line: Line, *, colours: bool = False) -> str:
    out = io.StringIO()
    screen = Screen(Console(file=out, force_terminal=colours, color_system="standard" if colours else None, width=80))
    screen.show(line)
    return out.getvalue()


def test_an_event_reads_as_its_time_in_utc_its_entity_its_amount_and_its_end():
    line = line_of(SUBJECT, json.dumps(EVENT).encode(), NOW)
    day, told = shown(line).splitlines()
    assert day == "2026-11-22 UTC"
    said = "10:00:00.120 event payment.succeeded pay_1 10.00 USD succeeded abc123 …abcdefgh demo"
    assert " ".join(told.split()) == said


@pytest.mark.parametrize(
    ("amount", "currency", "reads"),
    [
        (1000, "USD", "10.00 USD"),
        (1000, "JPY", "1000 JPY"),
        (1, "KWD", "0.001 KWD"),
        (-5, "EUR", "-0.05 EUR"),
        (1000, "???", "1000"),
        (1000, ["USD"], "1000"),
        (True, "USD", "True"),
        (None, "USD", ""),
    ],
)
def test_an_amount_reads_in_its_currency(amount, currency, reads):
    message = {**EVENT, "data": {"amount": amount, "currency": currency}}
    assert line_of(SUBJECT, json.dumps(message).encode(), NOW).amount == reads


def test_a_transaction_reads_as_what_was_debited():
    debit, credit = ({"side": side, "amount": 700, "currency": "EUR"} for side in ("debit", "credit"))
    message = {**EVENT, "data": {"id": "txn_1", "entries": [debit, debit, credit, credit]}}
    assert line_of(SUBJECT, json.dumps(message).encode(), NOW).amount == "14.00 EUR"


REFUSAL = {"kind": "done", "command_id": "cmd_1", "status": 402, "body": {"code": "card_declined", "payment": PAYMENT}}
ANSWER = {**EVENT, "type": "answer", "data": {"type": "hold.create", "status": 402, "body": {"code": "no_funds"}}}


@pytest.mark.parametrize(
    ("subject", "message", "kind", "status"),
    [
        ("pocketpay.reply.gw.att_1", REFUSAL, "reply", "402 card_declined"),
        ("pocketpay.command.demo.payments.answer.pay_1", ANSWER, "answer", "402 no_funds"),
        ("pocketpay.event.demo.payment.failed.pay_1", {**EVENT, "type": "payment.failed"}, "event", "succeeded"),
        ("pocketpay.parked.demo.payments.undecidable", EVENT, "parked", "succeeded"),
    ],
)
def test_what_was_refused_is_red(subject, message, kind, status):
    line = line_of(subject, json.dumps(message).encode(), NOW)
    assert (line.kind, line.status, line.refused) == (kind, status, True)
    assert "\x1b[31m" in shown(line, colours=True)


def test_a_success_is_not_red_and_kinds_differ():
    event = shown(line_of(SUBJECT, json.dumps(EVENT).encode(), NOW), colours=True)
    command = shown(line_of(SUBJECT.replace("event", "command"), json.dumps(EVENT).encode(), NOW), colours=True)
    assert "\x1b[31m" not in event
    assert "\x1b[32m" in event
    assert "\x1b[34m" in command


def test_without_a_terminal_or_with_no_color_there_are_no_colours(monkeypatch):
    line = line_of(SUBJECT, json.dumps(EVENT).encode(), NOW)
    assert "\x1b" not in shown(line)
    monkeypatch.setenv("NO_COLOR", "1")
    out = io.StringIO()
    Screen(Console(file=out, force_terminal=True)).show(line)
    assert "\x1b[3" not in out.getvalue()


@pytest.mark.parametrize("name", ["type", "subject", "customer_id", "correlation_id", "tenant"])
@pytest.mark.parametrize(
    "evil", ["a\n10:00:00.120 event", "a\r\x1b[1A", ESCAPES, "\u202egnp", "a\u2028b", "[red]x[/red]"]
)
def test_nothing_in_a_message_can_look_like_another_line_or_move_the_cursor(name, evil):
    told = shown(line_of(SUBJECT, json.dumps({**EVENT, name: evil}).encode(), NOW)).splitlines()
    assert len(told) == 2
    assert all(line.isprintable() for line in told)


@given(MESSAGES, st.sampled_from(["event", "command", "reply", "parked", "latest"]))
def test_any_json_is_one_printable_line(message, kind):
    payload = json.dumps(message).encode()
    subject = f"pocketpay.{kind}.demo.payment.succeeded.pay_1"
    told = shown(line_of(subject, payload, NOW)).removesuffix("\n").split("\n")
    assert len(told) == 2
    assert all(line.isprintable() for line in told)
    assert raw(subject, payload).isprintable()
    assert "\n" not in raw(subject, payload)


@given(st.binary(max_size=60))
def test_any_bytes_are_one_printable_line(payload):
    told = shown(line_of(SUBJECT, payload, NOW)).removesuffix("\n").split("\n")
    assert len(told) == 2
    assert all(line.isprintable() for line in told)
    assert raw(SUBJECT, payload).isprintable()


def test_raw_lines_are_what_came_unless_that_would_be_two_lines():
    assert raw(SUBJECT, b'{"amount": 1000}') == '{"amount": 1000}'
    assert raw(SUBJECT, b'{"amount":\n1000}') == '{"amount": 1000}'
    assert json.loads(raw(SUBJECT, b"\xff")) == {"unreadable": "\\xff", "subject": SUBJECT}


def test_a_message_that_is_too_deep_is_unreadable():
    assert "unreadable" in line_of(SUBJECT, b"[" * 100_000, NOW).status

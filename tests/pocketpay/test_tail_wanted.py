"""Which messages a subject, a tenant and a type stand for."""

from datetime import timedelta

import pytest

from pocketpay.tail.wanted import TOKENS, Wanted, ago, matches, stream_of, wanted, with_entity


def test_everything_is_one_subject_per_kind():
    assert wanted(">").subjects == wanted("pocketpay.>").subjects == tuple(f"pocketpay.{kind}.>" for kind in TOKENS)


@pytest.mark.parametrize(
    ("subject", "narrowed"),
    [
        ("pocketpay.event.>", "pocketpay.event.acme.>"),
        ("pocketpay.event.*.payment.>", "pocketpay.event.acme.payment.>"),
        ("pocketpay.command.acme.>", "pocketpay.command.acme.>"),
    ],
)
def test_a_tenant_narrows_the_subject_down(subject, narrowed):
    assert wanted(subject, "acme").subjects == (narrowed,)


def test_replies_know_no_tenant():
    assert not any("reply" in subject for subject in wanted(">", "acme").subjects)


@pytest.mark.parametrize(
    ("subject", "tenant"),
    [
        ("pocketpay.query.access.login", None),
        ("orders.>", None),
        ("pocketpay.event.demo", None),
        ("pocketpay..event.>", None),
        ("pocketpay.event.> ", None),
        ("pocketpay.>.event", None),
        ("pocketpay.event.demo.>", "acme"),
        ("", None),
    ],
)
def test_a_subject_on_which_nothing_is_said_is_refused(subject, tenant):
    with pytest.raises(ValueError, match=r".+"):
        wanted(subject, tenant)


@pytest.mark.parametrize(
    ("subject", "stream", "stored"),
    [
        ("pocketpay.event.>", "EVENTS", "pocketpay.event.>"),
        ("pocketpay.event.*.payment.*.pay_1", "EVENTS", "pocketpay.event.*.payment.*.*"),
        (
            "pocketpay.command.demo.payments.payment-create.>",
            "COMMANDS",
            "pocketpay.command.demo.payments.payment-create.>",
        ),
        ("pocketpay.parked.demo.payments.behind", "PARKED", "pocketpay.parked.demo.payments.behind"),
    ],
)
def test_a_stream_is_filtered_by_what_it_stores(subject, stream, stored):
    assert stream_of(wanted(subject)) == (stream, stored)


@pytest.mark.parametrize("subject", [">", "pocketpay.reply.>"])
def test_what_no_single_stream_holds_cannot_be_read_back(subject):
    with pytest.raises(ValueError, match="one stream"):
        stream_of(wanted(subject))


@pytest.mark.parametrize(
    ("pattern", "takes"),
    [
        ("*", True),
        ("ledger.*", True),
        ("ledger.transaction.*", True),
        ("ledger.transaction.posted", True),
        ("ledger", False),
        ("ledger.transaction.post*", False),
        ("payment.*", False),
    ],
)
def test_types_are_chosen_as_in_the_api(pattern, takes):
    wish = Wanted(("pocketpay.event.>",), pattern)
    assert wish.takes("pocketpay.event.demo.ledger-transaction.posted.txn_1", "ledger.transaction.posted") is takes


def test_an_entity_is_found_although_the_stream_stores_its_partition():
    wish = wanted("pocketpay.event.*.*.*.pay_1")
    stored = "pocketpay.event.demo.payment.created.3"
    assert wish.takes(with_entity(stored, "pay_1"), "payment.created")
    assert not wish.takes(with_entity(stored, "pay_2"), "payment.created")
    assert with_entity(stored, "pay_1.>") == stored


@pytest.mark.parametrize(
    ("subject", "pattern", "does"),
    [("a.b", "a.b", True), ("a.b", "a.*", True), ("a.b", ">", True), ("a", "a.>", False), ("a.b.c", "a.*", False)],
)
def test_patterns_match_as_in_nats(subject, pattern, does):
    assert matches(subject, pattern) is does


def test_time_spans():
    assert [ago(text) for text in ("30s", "10m", "2h", "1d")] == [
        timedelta(seconds=30),
        timedelta(minutes=10),
        timedelta(hours=2),
        timedelta(days=1),
    ]


@pytest.mark.parametrize("text", ["10", "m", "-1m", "1w", "1h30m", "9999999d", "١m"])
def test_what_is_no_time_span(text):
    with pytest.raises(ValueError, match="no time span"):
        ago(text)

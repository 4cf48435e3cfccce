"""Three sides of the same money: where they differ, of which class that is, and what would mend it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.payments.comparing import Finding, difference_id, findings
from actors.payments.proposals import SUSPENSE, proposed
from messages.reconciliation import Booked, Ours, PostedLine, Unit

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
LATE = timedelta(days=1)
OLD, YOUNG = NOW - 2 * LATE, NOW - LATE / 2
IN_TRANSIT = "assets:psp:simulated:payouts_in_transit"
PENDING, AVAILABLE = "assets:psp:simulated:pending", "assets:psp:simulated:available"


def ours(object_: str = "payment", **fields: Any) -> Ours:
    fee = 59 if object_ == "payment" else None
    known = {"object": object_, "id": "it_1", "moved": 1000, "whole": 1000, "fee": fee, "currency": "USD"}
    return Ours.model_validate({**known, "since": OLD, "customer_id": "abc", "destination": {"type": "sale"}, **fields})


def booked(category: str = "charge", amount: int = 1000, fee: int = 59, **fields: Any) -> Booked:
    known = {"id": "btx_1", "category": category, "amount": amount, "fee": fee, "currency": "USD", "reference": "txn_1"}
    return Booked.model_validate({**known, **fields})


def line(kind: str, account: str, amount: int, currency: str = "USD") -> PostedLine:
    return PostedLine(kind=kind, account=account, currency=currency, amount=amount)


CAPTURED = [line("captured", PENDING, 1000), line("captured", "income:sales", -1000)]
FEE = [line("fee:txn_1", "expenses:processing_fees", 59), line("fee:txn_1", PENDING, -59)]
FREE = [line("available:3", AVAILABLE, 941), line("available:3", PENDING, -941)]
WITHDRAWN = [
    line("withdrawn", "assets:disputes_receivable", 1000),
    line("withdrawn", "expenses:dispute_fees", 1500),
    line("withdrawn", AVAILABLE, -2500),
]

AGREE: Mapping[str, Unit] = {
    "sale": Unit(id="it_1", ours=ours(), booked=[booked()], posted=[*CAPTURED, *FEE, *FREE]),
    "refund": Unit(
        id="it_1",
        ours=ours("refund"),
        booked=[booked("refund", -1000, 0)],
        posted=[line("booked", AVAILABLE, -1000), line("booked", "liabilities:refunds_in_flight", 1000)],
    ),
    "refund that came back": Unit(
        id="it_1",
        ours=ours("refund", moved=0, closed=True),
        booked=[booked("refund", -1000, 0), booked("refund_failure", 1000, 0)],
        posted=[line("booked", AVAILABLE, -1000), line("failed", AVAILABLE, 1000)],
    ),
    "dispute": Unit(
        id="it_1", ours=ours("dispute", fee=1500), booked=[booked("dispute", -1000, 1500)], posted=WITHDRAWN
    ),
    "dispute that was won": Unit(
        id="it_1",
        ours=ours("dispute", moved=0, fee=1500),
        booked=[booked("dispute", -1000, 1500), booked("dispute_reversal", 1000, 0)],
        posted=[*WITHDRAWN, line("reinstated", AVAILABLE, 1000)],
    ),
    "withdrawal": Unit(
        id="it_1",
        ours=ours("payout"),
        booked=[booked("payout", -1000, 0)],
        posted=[line("sent", IN_TRANSIT, -1000)],
    ),
    "settlement": Unit(
        id="it_1",
        ours=ours("payout", settlement=True, adds_up=True),
        booked=[booked("payout", -1000, 0)],
        posted=[
            line("created", AVAILABLE, -1000),
            line("created", IN_TRANSIT, 1000),
            line("paid", IN_TRANSIT, -1000),
            line("paid", "assets:bank:main", 1000),
        ],
    ),
    "authorised": Unit(id="it_1", ours=ours(moved=0, fee=None)),
}


def unlike(like: str = "sale", **fields: Any) -> Unit:
    return AGREE[like].model_copy(update=fields)


DIFFER: Mapping[str, tuple[Unit, str, int]] = {
    "the webhook of a capture was lost": (unlike(ours=ours(moved=0, fee=None), posted=[]), "lost_webhook", 1000),
    "the webhook of a refund was lost": (
        unlike("refund", ours=ours("refund", moved=0), posted=[]),
        "lost_webhook",
        1000,
    ),
    "the ledger missed it": (unlike(posted=[]), "missing_posting", 1000),
    "the ledger missed the dispute": (unlike("dispute", posted=[]), "missing_posting", 1000),
    "the provider took less": (unlike(booked=[booked(amount=900)]), "amount", 100),
    "the ledger has another amount": (unlike(posted=[line("captured", PENDING, 999), *FEE]), "amount", 1),
    "the ledger missed it, and the provider took less": (
        unlike(booked=[booked(amount=900)], posted=[]),
        "missing_posting",
        1000,
    ),
    "the ledger missed that a refund came back": (
        unlike("refund that came back", posted=[line("booked", AVAILABLE, -1000)]),
        "missing_posting",
        1000,
    ),
    "the ledger missed that a settlement arrived": (
        unlike(
            "settlement",
            posted=[
                line("created", AVAILABLE, -1000),
                line("created", IN_TRANSIT, 1000),
            ],
        ),
        "missing_posting",
        1000,
    ),
    "the webhook of what came back was lost": (
        unlike("refund that came back", ours=ours("refund"), posted=[line("booked", AVAILABLE, -1000)]),
        "lost_webhook",
        1000,
    ),
    "a refund is on its way to a slow bank": (
        unlike("refund", ours=ours("refund", moved=0, pending=True), posted=[]),
        "timing",
        1000,
    ),
    "it was captured after it was canceled": (
        unlike(ours=ours(moved=0, fee=None, closed=True), posted=[]),
        "amount",
        1000,
    ),
    "the fee is another": (unlike(booked=[booked(fee=60)]), "fee", 1),
    "the ledger has no fee": (unlike(posted=CAPTURED), "fee", 59),
    "it was booked in euros": (unlike(booked=[booked(amount=900, currency="EUR")]), "currency", 900),
    "it was charged twice": (unlike(booked=[booked(), booked(id="btx_2", fee=0)]), "duplicate", 1000),
    "nobody here knows it": (Unit(id="btx_1", booked=[booked()]), "unknown_here", 941),
    "the provider does not know it": (unlike(booked=[]), "unknown_there", 1000),
    "the provider is only late": (unlike(booked=[], ours=ours(since=YOUNG)), "timing", 1000),
    "the answer is only late": (
        unlike(ours=ours(moved=0, fee=None, pending=True, since=YOUNG), posted=[]),
        "timing",
        1000,
    ),
    "a settlement does not add up yet": (
        unlike("settlement", ours=ours("payout", settlement=True, adds_up=False, since=YOUNG)),
        "timing",
        1000,
    ),
    "a settlement never added up": (
        unlike("settlement", ours=ours("payout", settlement=True, adds_up=False)),
        "amount",
        1000,
    ),
}


def found(unit: Unit) -> list[Finding]:
    return findings(unit, NOW, LATE)


@pytest.mark.parametrize("what", AGREE)
def test_sides_that_agree_are_no_difference(what: str) -> None:
    assert found(AGREE[what]) == []


@pytest.mark.parametrize("what", DIFFER)
def test_a_difference_is_of_its_class(what: str) -> None:
    unit, class_, amount = DIFFER[what]
    (finding,) = found(unit)
    assert (finding.class_, finding.amount) == (class_, amount)


@pytest.mark.parametrize("what", DIFFER)
def test_what_is_proposed_balances_per_currency(what: str) -> None:
    unit, class_, _ = DIFFER[what]
    proposal = proposed("simulated", unit, found(unit)[0])
    sums: dict[str, int] = {}
    for each in proposal.postings:
        signed = each.amount if each.side == "debit" else -each.amount
        sums[each.currency] = sums.get(each.currency, 0) + signed
    assert not any(sums.values())
    assert bool(proposal.postings) == (proposal.action in ("post", "post_fact"))
    assert (proposal.action == "look_up") == (class_ == "lost_webhook")


@given(provider=st.integers(1, 10**9), posted=st.integers(0, 10**9))
def test_a_posted_correction_makes_the_ledger_equal_to_the_provider(provider: int, posted: int) -> None:
    unit = unlike(booked=[booked(amount=provider)], posted=[line("captured", PENDING, posted), *FEE])
    wanted = [each for each in found(unit) if each.class_ == "amount"]
    for finding in wanted:
        lines = proposed("simulated", unit, finding).postings
        moved = sum(each.amount if each.side == "debit" else -each.amount for each in lines if each.account == PENDING)
        assert posted + moved == provider
        assert {each.account for each in lines} in ({PENDING, SUSPENSE}, set())


def test_a_difference_keeps_its_name_only_while_the_sides_stay_as_they_are() -> None:
    unit, _, _ = DIFFER["the provider took less"]
    other = unlike(booked=[booked(amount=800)])
    names = [difference_id("demo", each, found(each)[0]) for each in (unit, unit, other)]
    assert names[0] == names[1] != names[2]


def corrected(unit: Unit) -> Unit:
    """After what was proposed for its first difference is posted."""
    lines = proposed("simulated", unit, found(unit)[0]).postings
    posted = [
        line("correction", each.account, each.amount if each.side == "debit" else -each.amount, each.currency)
        for each in lines
    ]
    return unit.model_copy(update={"posted": [*unit.posted, *posted], "corrections": [*unit.corrections, "txn_9"]})


@pytest.mark.parametrize("class_", ["amount", "fee", "currency", "duplicate", "unknown_there"])
def test_what_was_corrected_is_no_difference_any_more(class_: str) -> None:
    units = [unit for unit, found_as, _ in DIFFER.values() if found_as == class_]
    for unit in (each for each in units if proposed("simulated", each, found(each)[0]).action == "post"):
        assert {each.class_ for each in found(corrected(unit))} <= {"fee"}, "nothing is left of what it was about"


def test_a_second_correction_posts_only_what_the_first_has_not() -> None:
    # Given a payment that was charged twice, and corrected; then charged a third time
    twice = corrected(unlike(booked=[booked(), booked(id="btx_2", fee=0)]))
    thrice = twice.model_copy(update={"booked": [*twice.booked, booked(id="btx_3", fee=0)]})
    # Then the third charge alone is proposed
    (again,) = found(thrice)
    assert again.class_ == "duplicate"
    assert {each.amount for each in proposed("simulated", thrice, again).postings} == {1000}


def test_the_late_side_of_a_corrected_difference_is_a_difference_that_undoes_it() -> None:
    late = corrected(unlike(booked=[]))
    (finding,) = found(late.model_copy(update={"booked": [booked()]}))
    postings = proposed("simulated", late, finding).postings
    assert (finding.class_, [(each.account, each.side) for each in postings]) == (
        "amount",
        [(PENDING, "debit"), (SUSPENSE, "credit")],
    )


def test_a_second_charge_has_a_fee_too() -> None:
    classes = [each.class_ for each in found(unlike(booked=[booked(), booked(id="btx_2")]))]
    assert classes == ["duplicate", "fee"]


def test_several_bookings_of_nobody_are_differences_of_their_own() -> None:
    unit = Unit(id="it_1", booked=[booked(), booked(id="btx_2"), booked(id="btx_3", amount=200)])
    differences = found(unit)
    assert len({difference_id("demo", unit, each) for each in differences}) == 3
    amounts = [proposed("simulated", unit, each).postings[0].amount for each in differences]
    assert amounts == [941, 941, 141]


@pytest.mark.parametrize(
    ("what", "missed"),
    [
        ("the ledger missed it", "payment.succeeded"),
        ("the ledger missed the dispute", "dispute.funds_withdrawn"),
        ("the ledger missed that a refund came back", "refund.failed"),
        ("the ledger missed that a settlement arrived", "payout.paid"),
    ],
)
def test_the_event_that_was_missed_is_named(what: str, missed: str) -> None:
    unit, _, _ = DIFFER[what]
    assert proposed("simulated", unit, found(unit)[0]).missed == [missed]


def test_sums_beyond_any_amount_are_found_and_left_to_a_person() -> None:
    most = 2**53 - 1
    unit = unlike(ours=ours(moved=most), booked=[booked(amount=most), booked(id="btx_2", amount=most, fee=0)])
    assert found(unit.model_copy(update={"posted": [line("captured", PENDING, most), *FEE]}))[0].class_ == "duplicate"
    unit = unlike(booked=[booked(amount=most), booked(id="btx_2", amount=most)])
    assert proposed("simulated", unit, found(unit)[0]).action == "none"

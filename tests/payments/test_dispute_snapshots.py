"""A dispute's snapshots in any order and any number: in the end it stands the same, and each step is told once."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.payments.disputes import RANKS
from actors.payments.provider_facts import standing_of
from actors.payments.states import DisputeState
from messages.disputes import Dispute
from messages.ledger import FACTS
from messages.wire import Json
from tests.payments.desk import PAY, START, Desk, paid
from tests.payments.provider_says import DAY, event, kept

BORN = int(START.timestamp())
DUE = BORN + 14 * 24 * 3600


def snapshot(number: int, type_: str, **fields: Any) -> tuple[str, str, int, Json]:
    told = {
        "id": "dp_1",
        "object": "dispute",
        "payment_intent": None,
        "charge": "sim_ch_1",
        "created": BORN,
        "status": "needs_response",
        "amount": 1000,
        "currency": "usd",
        "reason": "fraudulent",
        "balance_transactions": [],
        "evidence": {},
        "evidence_details": {"due_by": DUE, "submission_count": 0},
    }
    return f"evt_{number}", f"charge.dispute.{type_}", BORN + number, {**told, **fields}


TAKEN = {"amount": -1000, "fee": 1500}
BACK = {"amount": 1000, "fee": -500}
ANSWERED = {
    "status": "under_review",
    "evidence": {"uncategorized_text": "Signed."},
    "evidence_details": {"due_by": DUE, "submission_count": 1},
}
WON = [
    snapshot(1, "created"),
    snapshot(2, "funds_withdrawn", balance_transactions=[TAKEN]),
    snapshot(3, "updated", balance_transactions=[TAKEN], **ANSWERED),
    snapshot(4, "funds_reinstated", balance_transactions=[TAKEN, BACK], **{**ANSWERED, "status": "won"}),
    snapshot(5, "closed", balance_transactions=[TAKEN, BACK], **{**ANSWERED, "status": "won"}),
]
LOST = [*WON[:3], snapshot(4, "closed", balance_transactions=[TAKEN], **{**ANSWERED, "status": "lost"})]
ASKED = [
    snapshot(1, "created", status="warning_needs_response"),
    snapshot(2, "updated", status="warning_under_review", reason="general"),
    snapshot(3, "closed", status="warning_closed", reason="general"),
]
ESCALATED = [ASKED[0], snapshot(2, "updated", status="needs_response"), *LOST[1:]]
LIVES = {"won": WON, "lost": LOST, "asked": ASKED, "escalated": ESCALATED}


def dispute_of(desk: Desk) -> DisputeState:
    (found,) = (state for state in desk.view.values() if isinstance(state, DisputeState))
    return found


def end_of(desk: Desk) -> Json:
    """All that must be the same, whichever way was taken: how often it changed may differ."""
    kept = dispute_of(desk).model_dump(exclude={"dispute": {"version", "created_at", "updated_at"}})
    return {**kept, "disputed": desk.payment().amount_disputed}


def heard(life: list[tuple[str, str, int, Json]]) -> Desk:
    desk = paid()
    for id_, type_, created, told in life:
        event(desk, type_, told, id_=id_, created=created)
    return desk


@pytest.mark.parametrize("name", LIVES)
def test_every_order_of_a_life_comes_to_the_same(name: str) -> None:
    expected = end_of(heard(LIVES[name]))
    for order in permutations(LIVES[name]):
        assert end_of(heard(list(order))) == expected


@given(st.sampled_from(sorted(LIVES)), st.randoms(use_true_random=False), st.integers(1, 3))
def test_repeated_and_shuffled_it_comes_to_the_same_and_each_step_is_told_once(name, random, times) -> None:
    # Given any number of each snapshot in any order, with all of them at least once
    life = [each for each in LIVES[name] for _ in range(times)]
    random.shuffle(life)
    # When
    desk = heard(life)
    # Then
    assert end_of(desk) == end_of(heard(LIVES[name]))
    told = [said for said in desk.said if isinstance(said.resource, Dispute)]
    money = [said.type for said in told if said.type in FACTS]
    assert len(money) == len(set(money)), "the ledger posts each kind once"
    versions = [said.resource.version for said in told]
    assert versions == list(range(1, len(told) + 1))
    ranks = [RANKS[said.resource.status] for said in told if isinstance(said.resource, Dispute)]
    assert ranks == sorted(ranks)


def test_money_is_told_in_the_order_in_which_the_ledger_can_post_it() -> None:
    for order in permutations(LOST):
        money = [
            said.type for said in heard(list(order)).said if said.type in FACTS and said.type.startswith("dispute")
        ]
        assert money == ["dispute.funds_withdrawn", "dispute.lost"]


def test_an_end_that_is_heard_first_is_told_as_all_the_steps_before_it() -> None:
    desk = heard([WON[-1]])
    steps = ("created", "funds_withdrawn", "evidence_submitted", "funds_reinstated", "won")
    assert [type_ for type_ in desk.types() if type_.startswith("dispute")] == [f"dispute.{step}" for step in steps]
    dispute = dispute_of(desk).dispute
    assert (dispute.amount_withdrawn, dispute.fee, dispute.fee_returned) == (1000, 1500, 500)
    assert desk.payment().amount_disputed == 0


def test_a_loss_of_money_that_nobody_took_is_asked_about() -> None:
    # Given a snapshot that skips the withdrawal
    desk = heard([snapshot(9, "closed", status="lost")])
    # Then the provider is asked, and only the dispute is told
    (call,) = desk.calls
    assert (call.operation, call.request) == ("look_up_dispute", {"reference": "dp_1"})
    assert dispute_of(desk).dispute.status == "needs_response"
    # When it says more
    desk.answer(desk.calls.pop(0), standing_of("simulated", LOST[-1][3]))
    # Then
    assert desk.types()[-2:] == ["dispute.evidence_submitted", "dispute.lost"]
    assert dispute_of(desk).dispute.status == "lost"
    assert dispute_of(desk).dispute.amount_withdrawn == 1000


def test_an_end_that_contradicts_the_first_is_kept_aside() -> None:
    desk = heard(LOST)
    before = end_of(desk)
    event(desk, "charge.dispute.closed", WON[-1][3] | {"balance_transactions": [TAKEN]}, id_="evt_x", created=BORN + 9)
    assert dispute_of(desk).dispute.status == before["dispute"]["status"]
    assert kept(desk, "evt_x").status == "unmatched"


def test_the_deadline_is_told_of_twice_and_then_it_is_past() -> None:
    desk = heard(WON[:2])
    dispute = dispute_of(desk).dispute.id
    for hours, type_, past in ((72, "dispute.deadline_neared", False), (24, "dispute.deadline_neared", False)):
        desk.wait(dispute)
        due_by = dispute_of(desk).dispute.evidence_details.due_by
        assert due_by is not None
        assert timedelta(hours=hours) - (due_by - desk.now) < DAY / 1000
        assert (desk.types()[-1], dispute_of(desk).dispute.evidence_details.past_due) == (type_, past)
    desk.wait(dispute)
    assert (desk.types()[-1], dispute_of(desk).dispute.evidence_details.past_due) == ("dispute.updated", True)
    assert dispute not in desk.due
    late = desk.ask("dispute.submit_evidence", dispute, uncategorized_text="Too late.")
    assert desk.refusal(late).code == "evidence_deadline_passed"


def test_evidence_that_says_nothing_is_not_handed_in() -> None:
    desk = heard(WON[:2])
    nothing = desk.ask("dispute.submit_evidence", dispute_of(desk).dispute.id)
    assert (desk.refusal(nothing).code, desk.calls) == ("validation_failed", [])


def test_a_dispute_that_was_answered_has_no_deadline() -> None:
    assert dispute_of(heard(WON[:3])).dispute.id not in heard(WON[:3]).due


def test_what_is_disputed_cannot_be_refunded_besides() -> None:
    desk = heard(WON[:2])
    assert desk.refusal(desk.refund()).code == "not_refundable"
    assert desk.payment(PAY).amount_disputed == 1000


@pytest.mark.parametrize(("life", "undecided"), [(WON[:1], 1000), (WON[:3], 1000), (WON, 0), (ASKED, 0), (LOST, 0)])
def test_a_refused_refund_tells_how_much_may_still_come_back(life: list[Any], undecided: int) -> None:
    desk = heard(life)
    assert desk.refusal(desk.refund(amount=1001)).extra["undecided"] == undecided

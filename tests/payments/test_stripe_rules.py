"""Stripe's units, its errors and its objects, as rules."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.payments import stripe_answers as answers
from actors.payments import stripe_bucket
from actors.payments.provider import ActionNeeded, Declined, Taken
from actors.payments.stripe_amounts import AmountUnfit, AmountUnread, from_stripe, payout_to_stripe, to_stripe
from actors.payments.stripe_bucket import Bucket, NoRoom
from actors.payments.stripe_errors import declined, verdict
from messages.ids import derived_id, made_at
from messages.money import EXPONENTS


@pytest.mark.parametrize(
    ("currency", "ours", "theirs"),
    [
        ("USD", 1099, 1099),
        ("JPY", 500, 500),
        ("KWD", 5120, 5120),
        ("ISK", 5, 500),
        ("UGX", 7, 700),
        ("MGA", 1200, 12),
        ("HUF", 1050, 1050),
    ],
)
def test_amounts_are_told_in_stripes_units(currency: str, ours: int, theirs: int) -> None:
    assert to_stripe(ours, currency) == theirs
    assert from_stripe(theirs, currency) == ours


@pytest.mark.parametrize(
    ("currency", "amount"), [("KWD", 5124), ("MGA", 1250), ("USD", 100_000_000), ("ISK", 1_000_000)]
)
def test_what_stripe_cannot_say_exactly_is_refused(currency: str, amount: int) -> None:
    with pytest.raises(AmountUnfit, match=str(amount)):
        to_stripe(amount, currency)


def test_payouts_in_forints_are_whole() -> None:
    assert payout_to_stripe(1000, "HUF") == 1000
    with pytest.raises(AmountUnfit):
        payout_to_stripe(1050, "HUF")


def test_half_a_krona_is_no_amount_of_ours_and_no_refusal_either() -> None:
    with pytest.raises(AmountUnread):
        from_stripe(550, "ISK")


@given(st.sampled_from(sorted(EXPONENTS)), st.integers(1, 10**9))
def test_there_and_back_is_the_same_or_refused(currency: str, amount: int) -> None:
    try:
        theirs = to_stripe(amount, currency)
    except AmountUnfit:
        return
    assert 1 <= theirs <= 99_999_999
    assert from_stripe(theirs, currency) == amount


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (402, {"type": "card_error", "code": "card_declined"}, "decline"),
        (400, {"type": "invalid_request_error", "code": "parameter_missing"}, "refuse"),
        (404, {"type": "invalid_request_error", "code": "resource_missing"}, "refuse"),
        (400, {"type": "invalid_request_error", "code": "payment_intent_unexpected_state"}, "look"),
        (400, {"type": "idempotency_error"}, "look"),
        (409, {"type": "idempotency_error"}, "look"),
        (409, {"type": "invalid_request_error", "code": "idempotency_key_in_use"}, "again"),
        (429, {"type": "invalid_request_error", "code": "rate_limit"}, "again"),
        (429, {"type": "invalid_request_error", "code": "lock_timeout"}, "again"),
        (400, {"type": "invalid_request_error", "code": "lock_timeout"}, "again"),
        (401, {"type": "invalid_request_error"}, "away"),
        (403, {"type": "invalid_request_error"}, "away"),
        (500, {"type": "api_error"}, "again"),
        (503, {}, "again"),
        (404, {}, "again"),
        (200, {}, "again"),
    ],
)
def test_every_error_has_one_consequence(status: int, error: dict[str, Any], expected: str) -> None:
    assert verdict(status, error) == expected


@pytest.mark.parametrize(
    ("error", "code", "decline_code"),
    [
        (
            {"type": "card_error", "code": "card_declined", "decline_code": "lost_card"},
            "card_declined",
            "lost_card",
        ),
        ({"type": "card_error", "code": "expired_card"}, "card_declined", "expired_card"),
        (
            {"type": "card_error", "code": "authentication_required"},
            "authentication_required",
            "authentication_required",
        ),
        (
            {"type": "card_error", "code": "payment_intent_authentication_failure"},
            "authentication_failed",
            "payment_intent_authentication_failure",
        ),
        ({"code": "resource_missing", "param": "payment_method"}, "payment_method_unusable", "resource_missing"),
        ({"code": "amount_too_small"}, "amount_too_small", "amount_too_small"),
        ({"param": "currency"}, "currency_not_supported", None),
        ({"type": "invalid_request_error", "code": "parameter_unknown"}, "validation_failed", "parameter_unknown"),
    ],
)
def test_a_no_is_told_in_our_codes(error: dict[str, Any], code: str, decline_code: str | None) -> None:
    told = declined({**error, "message": "No.", "payment_intent": {"id": "pi_1"}})
    assert told == Declined(reference="pi_1", code=code, decline_code=decline_code, detail="No.")


def intent(status: str, **more: Any) -> dict[str, Any]:
    return {"id": "pi_1", "status": status, "amount": 1000, "currency": "eur", **more}


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (intent("succeeded", amount_received=900), Taken(reference="pi_1", amount=900)),
        (intent("requires_capture", amount_capturable=800), Taken(reference="pi_1", amount=800)),
        (intent("processing"), Taken(reference="pi_1", amount=1000, pending=True)),
        (
            intent(
                "requires_action",
                client_secret="s",
                next_action={"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank"}},
            ),
            ActionNeeded(reference="pi_1", url="https://bank", client_secret="s"),
        ),
        (
            intent("requires_action", client_secret="s", next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {}}),
            ActionNeeded(reference="pi_1", url="", client_secret="s"),
        ),
    ],
)
def test_an_intent_is_read_as_it_stands(read: dict[str, Any], expected: Taken | ActionNeeded) -> None:
    assert answers.charged(read) == expected


@pytest.mark.parametrize("status", ["canceled", "requires_payment_method", "requires_confirmation", "of_tomorrow"])
def test_an_intent_that_took_nothing_is_a_no(status: str) -> None:
    assert isinstance(answers.charged(intent(status)), Declined)


@pytest.mark.parametrize(
    ("status", "result", "pending"),
    [("pending", "taken", True), ("requires_action", "taken", True), ("succeeded", "taken", False)],
)
def test_a_refund_is_pending_until_it_is_not(status: str, result: str, pending: bool) -> None:
    told = answers.refunded({"id": "re_1", "status": status, "amount": 5, "currency": "eur"})
    assert told == Taken(reference="re_1", amount=5, pending=pending)
    assert told.result == result


def test_a_failed_refund_and_a_failed_payout_say_why() -> None:
    refund = {"id": "re_1", "status": "failed", "amount": 5, "currency": "eur", "failure_reason": "lost_or_stolen_card"}
    payout = {"id": "po_1", "status": "failed", "amount": 5, "currency": "eur", "failure_code": "account_closed"}
    failed, sent_back = answers.refunded(refund), answers.paid_out(payout)
    assert isinstance(failed, Declined)
    assert isinstance(sent_back, Declined)
    assert (failed.decline_code, sent_back.decline_code) == ("lost_or_stolen_card", "account_closed")


def test_an_id_tells_when_it_was_made() -> None:
    moment = datetime(2026, 11, 22, 10, 0, 0, 123000, UTC)
    assert made_at(derived_id("call", moment, "seed")) == moment
    with pytest.raises(ValueError, match="holds no time"):
        made_at("k1")


async def test_no_endpoint_gets_more_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(stripe_bucket.asyncio, "sleep", sleep)
    monkeypatch.setattr(stripe_bucket, "monotonic", lambda: 100.0)
    bucket = Bucket(20)
    # Given a second's worth at once, then one more
    for _ in range(21):
        await bucket.take("POST /v1/refunds")
    # Then only that one waits, and only there
    assert waited == [pytest.approx(1 / 20)]
    await bucket.take("POST /v1/payouts")
    assert len(waited) == 1
    # And whoever would wait too long is told so at once
    for _ in range(199):
        await bucket.take("POST /v1/refunds")
    with pytest.raises(NoRoom):
        await bucket.take("POST /v1/refunds")
    assert max(waited) == pytest.approx(10)

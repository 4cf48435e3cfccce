"""The rules and the simulated provider together: what they believe of the money is the same."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actors.payments.actor import payments
from actors.payments.provider import RESULT
from actors.payments.simulated import Simulated
from actors.runtime.decision import Done
from messages.payments import PaymentStatus, RefundStatus
from tests.payments.desk import PAY, REF, Desk


@pytest.fixture
async def provider(tmp_path: Path) -> AsyncIterator[Simulated]:
    provider = Simulated(tmp_path / "simulated.sqlite")
    yield provider
    await provider.close()


async def _work(desk: Desk, provider: Simulated) -> None:
    """Does the open calls, each until it is definite, as the runtime would."""
    perform = payments(provider).perform
    while desk.calls:
        call = desk.calls[0]
        try:
            result = await perform[call.operation](call.id, call.request)
        except OSError:
            desk.returns(None)
        else:
            desk.returns(RESULT.validate_python(result))


@pytest.mark.parametrize(
    ("method", "status", "code"),
    [
        ("pm_card_visa", PaymentStatus.SUCCEEDED, None),
        ("pm_card_chargeDeclinedInsufficientFunds", PaymentStatus.REQUIRES_PAYMENT_METHOD, "card_declined"),
        ("pm_card_threeDSecure2Required", PaymentStatus.REQUIRES_ACTION, None),
        ("pm_sim_timeoutAfterCharge", PaymentStatus.SUCCEEDED, None),
        ("pm_sim_errorAfterCharge", PaymentStatus.SUCCEEDED, None),
        ("pm_sim_unavailable", PaymentStatus.REQUIRES_PAYMENT_METHOD, "provider_unavailable"),
        ("pm_no_such", PaymentStatus.REQUIRES_PAYMENT_METHOD, "payment_method_unusable"),
    ],
)
async def test_each_test_method_does_what_it_says(
    provider: Simulated, method: str, status: PaymentStatus, code: str | None
) -> None:
    desk = Desk()
    command = desk.create(payment_method=method)
    await _work(desk, provider)
    assert desk.payment().status is status
    if code is None:
        assert desk.outcome(command) == Done(201, desk.payment())
    else:
        assert desk.refusal(command).code == code


async def test_off_session_nobody_can_authenticate(provider: Simulated) -> None:
    desk = Desk()
    command = desk.create(payment_method="pm_card_authenticationRequired", off_session=True)
    await _work(desk, provider)
    assert desk.refusal(command).code == "authentication_required"


async def test_a_payment_is_authenticated_captured_in_part_and_refunded(provider: Simulated) -> None:
    # Given
    desk = Desk()
    desk.create(payment_method="pm_card_threeDSecure2Required", capture_method="manual")
    await _work(desk, provider)
    # When
    desk.ask("payment.authenticate", outcome="succeed")
    await _work(desk, provider)
    desk.ask("payment.capture", amount=600)
    await _work(desk, provider)
    desk.refund(amount=200)
    await _work(desk, provider)
    # Then
    payment = desk.payment()
    assert payment.status is PaymentStatus.SUCCEEDED
    assert (payment.amount_captured, payment.amount_refunded) == (600, 200)
    assert desk.refunded().status is RefundStatus.SUCCEEDED


@pytest.mark.parametrize("reached", [PaymentStatus.REQUIRES_ACTION, PaymentStatus.REQUIRES_CAPTURE])
async def test_what_the_provider_holds_is_let_go(provider: Simulated, reached: PaymentStatus) -> None:
    desk = Desk()
    needs_action = reached is PaymentStatus.REQUIRES_ACTION
    method = "pm_card_authenticationRequired" if needs_action else "pm_card_visa"
    desk.create(payment_method=method, capture_method="manual")
    await _work(desk, provider)
    assert desk.payment().status is reached
    desk.ask("payment.cancel")
    await _work(desk, provider)
    assert desk.payment().status is PaymentStatus.CANCELED


@pytest.mark.parametrize(
    ("method", "first", "later", "refunded"),
    [
        ("pm_card_refundFail", RefundStatus.SUCCEEDED, RefundStatus.FAILED, 0),
        ("pm_card_pendingRefund", RefundStatus.PENDING, RefundStatus.SUCCEEDED, 400),
    ],
)
async def test_a_refund_may_change_later(
    provider: Simulated, method: str, first: RefundStatus, later: RefundStatus, refunded: int
) -> None:
    desk = Desk()
    desk.create(payment_method=method)
    await _work(desk, provider)
    desk.refund(amount=400)
    await _work(desk, provider)
    assert desk.refunded().status is first
    desk.wait(REF)
    await _work(desk, provider)
    assert (desk.refunded().status, desk.payment().amount_refunded) == (later, refunded)
    assert PAY not in desk.due

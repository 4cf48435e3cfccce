"""The tax inside refunds, whatever their amounts, and however many of them fail."""

from hypothesis import given
from hypothesis import strategies as st

from actors.payments.tax import tax_after, tax_captured, tax_of_refund
from messages.payments import Payment, PaymentStatus, Sale, TaxShare
from tests.payments.desk import START


def _captured(amount: int, captured: int, tax: list[int]) -> Payment:
    lines = [TaxShare(jurisdiction=f"J{number}", amount=line) for number, line in enumerate(tax)]
    return Payment(
        id="pay_1",
        created_at=START,
        updated_at=START,
        status=PaymentStatus.SUCCEEDED,
        amount=amount,
        amount_captured=captured,
        currency="USD",
        customer_id="abc123",
        destination=Sale(tax=lines),
        provider="simulated",
    )


@st.composite
def _payments(draw: st.DrawFn) -> Payment:
    amount = draw(st.integers(1, 300))
    captured = draw(st.integers(1, amount))
    tax, left = list[int](), amount
    for _ in range(draw(st.integers(0, 4))):
        tax.append(draw(st.integers(0, left)))
        left -= tax[-1]
    return _captured(amount, captured, tax)


@given(payment=_payments(), data=st.data())
def test_the_tax_of_all_refunds_adds_up_to_the_tax_captured(payment: Payment, data: st.DataObject) -> None:
    captured = [line.amount for line in tax_captured(payment)]
    assert sum(captured) <= payment.amount_captured
    refunded: tuple[int, ...] = ()
    accepted: list[tuple[int, list[TaxShare]]] = []
    failures_left = 3
    while (left := payment.amount_captured - payment.amount_refunded) > 0:
        if accepted and failures_left and data.draw(st.booleans()):
            failures_left -= 1
            amount, part = accepted.pop(data.draw(st.integers(0, len(accepted) - 1)))
            refunded = tax_after(refunded, part, -1)
            payment = payment.model_copy(update={"amount_refunded": payment.amount_refunded - amount})
            continue
        amount = data.draw(st.integers(1, left) | st.just(left))
        part = tax_of_refund(payment, refunded, amount)
        assert all(line.amount >= 0 for line in part)
        assert sum(line.amount for line in part) <= amount
        accepted.append((amount, part))
        refunded = tax_after(refunded, part, 1)
        payment = payment.model_copy(update={"amount_refunded": payment.amount_refunded + amount})
    assert list(refunded) == captured


def test_each_line_takes_its_share() -> None:
    payment = _captured(1000, 1000, [100, 60])
    assert [line.amount for line in tax_of_refund(payment, (), 500)] == [50, 30]

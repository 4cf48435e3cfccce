"""Top-ups and sales as the payments actor says them, spread over many accounts or all on the same few."""

from datetime import UTC, datetime
from typing import Literal, NamedTuple

from messages.envelope import About, Event
from messages.ids import new_id
from messages.payments import Payment, PaymentStatus, Sale, ToWallet
from messages.subjects import event_subject
from messages.wire import json_of

TENANT = "demo"
ACCOUNTS = 1000

Kind = Literal["spread", "hot", "sales"]
"""`spread`: top-ups of so many wallets, from as many accounts at providers. `hot`: the same, all from one account.
`sales`: both accounts are always the same."""


class Fact(NamedTuple):
    """A message of EVENTS and what the journal says of it."""

    id: str
    subject: str
    payment: str
    message: str
    at: datetime


def fact(kind: Kind, number: int) -> Fact:
    """A payment that succeeded. Numbers 7,919 apart meet the same wallet only after all others."""
    now, payment = datetime.now(UTC), _payment(kind, number)
    event = Event(
        id=new_id("evt"),
        type="payment.succeeded",
        source="payments",
        subject=payment.id,
        time=now,
        sequence=2,
        tenant=TENANT,
        correlation_id=payment.id,
        causation_id=payment.id,
        customer_id=payment.customer_id,
        about=About(customer_id=payment.customer_id, payment=payment.id),
        data=json_of(payment),
    )
    return Fact(
        event.id, event_subject(TENANT, event.type, payment.id), payment.id, event.model_dump_json(), event.time
    )


def _payment(kind: Kind, number: int) -> Payment:
    now, customer = datetime.now(UTC), f"c{number * 7919 % ACCOUNTS}"
    return Payment(
        id=new_id("pay"),
        version=2,
        created_at=now,
        updated_at=now,
        status=PaymentStatus.SUCCEEDED,
        amount=1000,
        amount_captured=1000,
        currency="USD",
        customer_id=customer,
        payment_method="pm_card_visa",
        destination=Sale() if kind == "sales" else ToWallet(customer_id=customer),
        provider=f"p{number % ACCOUNTS}" if kind == "spread" else "simulated",
        provider_reference=new_id("sim"),
    )

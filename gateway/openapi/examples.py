"""Bodies and answers that can be sent and read as they stand."""

from pydantic import BaseModel

from gateway.access_bodies import KeyBody, LogInBody, PasswordBody, RotateBody, UserBody
from gateway.bodies import ConfirmBody, HostedPayment, RefundBody, TopUpBody
from gateway.customers import CustomerBody, StatementPage
from gateway.disputes import DisputeBody, SettingsBody
from gateway.ledger_bodies import (
    ConversionBody,
    EffectiveBody,
    HoldBody,
    NoBody,
    TransactionBody,
    TransactionsBody,
    WalletBody,
)
from gateway.payment_methods import MethodBody
from gateway.payouts import SimulationBody, WithdrawalBody
from gateway.reconciliation import RunBody
from gateway.rehearsal_shapes import (
    DryRun,
    PlannedCall,
    PlannedEvent,
    PlannedMail,
    PlannedOutcome,
    PlannedPosting,
    PlannedWebhook,
)
from gateway.shapes import EventPage, ListOf
from gateway.usage_bulk import UsageBulkBody
from messages.billing_examples import STATEMENT
from messages.examples import EVENT, EXAMPLES
from messages.ledger_commands import PostingWish
from messages.payments import Payment
from messages.provider_events import WebhookFaults
from messages.usage import BulkUsageWish
from messages.wire import Json, json_of

_BY_HAND = TransactionBody(
    postings=[
        PostingWish(account="user:cash", side="debit", amount=1000, currency="USD"),
        PostingWish(account="equity:opening", side="credit", amount=1000, currency="USD"),
    ]
)

_DRY_RUN = DryRun(
    outcome=PlannedOutcome(status=201, body=json_of(EXAMPLES[Payment])),
    events=[PlannedEvent(type=each) for each in ("payment.created", "payment.succeeded", "ledger.transaction.posted")],
    postings=[
        PlannedPosting(account="assets:psp:simulated:pending", side="debit", amount=1000, currency="USD"),
        PlannedPosting(account="income:sales", side="credit", amount=1000, currency="USD"),
    ],
    mails=[PlannedMail(template="receipt", to="ada@example.com")],
    webhooks=[PlannedWebhook(endpoint="we_01ja", type="payment.succeeded")],
    provider_calls=[PlannedCall(provider="simulated", operation="charge", amount=1000, currency="USD")],
)
_PASSWORD = "correct horse battery"  # noqa: S105 - an example

_BODIES: dict[type[BaseModel], BaseModel] = {
    KeyBody: KeyBody(name="backend", scopes=["payments:read", "payments:write"]),
    RotateBody: RotateBody(overlap_seconds=3_600),
    UserBody: UserBody(email="ada@example.com", name="Ada", role="finance", password=_PASSWORD),
    PasswordBody: PasswordBody(password=_PASSWORD),
    LogInBody: LogInBody(email="ada@example.com", password=_PASSWORD),
    CustomerBody: CustomerBody(id="abc123", name="Ada Lovelace", email="ada@example.com"),
    ConfirmBody: ConfirmBody(payment_method="pm_card_visa"),
    RefundBody: RefundBody(amount=400, reason="requested_by_customer"),
    WithdrawalBody: WithdrawalBody(amount=2500, currency="USD"),
    SimulationBody: SimulationBody(),
    DisputeBody: DisputeBody(payment="pay_01ja"),
    MethodBody: MethodBody(payment_method="pm_card_visa"),
    SettingsBody: SettingsBody(webhooks=WebhookFaults(lose=30, double=30, shuffle=True)),
    RunBody: RunBody(),
    UsageBulkBody: UsageBulkBody(events=[BulkUsageWish(id="call-93817", subscription="sub_01ja", quantity="3")]),
    HostedPayment: HostedPayment(payment_method="pm_card_visa"),
    TopUpBody: TopUpBody(amount=5000, currency="USD"),
    HoldBody: HoldBody(customer_id="abc123", amount=2500, currency="USD"),
    WalletBody: WalletBody(overdraft_limits={"USD": 5000}),
    TransactionBody: _BY_HAND,
    TransactionsBody: TransactionsBody(transactions=[_BY_HAND]),
    EffectiveBody: EffectiveBody(),
    NoBody: NoBody(),
    ConversionBody: ConversionBody(
        customer_id="abc123", from_amount=1000, from_currency="USD", to_currency="EUR", rate="0.92"
    ),
}


def body_example(model: type[BaseModel]) -> Json:
    """Only what one would send; the rest has defaults."""
    return {**EXAMPLES, **_BODIES}[model].model_dump(mode="json", exclude_unset=True)


def answer_example(model: type[BaseModel]) -> Json | None:
    """The resource, or a list with one of it."""
    if model is EventPage:
        return {"data": [json_of(EVENT)], "has_more": False, "next_after": "1-18231"}
    if model is DryRun:
        return json_of(_DRY_RUN)
    if model is StatementPage:
        return {**json_of(STATEMENT), "next_cursor": None}
    listed = model.__pydantic_generic_metadata__["args"] if issubclass(model, ListOf) else (model,)
    example = EXAMPLES.get(listed[0])
    if example is None:
        return None
    shown = json_of(example)
    return shown if model is listed[0] else {"data": [shown], "has_more": False, "next_cursor": None}

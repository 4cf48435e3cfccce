"""One example of every message and resource, made by the models themselves, so that none can go stale."""

from datetime import UTC, datetime
from typing import TypeVar

from pydantic import BaseModel

from messages import (
    balance,
    disputes,
    ledger_commands,
    payment_methods,
    payments,
    payouts,
    provider_events,
    reconciliation,
)
from messages.access_examples import ACCESS_EXAMPLES
from messages.billing_examples import BILLING_EXAMPLES
from messages.document_examples import DOCUMENT_EXAMPLES
from messages.envelope import About, Accepted, Command, Done, Event, HttpRequest, Outcome, Query, Reply
from messages.ledger_examples import HOLD, LEDGER_EXAMPLES
from messages.notification_examples import NOTIFICATION_EXAMPLES
from messages.operation_examples import OPERATION_EXAMPLES
from messages.queries import ById, Page
from messages.questions import (
    CommandOutcome,
    CommandRecord,
    History,
    OfPayment,
    Report,
    Said,
    Unasked,
)
from messages.resource import ResourceName
from messages.wire import Json, json_of

T = TypeVar("T", bound=BaseModel)

_AT = datetime(2026, 11, 22, 10, 0, 0, 120_000, UTC)
_BEGAN = datetime(2026, 11, 22, 10, 0, 0, 1_000, UTC)
_KEPT_UNTIL = datetime(2026, 12, 22, 10, 0, 0, 1_000, UTC)
_PAYMENT, _REFUND = "pay_01ja", "ref_01ja"

PAYMENT = payments.Payment(
    id=_PAYMENT,
    version=2,
    status=payments.PaymentStatus.SUCCEEDED,
    amount=1000,
    amount_captured=1000,
    currency="USD",
    customer_id="abc123",
    payment_method="pm_card_visa",
    provider="simulated",
    provider_reference="sim_ch_8",
    fee=59,
    created_at=_BEGAN,
    updated_at=_AT,
)

REFUND = payments.Refund(
    id=_REFUND,
    version=2,
    status=payments.RefundStatus.SUCCEEDED,
    amount=400,
    currency="USD",
    payment=_PAYMENT,
    customer_id="abc123",
    reason="requested_by_customer",
    provider="simulated",
    provider_reference="sim_re_2",
    created_at=_BEGAN,
    updated_at=_AT,
)

PAYOUT = payments.Payout(
    id="po_01ja",
    version=3,
    status=payouts.PayoutStatus.PAID,
    purpose="withdrawal",
    amount=2500,
    currency="USD",
    customer_id="abc123",
    arrival_date="2026-11-22",
    hold="hold_01jb",
    provider="simulated",
    provider_reference="sim_po_4",
    created_at=_BEGAN,
    updated_at=_AT,
)

DISPUTE = payments.Dispute(
    id="dsp_01ja",
    status=disputes.DisputeStatus.NEEDS_RESPONSE,
    amount=1000,
    currency="USD",
    payment=_PAYMENT,
    customer_id="abc123",
    reason="fraudulent",
    amount_withdrawn=1000,
    fee=1500,
    evidence_details=disputes.EvidenceDetails(due_by=datetime(2026, 12, 6, 23, 59, 59, tzinfo=UTC)),
    provider="simulated",
    provider_reference="sim_dp_1",
    created_at=_AT,
    updated_at=_AT,
)

METHOD = payment_methods.PaymentMethod(
    id="pm_01ja",
    status=payment_methods.MethodStatus.ACTIVE,
    customer_id="abc123",
    default=True,
    card=payment_methods.Card(brand="visa", last4="4242", exp_month=12, exp_year=2030, country="US", funding="credit"),
    provider="stripe",
    provider_reference="pm_1Qx",
    created_at=_AT,
    updated_at=_AT,
)

PROVIDER_EVENT = provider_events.ProviderEvent(
    provider="simulated",
    account="demo",
    id="sim_evt_9",
    type="refund.failed",
    created=_AT,
    object={"id": "sim_re_2", "object": "refund", "amount": 400, "status": "failed", "charge": "sim_ch_8"},
)

PROVIDER = provider_events.ProviderAccount(
    id="prov_simulated",
    version=2,
    name="simulated",
    events_swept=3,
    last_missed_at=_AT,
    created_at=_BEGAN,
    updated_at=_AT,
)

DIFFERENCE = reconciliation.Difference.model_validate(
    {
        "id": "diff_01ja",
        "class": "missing_posting",
        "amount": 1000,
        "currency": "USD",
        "payment": _PAYMENT,
        "provider": "simulated",
        "provider_reference": "sim_ch_8",
        "age_seconds": 420,
        "sides": {"provider": 1000, "payments": 1000, "ledger": 0},
        "proposed": {
            "action": "post_fact",
            "postings": [
                {"account": "assets:psp:simulated:pending", "side": "debit", "amount": 1000, "currency": "USD"},
                {"account": "income:sales", "side": "credit", "amount": 1000, "currency": "USD"},
            ],
        },
        "unit": _PAYMENT,
        "source": {"object": "payment", "id": _PAYMENT},
        "created_at": _BEGAN,
        "updated_at": _BEGAN,
    }
)

RECONCILIATION = reconciliation.Reconciliation(
    id="rec_simulated",
    version=12,
    provider="simulated",
    whole=True,
    units_compared=812,
    differences_found=1,
    completed_at=_AT,
    created_at=_BEGAN,
    updated_at=_AT,
)

CREATE = payments.CreatePayment(amount=1000, currency="USD", customer_id="abc123")
REQUEST = HttpRequest(method="POST", path="/api/v1/payments", fingerprint="sha256:9c…")

COMMAND = Command(
    id="cmd_01ja",
    type="payment.create",
    actor="payments",
    tenant="demo",
    subject=_PAYMENT,
    principal="open:local",
    source="gateway",
    correlation_id="req_01ja",
    time=_BEGAN,
    idempotency_key="order-42",
    request=REQUEST,
    data=json_of(CREATE),
)

EVENT = Event(
    id="evt_01ja",
    type="payment.succeeded",
    source="payments",
    subject=_PAYMENT,
    time=_AT,
    sequence=2,
    tenant="demo",
    principal="open:local",
    correlation_id="req_01ja",
    causation_id="cmd_01ja",
    customer_id="abc123",
    about=About(customer_id="abc123", payment=_PAYMENT),
    changes={"status": "processing", "amount_captured": 0},
    data=json_of(PAYMENT),
)

RECORD = CommandRecord(
    id="cmd_01ja",
    status="done",
    type="payment.create",
    idempotency_key="order-42",
    first_seen_at=_BEGAN,
    expires_at=_KEPT_UNTIL,
    principal="open:local",
    request=REQUEST,
    resource=ResourceName(object="payment", id=_PAYMENT),
    outcome=CommandOutcome(status=201, body=json_of(PAYMENT), position="18231", at=_AT),
    replays=2,
)

_ALL: tuple[BaseModel, ...] = (
    PAYMENT,
    REFUND,
    PAYOUT,
    DISPUTE,
    *LEDGER_EXAMPLES,
    *BILLING_EXAMPLES,
    *DOCUMENT_EXAMPLES,
    *NOTIFICATION_EXAMPLES,
    *ACCESS_EXAMPLES,
    CREATE,
    payments.ConfirmPayment(payment_method="pm_card_visa"),
    payments.CapturePayment(amount=400),
    payments.CancelPayment(reason="requested_by_customer"),
    payments.CreateRefund(refund=_REFUND, amount=400, reason="requested_by_customer"),
    payments.AuthenticatePayment(outcome="succeed"),
    payouts.CreatePayout(customer_id="abc123", amount=2500, currency="USD"),
    payouts.SimulatePayout(outcome="paid"),
    payouts.PayoutListing(customer_id="abc123"),
    balance.BookingListing(payout="po_01ja"),
    disputes.SubmitEvidence(uncategorized_text="The customer signed for the parcel."),
    disputes.AcceptDispute(),
    disputes.OpenDispute(),
    disputes.CloseDispute(outcome="won"),
    disputes.DisputeListing(payment=_PAYMENT),
    METHOD,
    payment_methods.AttachMethod(customer_id="abc123", payment_method="pm_card_visa"),
    payment_methods.DetachMethod(),
    payment_methods.MethodListing(customer_id="abc123"),
    PROVIDER_EVENT,
    PROVIDER,
    DIFFERENCE,
    RECONCILIATION,
    reconciliation.RunReconciliation(),
    reconciliation.ApplyCorrection(reason="The event was parked and is lost."),
    reconciliation.DismissDifference(reason="Refunded in the provider's dashboard."),
    reconciliation.DifferenceListing(status=["open"]),
    provider_events.ProviderStandings(
        data=[provider_events.ProviderStanding(id="simulated", name="simulated", kind="simulated")]
    ),
    reconciliation.UnitsAsked(provider="simulated", progress=reconciliation.Progress(), before=_AT),
    reconciliation.PostedAsked(sources=[("payment", _PAYMENT)]),
    reconciliation.EventAsked(entity=_PAYMENT, types=["payment.succeeded"]),
    provider_events.SimulatedSettings(webhooks=provider_events.WebhookFaults(lose=30, double=30, shuffle=True)),
    ById(id=_PAYMENT),
    payments.PaymentListing(customer_id="abc123"),
    payments.RefundListing(payment=_PAYMENT),
    Page(data=[json_of(PAYMENT)], has_more=False),
    ledger_commands.PostFact(event=json_of(EVENT)),
    reconciliation.UnitPage(units=[], progress=reconciliation.Progress(), has_more=False),
    reconciliation.PostedPage(lines={}),
    reconciliation.EventFound(),
    COMMAND,
    EVENT,
    Outcome(command_id="cmd_01ja", type="hold.create", status=201, body=json_of(HOLD)),
    Accepted(command_id="cmd_01ja"),
    Done(command_id="cmd_01ja", status=201, position=18231, body=json_of(PAYMENT)),
    Query(tenant="demo", params={"id": _PAYMENT}),
    Reply(body=json_of(PAYMENT)),
    RECORD,
    OfPayment(payment=_PAYMENT),
    History(data=[Said(stream_seq=18231, event=EVENT)], unpublished=0, next=4711),
    Report({"db": "ok", "bus": "ok", "provider": "ok"}),
    Unasked(),
    *OPERATION_EXAMPLES,
)

EXAMPLES: dict[type[BaseModel], BaseModel] = {type(example): example for example in _ALL}


def example_of(model: type[BaseModel]) -> Json:
    """As it stands on the wire. Raises KeyError for a model that has none yet."""
    return json_of(EXAMPLES[model])

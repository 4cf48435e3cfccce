"""What an event of a provider says, in our own words. The shapes are those of Stripe's API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from pydantic import TypeAdapter

from actors.payments.provider import Away, Declined, DisputeStanding, Taken
from actors.payments.stripe_amounts import from_stripe
from messages.disputes import DisputeReason, DisputeStatus, Evidence
from messages.payments import STRIPE, FraudWarning, RefundStatus
from messages.payouts import PayoutStatus
from messages.provider_events import (
    CHARGE_TYPES,
    DISPUTE_TYPES,
    PAYOUT_TYPES,
    REFUND_TYPES,
    WARNING_TYPES,
    ProviderEvent,
    order_of,
)
from messages.wire import Json

ChargeStanding = Literal["authorized", "captured", "declined", "released"]


@dataclass(frozen=True, slots=True)
class Named:
    """Which of ours is meant: by `id` if the provider was told it, else by one of its own `references`."""

    kind: Literal["payment", "refund", "payout"]
    id: str | None
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChargeFact:
    """How a payment stands; `amount` is what was captured or authorised."""

    named: Named
    standing: ChargeStanding
    amount: int


@dataclass(frozen=True, slots=True)
class RefundFact:
    """How a refund stands, as a look-up would have found it."""

    named: Named
    status: RefundStatus
    result: Taken | Declined | Away


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a provider tells of a payout that it made by itself; the amount is in minor units."""

    reference: str
    amount: int
    currency: str
    arrival_date: str | None


@dataclass(frozen=True, slots=True)
class PayoutFact:
    """How a payout stands, as a look-up would have found it. Only one that nobody asked for is a `settlement`."""

    named: Named
    status: PayoutStatus
    result: Taken | Declined
    settlement: Settlement | None = None


@dataclass(frozen=True, slots=True)
class DisputeFact:
    """A snapshot of a dispute, about the payment that is `named`."""

    named: Named
    standing: DisputeStanding
    as_of: str


@dataclass(frozen=True, slots=True)
class WarningFact:
    """An early fraud warning about the payment that is `named`."""

    named: Named
    warning: FraudWarning


Fact = ChargeFact | RefundFact | PayoutFact | DisputeFact | WarningFact

_INTENTS: Mapping[str, ChargeStanding] = {
    "payment_intent.succeeded": "captured",
    "payment_intent.amount_capturable_updated": "authorized",
    "payment_intent.payment_failed": "declined",
    "payment_intent.canceled": "released",
}
_REASONS = frozenset(get_args(DisputeReason))
_REASON: TypeAdapter[DisputeReason] = TypeAdapter(DisputeReason)


def fact_of(event: ProviderEvent) -> Fact | None:
    """None for an event that says nothing to us. Raises ValueError, KeyError or TypeError for another shape."""
    told, kind = event.object, event.kind or event.provider
    if event.type in CHARGE_TYPES:
        return _charge(event, told, _Units(kind))
    if event.type in REFUND_TYPES:
        return _refund(told, _Units(kind))
    if event.type in PAYOUT_TYPES:
        return _payout(told, _Units(kind))
    if event.type in DISPUTE_TYPES:
        return DisputeFact(_payment_of(told), standing_of(kind, told), order_of(event.created, event.id))
    if event.type in WARNING_TYPES:
        warning = FraudWarning(
            type=told["fraud_type"], actionable=told.get("actionable", True), provider_reference=told["id"]
        )
        return WarningFact(_payment_of(told), warning)
    return None


def _charge(event: ProviderEvent, told: Json, units: "_Units") -> ChargeFact:
    if event.type in _INTENTS:
        standing = _INTENTS[event.type]
        amount = told["amount_received"] if standing == "captured" else told.get("amount_capturable") or told["amount"]
        return ChargeFact(
            _named("payment", told, told["id"], told.get("latest_charge")), standing, units.minor(amount, told)
        )
    standing: ChargeStanding = "captured" if told.get("captured") else "authorized"
    if event.type in ("charge.failed", "charge.expired"):
        standing = "declined" if event.type == "charge.failed" else "released"
    amount = told["amount_captured"] if standing == "captured" else told["amount"]
    return ChargeFact(
        _named("payment", told, told.get("payment_intent"), told["id"]), standing, units.minor(amount, told)
    )


def _refund(told: Json, units: "_Units") -> RefundFact:
    status, reference = RefundStatus(told["status"]), str(told["id"])
    named = _named("refund", told, reference)
    if status in (RefundStatus.FAILED, RefundStatus.CANCELED):
        reason = told.get("failure_reason") or "unknown"
        detail = "The money came back to the provider."
        return RefundFact(named, status, Declined(code="card_declined", decline_code=reason, detail=detail))
    pending = status is not RefundStatus.SUCCEEDED
    return RefundFact(
        named, status, Taken(reference=reference, amount=units.minor(told["amount"], told), pending=pending)
    )


def _payout(told: Json, units: "_Units") -> PayoutFact:
    status, reference = PayoutStatus(told["status"]), str(told["id"])
    named = _named("payout", told, reference)
    settlement = _settlement(told, units) if named.id is None and told.get("automatic") is True else None
    if status in (PayoutStatus.FAILED, PayoutStatus.CANCELED):
        code = told.get("failure_code") or "unknown"
        detail = told.get("failure_message") or "The bank sent the money back."
        declined = Declined(code="payment_method_unusable", decline_code=code, detail=detail)
        return PayoutFact(named, status, declined, settlement)
    pending = status is not PayoutStatus.PAID
    result = Taken(reference=reference, amount=units.minor(told["amount"], told), pending=pending)
    return PayoutFact(named, status, result, settlement)


def _settlement(told: Json, units: "_Units") -> Settlement:
    arrival = told.get("arrival_date")
    day = datetime.fromtimestamp(arrival, UTC).date().isoformat() if isinstance(arrival, int) else None
    amount = units.minor(told["amount"], told)
    if amount <= 0:
        raise ValueError("the provider took money from our bank: there is no payout of that kind here")
    return Settlement(str(told["id"]), amount, str(told["currency"]).upper(), day)


def standing_of(provider: str, told: Json) -> DisputeStanding:
    """How the dispute in this object, of such a provider's shape, stands. Its balance transactions say what was taken.

    Raises ValueError when those are in another currency: what was taken of this one cannot be said.
    """
    units, moves = _Units(provider), list[Json](told.get("balance_transactions") or [])
    if any(each.get("currency", told["currency"]) != told["currency"] for each in moves):
        raise ValueError("the dispute was settled in another currency")
    taken, back = [each for each in moves if each["amount"] < 0], [each for each in moves if each["amount"] > 0]
    details: Json = told.get("evidence_details") or {}
    reason = told.get("reason")
    return DisputeStanding(
        reference=told["id"],
        created=told["created"],
        status=DisputeStatus(told["status"]),
        amount=units.minor(told["amount"], told),
        currency=str(told["currency"]).upper(),
        reason=_REASON.validate_python(reason if reason in _REASONS else "general"),
        amount_withdrawn=-sum(units.minor(each["amount"], told) for each in taken),
        fee=sum(units.minor(each["fee"], told) for each in taken),
        reinstated=bool(back),
        fee_returned=-sum(units.minor(each["fee"], told) for each in back),
        evidence=Evidence.model_validate(told.get("evidence") or {}),
        due_by=details.get("due_by"),
        submission_count=details.get("submission_count", 0),
    )


def _payment_of(told: Json) -> Named:
    return _named("payment", told, told.get("payment_intent"), told.get("charge"))


def _named(kind: Literal["payment", "refund", "payout"], told: Json, *references: Any) -> Named:
    ours = (told.get("metadata") or {}).get(f"pocketpay_{kind}_id")
    ours = ours if isinstance(ours, str) else None
    return Named(kind, ours, tuple(str(each) for each in references if isinstance(each, str) and each))


@dataclass(frozen=True, slots=True)
class _Units:
    """In which a provider says amounts. Stripe's are not always those of ISO 4217."""

    provider: str

    def minor(self, value: Any, told: Json) -> int:
        """Ours, of an amount in the currency that is told. Raises TypeError or ValueError."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{value!r} is no amount")
        return from_stripe(value, str(told["currency"]).upper()) if self.provider == STRIPE else value

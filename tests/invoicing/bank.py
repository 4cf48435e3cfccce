"""Payments as they give back: what is left of each after refunds, by whomever, and after disputes."""

from dataclasses import dataclass, field
from typing import Any

from actors.runtime.decision import Wish
from messages.disputes import Dispute, DisputeStatus
from messages.payments import Refund
from messages.wire import Json, json_of
from tests.invoicing.shop import Answer, Shop, pays
from tests.invoicing.till import CUSTOMER


@dataclass
class Bank:
    """By payment, in minor units; a disputed amount is undecided until the dispute is lost. `away` answers 503."""

    captured: dict[str, int] = field(default_factory=dict)
    refunded: dict[str, int] = field(default_factory=dict)
    disputed: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    disputes: dict[str, str] = field(default_factory=dict)
    made: list[tuple[str, Json]] = field(default_factory=list)
    away: bool = False
    refuses: bool = False
    number: int = 0

    def answers(self, wish: Wish) -> Answer | None:
        """As the payments actor would."""
        answer, data = pays(wish), json_of(wish.data)
        if wish.type == "payment.create":
            self.captured[wish.subject] = data["amount"]
        if wish.type != "refund.create":
            return answer
        if self.away:
            return 503, {"code": "unavailable", "detail": "No."}
        left = max(0, self.left(wish.subject) - data["leaving"])
        if data["amount"] > left:
            code = "refund_exceeds_captured" if left else "not_refundable"
            undecided = self.disputed.get(wish.subject, 0)
            return 422, {"code": code, "detail": "No.", "left": left, "undecided": undecided}
        if self.refuses:
            return 422, {"code": "payment_method_unusable", "detail": "No."}
        self.refunded[wish.subject] = self.refunded.get(wish.subject, 0) + data["amount"]
        self.made.append((wish.subject, data))
        return answer

    def left(self, payment: str) -> int:
        """What may still be refunded."""
        gone = sum(each.get(payment, 0) for each in (self.refunded, self.disputed, self.lost))
        return max(0, self.captured[payment] - gone)

    def gone(self) -> int:
        """Given back by payments, or lost."""
        return sum(self.refunded.values()) + sum(self.lost.values())

    def refund(self, shop: Shop, payment: str, amount: int) -> None:
        """By hand: accepted and told at once, done later."""
        amount = min(amount, self.left(payment))
        if not amount:
            return
        self.refunded[payment] = self.refunded.get(payment, 0) + amount
        self.number += 1
        shown = {**_shown(shop, payment, amount), "id": f"ref_hand_{self.number}"}
        shop.hear("refund.created", Refund.model_validate({**shown, "status": "pending"}))
        shop.hear("refund.succeeded", Refund.model_validate({**shown, "status": "succeeded"}))

    def fail(self, shop: Shop, number: int) -> None:
        """One that was asked for comes back, after it had succeeded."""
        if not self.made:
            return
        payment, asked = self.made.pop(number % len(self.made))
        self.refunded[payment] -= asked["amount"]
        fields = {"id": asked["refund"], "credit_note": asked["credit_note"], "status": "failed"}
        shop.hear("refund.failed", Refund.model_validate({**_shown(shop, payment, asked["amount"]), **fields}))

    def dispute(self, shop: Shop, payment: str, amount: int) -> None:
        """The bank takes the money, and may give it back; one at a time."""
        amount = min(amount, self.left(payment))
        if amount and payment not in self.disputed:
            self.disputed[payment] = amount
            self.number += 1
            self.disputes[payment] = f"dsp_{self.number}"
            self._told(shop, payment, amount, "created", DisputeStatus.NEEDS_RESPONSE)

    def decide(self, shop: Shop, payment: str, *, won: bool) -> None:
        """The end of a dispute, if there is one."""
        amount = self.disputed.pop(payment, 0)
        if not amount:
            return
        if not won:
            self.lost[payment] = self.lost.get(payment, 0) + amount
        status = DisputeStatus.WON if won else DisputeStatus.LOST
        self._told(shop, payment, amount, status.value, status)

    def _told(self, shop: Shop, payment: str, amount: int, event: str, status: DisputeStatus) -> None:
        fields = {"id": self.disputes[payment], "reason": "fraudulent", "amount_withdrawn": amount, "status": status}
        shop.hear(f"dispute.{event}", Dispute.model_validate({**_shown(shop, payment, amount), **fields}))


def _shown(shop: Shop, payment: str, amount: int) -> dict[str, Any]:
    times = {"created_at": shop.now, "updated_at": shop.now, "version": 2}
    to = {"type": "invoice", "invoice": "inv_1"}
    shown = {"payment": payment, "amount": amount, "currency": "USD", "customer_id": CUSTOMER, "destination": to}
    return {**shown, **times, "provider": "simulated"}

"""The test methods of the simulated provider: what a charge with each of them comes to."""

from actors.payments.provider import ActionNeeded, Away, Charge, Declined, Taken

DEFAULT = "pm_card_visa"

SLOW = "pm_sim_slow"
TIMEOUT_AFTER_CHARGE = "pm_sim_timeoutAfterCharge"
ERROR_AFTER_CHARGE = "pm_sim_errorAfterCharge"
UNAVAILABLE = "pm_sim_unavailable"
DISPUTED = "pm_card_createDispute"
REFUND_FAILS = "pm_card_refundFail"
REFUND_PENDS = "pm_card_pendingRefund"

SUCCEEDING = frozenset(
    {
        DEFAULT,
        "pm_card_mastercard",
        DISPUTED,
        "pm_card_bypassPending",
        REFUND_FAILS,
        REFUND_PENDS,
        SLOW,
        TIMEOUT_AFTER_CHARGE,
        ERROR_AFTER_CHARGE,
    }
)

AUTHENTICATING = frozenset({"pm_card_authenticationRequired", "pm_card_threeDSecure2Required"})

DECLINES = {
    "pm_card_chargeDeclined": ("generic_decline", "The card was declined."),
    "pm_card_chargeDeclinedInsufficientFunds": ("insufficient_funds", "The card has insufficient funds."),
    "pm_card_chargeDeclinedLostCard": ("lost_card", "The card was reported lost."),
    "pm_card_chargeDeclinedStolenCard": ("stolen_card", "The card was reported stolen."),
    "pm_card_chargeDeclinedExpiredCard": ("expired_card", "The card has expired."),
    "pm_card_chargeDeclinedIncorrectCvc": ("incorrect_cvc", "The card's security code is wrong."),
    "pm_card_chargeDeclinedProcessingError": (
        "processing_error",
        "The card's bank could not process the charge; try again.",
    ),
}
"""Method to `decline_code` and what a person reads."""

METHODS = frozenset({*SUCCEEDING, *AUTHENTICATING, *DECLINES, UNAVAILABLE})


def verdict(charge: Charge, reference: str) -> Taken | Declined | ActionNeeded | Away:
    """What becomes of a charge before the customer or anybody else does something about it."""
    method = charge.payment_method
    if method in SUCCEEDING:
        return Taken(reference=reference, amount=charge.amount)
    if method in DECLINES:
        decline_code, detail = DECLINES[method]
        return _declined(reference, decline_code, detail)
    if method in AUTHENTICATING and charge.off_session:
        return Declined(
            reference=reference,
            code="authentication_required",
            decline_code="authentication_required",
            detail="The card's bank wants the customer to authenticate, who is not there.",
        )
    if method in AUTHENTICATING:
        return ActionNeeded(reference=reference, url=f"/simulated/payments/{charge.payment}/authenticate")
    if method == UNAVAILABLE:
        return Away(detail="The simulated provider is away; nothing was charged.")
    return unknown(method)


def unknown(method: str) -> Declined:
    """No card of ours has that name."""
    detail = f"There is no payment method {method}; GET /simulated/methods lists them."
    return Declined(code="payment_method_unusable", detail=detail)


def _declined(reference: str, decline_code: str, detail: str) -> Declined:
    return Declined(reference=reference, code="card_declined", decline_code=decline_code, detail=detail)

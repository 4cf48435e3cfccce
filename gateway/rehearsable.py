"""Which writes can be rehearsed: those that move money, or change a subscription or an invoice."""

from dataclasses import replace
from typing import Final

from gateway.parameters import DryRunAsked
from gateway.route import Route

_PAYMENTS: Final = (
    *("createPayment", "createPaymentByName", "confirmPayment", "capturePayment", "cancelPayment", "createRefund"),
    *("createTopUp", "createWithdrawal"),
)
_LEDGER: Final = (
    *("createTransfer", "reverseTransfer", "createHold", "confirmHold", "voidHold", "createTransaction"),
    *("postTransaction", "voidTransaction", "reverseTransaction", "createConversion"),
)
_BILLING: Final = (
    *("createSubscription", "changeSubscription", "pauseSubscription", "resumeSubscription", "cancelSubscription"),
    *("uncancelSubscription", "createInvoice", "updateInvoice", "finalizeInvoice", "payInvoice", "voidInvoice"),
    *("markInvoiceUncollectible", "sendInvoice", "createCreditNote", "voidCreditNote"),
)
REHEARSABLE: Final = frozenset({*_PAYMENTS, *_LEDGER, *_BILLING})
"""By operation."""


def with_dry_run(route: Route) -> Route:
    """The route, with `?dry_run=true` if it can be rehearsed."""
    return replace(route, parameters=DryRunAsked) if route.operation in REHEARSABLE else route

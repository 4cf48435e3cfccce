"""What is asked: each list with each of its filters, narrow and wide ones, and such that nothing fits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bench.lists.tables import HOT

_CUSTOMER: Final = (f"customer_id={HOT}", "customer_id=c7")
_METADATA: Final = ("metadata[order]=o777", "metadata[shop]=s1", "metadata[order]=none")
_BOTH: Final = (f"customer_id={HOT}&metadata[shop]=s1", f"customer_id={HOT}&metadata[order]=o770")
"""Beside nothing, what most rows have, one in fifty thousand, and none; of statuses also two at once."""


def _number(prefix: str, number: int) -> str:
    return f"{prefix}_{number:09}"


def _statuses(usual: str, rare: str, never: str = "") -> tuple[str, ...]:
    asked = [usual, rare, *([never] if never else []), f"{usual},{rare}"]
    return tuple(f"status={each}" for each in asked)


LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "payments": (
        *_statuses("succeeded", "canceled", "requires_capture"),
        *(*_CUSTOMER, f"customer_id={HOT}&status=canceled", *_METADATA, *_BOTH),
    ),
    "refunds": (*_statuses("succeeded", "failed", "pending"), *_CUSTOMER, f"payment={_number('pay', 5)}", *_METADATA),
    "payouts": (
        *_statuses("paid", "failed", "pending"),
        *_CUSTOMER,
        "purpose=withdrawal",
        "purpose=settlement",
        *_METADATA,
    ),
    "disputes": (*_statuses("needs_response", "won", "lost"), *_CUSTOMER, f"payment={_number('pay', 5)}", *_METADATA),
    "customers/c7/payment-methods": (*_statuses("active", "detached", "expired"), *_METADATA),
    "balance-transactions": (
        *_statuses("available", "pending"),
        f"source_id={_number('pay', 5)}",
        f"payout={_number('po', 5)}",
    ),
    "reconciliation": _statuses("resolved", "open", "corrected"),
    f"wallets/{HOT}/entries": ("currency=USD", "currency=EUR"),
    "ledger/accounts/assets:psp:simulated:pending/entries": ("currency=USD", "currency=EUR"),
    "ledger/accounts": ("prefix=liabilities:wallets:z00005", "prefix=liabilities", "prefix=equity"),
    "ledger/transactions": (
        *("status=posted", "status=pending", "status=voided", "status=expired", "status=posted,voided"),
        *("source_type=manual", "source_type=payment", "source_type=refund", f"source_id={_number('pay', 777)}"),
        *("account=assets:psp:simulated:pending", f"account=liabilities:wallets:{HOT}", "account=user:cash:7"),
        *("event=evt_777", "reference=sim_777", f"account=liabilities:wallets:{HOT}&source_type=manual", *_METADATA),
        "account=assets:psp:simulated:pending&source_type=refund",
    ),
    f"ledger/transactions/{_number('txn', 777)}/entries": (),
    "ledger/heads": (),
    "holds": (*_statuses("confirmed", "open", "voided"), *_CUSTOMER, *_METADATA),
    "transfers": (*_statuses("succeeded", "reversed"), *_CUSTOMER, *_METADATA),
    "customers": (f"test_clock={_number('clock', 0)}", *_METADATA),
    f"customers/{HOT}/statement": (),
    "products": ("active=true", "active=false", *_METADATA),
    "prices": ("active=true", "active=false", f"product={_number('prod', 7)}", "lookup_key=key-777", *_METADATA),
    "coupons": _METADATA,
    "tax-rates": ("active=true", "active=false", *_METADATA),
    "subscriptions": (*_statuses("active", "unpaid", "paused"), *_CUSTOMER, *_METADATA),
    "usage-events": (
        *_statuses("recorded", "voided", "late"),
        *("status=invoiced", *_CUSTOMER, f"subscription={_number('sub', 7)}"),
    ),
    "invoices": (
        *(*_statuses("paid", "uncollectible", "void"), "status=open", *_CUSTOMER),
        *(f"subscription={_number('sub', 7)}", f"customer_id={HOT}&status=uncollectible", *_METADATA),
    ),
    f"invoices/{_number('inv', 777)}/lines": (),
    "credit-notes": (*_statuses("issued", "void"), *_CUSTOMER, f"invoice={_number('inv', 7)}", *_METADATA),
    "test-clocks": (*_statuses("ready", "internal_failure", "advancing"), *_METADATA),
    "webhook-endpoints": (*_statuses("enabled", "disabled"), *_METADATA),
    "webhook-deliveries": (
        *(*_statuses("succeeded", "failed", "pending"), f"endpoint={_number('we', 7)}", f"event={_number('evt', 777)}"),
        *(f"endpoint={_number('we', 7)}&status=failed", *_METADATA),
    ),
    "mails": (*_statuses("sent", "bounced", "queued"), *_CUSTOMER, f"event={_number('evt', 777)}", *_METADATA),
    "mail-suppressions": (*_CUSTOMER, *_METADATA),
    "api-keys": (*_statuses("active", "revoked", "expired"), "type=secret", "type=restricted", *_METADATA),
    "tenants": (),
    "users": (*_statuses("active", "disabled"), "role=admin", "role=viewer", *_METADATA),
    "audit-log": (
        *_statuses("done", "refused", "running"),
        *("principal=key:hot", "principal=user:rare", "principal=user:nobody"),
        *("type=payment.create", "type=payment.cancel", "type=payment.capture", "type=payment.*", "type=dispute.*"),
        *(f"subject={_number('pay', 777)}", "subject=nothing", "principal=key:hot&type=payment.cancel"),
    ),
    "stuck": (),
}

UNTIMED: Final = (
    "ledger/accounts",
    f"{_number('txn', 777)}/entries",
    "heads",
    "/lines",
    "/statement",
    "stuck",
    "tenants",
)
"""Lists without `created_before`: of these the page after the first is read."""


@dataclass(frozen=True, slots=True)
class Question:
    """One list with one filter, or none."""

    path: str
    filters: str

    @property
    def is_timed(self) -> bool:
        """Whether it takes `created_before`."""
        return not self.path.endswith(UNTIMED)


def questions() -> Iterator[Question]:
    """All."""
    for path, filters in LISTS.items():
        yield Question(path, "")
        yield from (Question(path, each) for each in filters)

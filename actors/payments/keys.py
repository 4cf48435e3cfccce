"""Under which key the payments actor keeps each of its states."""

from actors.runtime.decision import Key


def payment_key(tenant: str, payment: str) -> Key:
    """Where a payment is kept."""
    return Key("payment", tenant, payment)


def refund_key(tenant: str, refund: str) -> Key:
    """Where a refund is kept."""
    return Key("refund", tenant, refund)


def payout_key(tenant: str, payout: str) -> Key:
    """Where a payout is kept."""
    return Key("payout", tenant, payout)


def dispute_key(tenant: str, dispute: str) -> Key:
    """Where a dispute is kept."""
    return Key("dispute", tenant, dispute)


def method_key(tenant: str, method: str) -> Key:
    """Where a saved payment method is kept."""
    return Key("payment_method", tenant, method)


def payer_key(tenant: str, customer: str) -> Key:
    """Where it is kept what a customer is at each provider."""
    return Key("payer", tenant, customer)


def provider_event_key(tenant: str, event: str) -> Key:
    """Where an event of a provider is kept."""
    return Key("provider_event", tenant, event)


def booking_key(tenant: str, transaction: str) -> Key:
    """Where a balance transaction is kept."""
    return Key("balance_transaction", tenant, transaction)


def difference_key(tenant: str, difference: str) -> Key:
    """Where a difference is kept."""
    return Key("difference", tenant, difference)


def reconciliation_key(tenant: str, reconciliation: str) -> Key:
    """Where it is kept how far all was compared."""
    return Key("reconciliation", tenant, reconciliation)


def provider_key(tenant: str, account: str) -> Key:
    """Where an account with a provider is kept."""
    return Key("provider", tenant, account)


def reference_key(tenant: str, kind: str, provider: str, reference: str) -> Key:
    """Where one finds which payment, refund or payout a provider speaks of."""
    return Key("reference", tenant, f"{kind}/{provider}/{reference}")


_KEYS = {
    "po": payout_key,
    "ref": refund_key,
    "dsp": dispute_key,
    "pm": method_key,
    "pev": provider_event_key,
    "prov": provider_key,
    "btx": booking_key,
    "diff": difference_key,
    "rec": reconciliation_key,
}


def entity_key(tenant: str, entity: str) -> Key:
    """Lanes and alarms carry the id alone: its prefix says of which resource it is."""
    return _KEYS.get(entity.partition("_")[0], payment_key)(tenant, entity)

"""A Stripe account as the payments actor takes it. Stripe's client costs a second and 36 MB: loaded here alone."""

from pydantic import SecretStr

from actors.payments.provider import Provider
from pocketpay.settings import Settings


def stripe_of(key: SecretStr, whose: str, settings: Settings) -> Provider:
    """Raises SystemExit for a live key; `whose` begins the sentence that says so."""
    if "_live_" in key.get_secret_value():
        raise SystemExit(f"{whose} a live key, and all tenants are test tenants yet: take sk_test_… or rk_test_…")
    from actors.payments.stripe_client import Account
    from actors.payments.stripe_provider import Stripe

    account = Account(key, settings.stripe_address, settings.stripe_timeout_seconds)
    return Stripe(account, settings.stripe_requests_per_second, tenant=settings.account_tenant)

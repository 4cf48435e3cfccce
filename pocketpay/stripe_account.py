"""A Stripe account as the payments actor takes it. Stripe's client costs a second and 36 MB: loaded here alone."""

from pydantic import SecretStr

from actors.payments.provider import Provider
from actors.payments.stripe_keys import mode_of
from pocketpay.settings import Settings


def stripe_of(key: SecretStr, whose: str, settings: Settings) -> Provider:
    """Raises SystemExit for a key that is not fit; `whose` begins the sentence that says so.

    An open gateway lets in anybody who can reach it, as a test tenant: real money is taken where keys are asked for.
    """
    mode = mode_of(key.get_secret_value())
    if mode is None:
        raise SystemExit(f"{whose} no secret key of Stripe: one begins with sk_test_, rk_test_, sk_live_ or rk_live_")
    if mode == "live" and settings.auth == "open":
        raise SystemExit(
            f"{whose} a live key, and without access control nobody takes real money:"
            " set POCKETPAY_AUTH=keys everywhere, or take sk_test_… or rk_test_…"
        )
    from actors.payments.stripe_client import Account
    from actors.payments.stripe_provider import Stripe

    account = Account(key, settings.stripe_address, settings.stripe_timeout_seconds)
    return Stripe(account, settings.stripe_requests_per_second, tenant=settings.account_tenant)

"""The accounts of the settings as the payments actor takes them: providers by name, rules and the breakers' limits."""

from collections.abc import Awaitable, Callable

from pydantic import SecretStr, TypeAdapter, ValidationError

from actors.payments.account_breaker import Tolerance
from actors.payments.accounts import Accounts
from actors.payments.provider import Provider
from actors.payments.routing import Rule
from actors.payments.simulated import Simulated
from actors.payments.simulated_webhooks import Webhooks
from pocketpay.accounts import Account, without_values
from pocketpay.settings import Settings, simulated_file_of
from pocketpay.stripe_account import stripe_of

_RULES: TypeAdapter[tuple[Rule, ...]] = TypeAdapter(tuple[Rule, ...])


def accounts_of(settings: Settings) -> Accounts:
    """Raises SystemExit for rules that cannot be read or name an account that is not listed, or a missing key."""
    names = {each.name for each in settings.accounts}
    rules = _rules_of(settings.routes)
    if unknown := {name for rule in rules for name in rule.accounts} - names:
        raise SystemExit(f"POCKETPAY_ROUTES names {', '.join(sorted(unknown))}: not in POCKETPAY_ACCOUNTS")
    tolerance = Tolerance(
        failures=settings.breaker_failures,
        within_seconds=settings.breaker_within_seconds,
        retry_seconds=settings.breaker_retry_seconds,
    )
    return Accounts({each.name: _provider(each, settings) for each in settings.accounts}, rules, tolerance)


def webhooks_of(settings: Settings) -> list[Callable[[], Awaitable[None]]]:
    """What simulated accounts tell by themselves, each at an address of its own: the last part is its name."""
    url, secret = settings.simulated_webhook_url, settings.simulated_webhook_secret
    if url is None or secret is None:
        return []
    base = url.rpartition("/")[0]
    names = [each.name for each in settings.accounts if each.kind == "simulated"]
    return [
        Webhooks(simulated_file_of(settings, name), f"{base}/{name}", secret.get_secret_value()).run for name in names
    ]


def _rules_of(routes: str | None) -> tuple[Rule, ...]:
    try:
        return _RULES.validate_json(routes) if routes else ()
    except ValidationError as error:
        raise SystemExit(f"POCKETPAY_ROUTES is not as it should be: {without_values(error)}") from error


def _provider(account: Account, settings: Settings) -> Provider:
    if account.kind == "simulated":
        file = simulated_file_of(settings, account.name)
        file.parent.mkdir(parents=True, exist_ok=True)
        return Simulated(file, account=settings.account_tenant)
    if account.key_file is None:
        raise SystemExit(f"{account.name} in POCKETPAY_ACCOUNTS has no key_file: the secret key of the Stripe account")
    try:
        key = account.key_file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        named = f"the key_file of {account.name} in POCKETPAY_ACCOUNTS, {account.key_file},"
        raise SystemExit(f"{named} cannot be read: {type(error).__name__}") from error
    return stripe_of(SecretStr(key), f"{account.name} has", settings)

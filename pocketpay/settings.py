"""Settings of one process, from the environment. `POCKETPAY_X_FILE` names a file that holds `POCKETPAY_X`."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from messages.ids import TOKEN_PATTERN
from messages.webhook_addresses import networks
from pocketpay.accounts import Account, read_accounts, secrets_in, several

PREFIX = "POCKETPAY_"
OPEN_TENANT = "demo"
"""The tenant of a gateway that asks for no keys."""

Auth = Literal["open", "keys"]
Provider = Literal["simulated", "stripe"]


def _several(text: object) -> object:
    return several(text) if isinstance(text, str) else text


Names = Annotated[tuple[str, ...], BeforeValidator(_several)]
"""In the environment separated by commas."""


def _networks(texts: tuple[str, ...]) -> tuple[str, ...]:
    try:
        networks(texts)
    except ValueError:
        raise ValueError("each is a CIDR such as 10.0.0.0/8, with no bit set behind it") from None
    return texts


Networks = Annotated[Names, AfterValidator(_networks)]
"""CIDRs."""


def _lower(text: object) -> object:
    return text.lower() if isinstance(text, str) else text


LogLevel = Annotated[Literal["debug", "info", "warning", "error", "critical"], BeforeValidator(_lower)]

_SENDER = r"^([^<>\x00-\x1f]*<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$"
_LOGO = r"^https://[!-~]+$"
_SITE = r"^https?://[^/?#@\s]+$"
_ADDRESS = r"^(https://[^/?#@]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)/?$"


class UnreadableError(OSError):
    """A file that a variable names cannot be read."""


class Settings(BaseModel):
    """URLs carry passwords, so they never show in a repr or a log."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    nats_url: SecretStr = SecretStr("nats://127.0.0.1:4222")
    database_url: SecretStr | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8011, ge=0, le=65535, description="Of the gateway.")
    health_port: int = Field(default=0, ge=0, le=65535, description="Of an actor.")
    hosts: Names = Field(default=(), description="Further names under which the gateway may be called.")
    ops_networks: Networks = Field(default=(), description="CIDRs that may see diagnostics and metrics.")
    open_behind_loopback_port: bool = Field(default=False, description="The port is published on loopback alone.")
    gateway_url: str | None = Field(default=None, description="For commands: where they find the gateway.")
    key: SecretStr | None = Field(default=None, description="For commands: an API key, with which they ask it.")
    trusted_proxies: Networks = Field(default=(), description="CIDRs whose X-Forwarded-For is believed.")
    monitor_url: str | None = Field(default=None, description="Where the gateway finds the monitor.")
    monitor_targets: Names = Field(default=(), description="What the monitor watches: name=URL, with commas.")
    auth: Auth = Field(default="keys", description="Of gateway, access and payments: open needs no keys.")
    operator_tenant: str = Field(
        default="main", pattern=TOKEN_PATTERN, description="The tenant that may make others, and see them."
    )
    provider: Provider = "simulated"
    accounts: Annotated[tuple[Account, ...], BeforeValidator(read_accounts)] = Field(
        default=(), description="Several accounts with providers, as JSON; then `provider` says nothing."
    )
    routes: str | None = Field(default=None, description="Which account takes which payment: rules as JSON.")
    breaker_failures: int = Field(default=5, ge=1, le=1000, description="In a row; an account then gets no charges.")
    breaker_within_seconds: int = Field(default=60, ge=1, description="Those failures in so short a time.")
    breaker_retry_seconds: int = Field(default=30, ge=1, description="Until one charge may try such an account.")
    simulated_file: Path | None = Field(default=None, description="The simulated provider's own books.")
    stripe_key: SecretStr | None = Field(default=None, description="Of the payments actor alone.")
    stripe_address: str = Field(
        default="https://api.stripe.com", pattern=_ADDRESS, description="Plain HTTP on this machine alone."
    )
    stripe_timeout_seconds: float = Field(default=8, gt=0, le=9, description="Of one attempt; a call has three.")
    stripe_requests_per_second: int = Field(default=20, ge=1, le=1000, description="For each of its endpoints.")
    provider_account: str | None = Field(
        default=None,
        pattern=TOKEN_PATTERN,
        description="The tenant whose account with the provider it is, if not who runs this.",
    )
    sweep_seconds: int = Field(default=30, ge=1, description="How often the provider is asked for its events.")
    sweep_after_seconds: int = Field(default=60, ge=0, description="How long an event's webhook may take.")
    book_after_seconds: int = Field(default=10, ge=0, description="How old what the provider booked must be.")
    late_after_seconds: int = Field(
        default=86_400, ge=0, description="How long one side of a movement of money may lack before it is a difference."
    )
    declines_per_payment: int = Field(default=10, ge=0, description="Then it is tried no more; 0: no limit.")
    declines_per_customer: int = Field(default=20, ge=0, description="More than successes, within an hour.")
    declines_per_address: int = Field(default=30, ge=0, description="The same, of one client's address.")
    decline_breaker_attempts: int = Field(default=50, ge=0, description="Of ten minutes, to judge by; 0: never.")
    decline_breaker_percent: int = Field(default=80, ge=1, le=99, description="More declined: no new charges.")
    decline_breaker_pause_seconds: int = Field(default=60, ge=1, description="Until some are tried again.")
    stripe_webhook_secrets: SecretStr | None = Field(default=None, description="Separated by commas.")
    simulated_webhook_secret: SecretStr | None = None
    simulated_webhook_url: str | None = Field(default=None, description="Where the simulated provider tells events.")
    data_dir: Path = Path(".pocketpay")
    ledger_signing_key: SecretStr | None = Field(
        default=None, description="Of the ledger: 32 bytes in base64 that sign its heads."
    )
    invoice_series: str = Field(default="INV", pattern=r"^[A-Z][A-Z0-9]{0,9}$", description="INV-2026-000001.")
    credit_note_series: str = Field(default="CN", pattern=r"^[A-Z][A-Z0-9]{0,9}$", description="CN-2026-000001.")
    dunning_days: Names = Field(default=("1", "3", "5", "7"), description="Days after the first try that failed.")
    dunning_end: Literal["unpaid", "cancel"] = Field(default="unpaid", description="Of the subscription, at last.")
    billing_time_zone: str | None = Field(default=None, description="Of customers without one of their own.")
    seller: str | None = Field(default=None, description="Who asks to be paid, as JSON: name, address, tax_id, email.")
    link_key: SecretStr | None = Field(
        default=None, min_length=32, description="Of the gateway: seals the addresses of invoices' own pages."
    )
    webhook_key: SecretStr | None = Field(
        default=None, min_length=32, description="Of gateway and notifications: webhook secrets follow from it."
    )
    webhook_allow_networks: Networks = Field(
        default=(), description="CIDRs of ours that webhooks may call, without TLS."
    )
    webhook_deliveries_days: int = Field(default=30, ge=30, description="How long those that arrived are kept.")
    smtp_url: SecretStr | None = Field(default=None, description="Where mails go: smtp://user:password@host:587.")
    mail_from: str | None = Field(default=None, pattern=_SENDER, description="Whose address mails come from.")
    mail_logo_url: str | None = Field(default=None, pattern=_LOGO, description="Shown above the HTML of mails.")
    mails: Names = Field(default=(), description="Which mails are sent; none named: all.")
    public_url: str | None = Field(default=None, pattern=_SITE, description="Under which customers reach the gateway.")
    fonts_dir: Path | None = Field(default=None, description="Of invoicing: more fonts for PDFs.")
    rate_per_key: int = Field(default=200, ge=0, description="Requests a second of a key or session; 0: no limit.")
    rate_per_address: int = Field(default=20, ge=0, description="The same, of an address without a valid key.")
    requests_per_tenant: int = Field(default=200, ge=0, description="That are answered at once; 0: no limit.")
    streams_per_tenant: int = Field(default=100, ge=0, description="That are open at once; 0: no limit but the whole.")
    log_level: LogLevel = "info"

    @property
    def account_tenant(self) -> str:
        """Whose what providers tell is. Where nothing names it, it is the tenant of whoever runs this."""
        return self.provider_account or (OPEN_TENANT if self.auth == "open" else self.operator_tenant)


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Raises pydantic.ValidationError, whose text holds no values, and UnreadableError."""
    environment = os.environ if environment is None else environment
    values = {name.removeprefix(PREFIX): value for name, value in environment.items() if name.startswith(PREFIX)}
    for name in [name for name in values if name.endswith("_FILE") and name != "SIMULATED_FILE"]:
        values[name.removesuffix("_FILE")] = _text_in(name, Path(values.pop(name)))
    return Settings.model_validate({name.lower(): value for name, value in values.items()})


def _text_in(name: str, file: Path) -> str:
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UnreadableError(f"{PREFIX}{name} names {file}, which cannot be read: {why}") from error


def wrong_in_words(error: ValidationError, environment: Mapping[str, str] | None = None) -> str | None:
    """A sentence that names the variables and no values; None for an error that is not of the settings."""
    if error.title != Settings.__name__:
        return None
    environment = os.environ if environment is None else environment
    wrong: dict[str, str] = {}
    for each in error.errors(include_input=False, include_url=False, include_context=False):
        variable = f"{PREFIX}{str(each['loc'][0]).upper()}"
        named = variable if variable in environment else f"{variable}_FILE"
        within = ".".join(map(str, each["loc"][1:]))
        why = each["msg"].removeprefix("Value error, ")
        wrong.setdefault(named, f"{within}: {why}" if within else why)
    told = "; ".join(f"{variable} is not as it should be: {why}" for variable, why in wrong.items())
    return f"{told} (docs/running.md lists all settings)"


def simulated_file(settings: Settings) -> Path:
    """Where the simulated provider keeps its books: outside our tables, as a real one would."""
    return settings.simulated_file or settings.data_dir / "simulated-provider.sqlite"


def simulated_file_of(settings: Settings, account: str) -> Path:
    """Where the simulated account of this name keeps its books: beside those of the one that needs no name."""
    file = simulated_file(settings)
    return file if account == "simulated" else file.with_name(f"{file.stem}-{account}{file.suffix}")


def webhook_secrets(settings: Settings) -> dict[str, tuple[str, ...]]:
    """By account; one without secrets is not listened to. All simulated accounts sign with the same."""
    if settings.accounts:
        shared = settings.simulated_webhook_secret
        simulated = (shared.get_secret_value(),) if shared else ()
        return {
            each.name: simulated if each.kind == "simulated" else secrets_in(each.webhook_secrets_file)
            for each in settings.accounts
        }
    known = {"stripe": settings.stripe_webhook_secrets, "simulated": settings.simulated_webhook_secret}
    return {name: several(secret.get_secret_value()) for name, secret in known.items() if secret is not None}

"""Runs one process of the system until it is asked to stop."""

import asyncio
import contextlib
import gc
import os
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from health.spans import exporter_of
from pocketpay.settings import Settings, simulated_file

if TYPE_CHECKING:
    from actors.payments.actor import Sweep
    from actors.payments.card_testing import Limits
    from actors.runtime.actor import Actor
    from actors.runtime.asking import Asking

Serving = Coroutine[object, object, None]


def serve(name: str, settings: Settings) -> None:
    """Blocks until SIGTERM or SIGINT. Raises KeyError for an unknown name."""
    from health import logs, metrics

    begin = PROCESSES[name]
    logs.configure(name, settings.log_level)
    metrics.name_process(name, version("pocketpay"))
    with _traced(name):
        serving = begin(settings)
        _collect_rarely()
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(serving)


@contextlib.contextmanager
def _traced(name: str) -> Iterator[None]:
    """OpenTelemetry is loaded only when its variables ask for it."""
    try:
        exporter = exporter_of(os.environ)
    except ValueError as error:
        raise SystemExit(str(error)) from error
    if exporter == "none":
        yield
        return
    from health import tracing

    provider = tracing.start(name, version("pocketpay"), exporter)
    try:
        yield
    finally:
        tracing.stop(provider)


def _collect_rarely() -> None:
    """What is loaded stays, and what a batch makes is freed by reference counts: searching both costs time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _gateway(settings: Settings) -> Serving:
    from gateway import process
    from pocketpay.door import door_settings

    return process.serve(
        door_settings(settings),
        nats_url=settings.nats_url.get_secret_value(),
        host=settings.host,
        port=settings.port,
        open_behind_loopback_port=settings.open_behind_loopback_port,
    )


def _payments(settings: Settings) -> Serving:
    if settings.accounts:
        return _routed_payments(settings)
    if settings.provider == "simulated":
        return _simulated_payments(settings)
    from actors.payments.actor import payments
    from pocketpay.stripe_account import stripe_of

    if settings.stripe_key is None:
        raise SystemExit("POCKETPAY_STRIPE_KEY is not set: the secret key of the Stripe account, sk_… or rk_…")
    stripe = stripe_of(settings.stripe_key, "POCKETPAY_STRIPE_KEY is", settings)
    sweep, asking = _sweep(settings), _asking(settings)
    return _actor(payments(stripe, sweep, [asking.until_stopped], asking, _limits(settings)), settings)


def _simulated_payments(settings: Settings) -> Serving:
    from actors.payments.actor import payments
    from actors.payments.simulated import Simulated
    from actors.payments.simulated_webhooks import Webhooks

    file = simulated_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    sweep, asking = _sweep(settings), _asking(settings)
    url, secret = settings.simulated_webhook_url, settings.simulated_webhook_secret
    webhooks = [Webhooks(file, url, secret.get_secret_value()).run] if url and secret else []
    beside = [asking.until_stopped, *webhooks]
    return _actor(payments(Simulated(file, account=sweep.account), sweep, beside, asking, _limits(settings)), settings)


def _routed_payments(settings: Settings) -> Serving:
    from actors.payments.actor import payments
    from pocketpay.routed import accounts_of, webhooks_of

    sweep, asking = _sweep(settings), _asking(settings)
    beside = [asking.until_stopped, *webhooks_of(settings)]
    return _actor(payments(accounts_of(settings), sweep, beside, asking, _limits(settings)), settings)


def _sweep(settings: Settings) -> "Sweep":
    from actors.payments.actor import Sweep

    ages = (settings.sweep_after_seconds, settings.book_after_seconds, settings.late_after_seconds)
    return Sweep(settings.account_tenant, settings.sweep_seconds, *ages)


def _asking(settings: Settings, actor: str = "payments") -> "Asking":
    from actors.runtime.asking import Asking

    return Asking(actor, settings.nats_url.get_secret_value())


def _limits(settings: Settings) -> "Limits":
    from actors.payments.breaker import BreakerTerms
    from actors.payments.card_testing import Limits

    breaker = BreakerTerms(
        attempts=settings.decline_breaker_attempts,
        percent=settings.decline_breaker_percent,
        pause_seconds=settings.decline_breaker_pause_seconds,
    )
    per_payment, per_customer = settings.declines_per_payment, settings.declines_per_customer
    return Limits(per_payment, per_customer, settings.declines_per_address, breaker)


def _ledger(settings: Settings) -> Serving:
    from actors.ledger.actor import ledger
    from actors.ledger.signing import signer_of

    if settings.ledger_signing_key is None:
        raise SystemExit("POCKETPAY_LEDGER_SIGNING_KEY is not set: 32 random bytes in base64, kept for ever")
    try:
        signer = signer_of(settings.ledger_signing_key.get_secret_value())
    except ValueError as error:
        raise SystemExit(f"POCKETPAY_LEDGER_SIGNING_KEY: {error}") from error
    return _actor(ledger(signer), settings)


def _invoicing(settings: Settings) -> Serving:
    from actors.invoicing.actor import invoicing
    from actors.invoicing.customers import TELL_PROFILE
    from actors.invoicing.telling import tell_profile
    from messages.invoicing import ACTOR
    from pocketpay.billing import terms_of

    asking = _asking(settings, ACTOR)
    perform = {TELL_PROFILE: partial(tell_profile, asking, asking)}
    return _actor(invoicing(terms_of(settings), perform, [asking.until_stopped], settings.fonts_dir), settings)


def _notifications(settings: Settings) -> Serving:
    from actors.notifications.actor import notifications
    from actors.notifications.pruning import keep_pruned
    from actors.notifications.texts import Texts
    from messages.notifications import ACTOR
    from pocketpay.notifying import performers_of, terms_of

    asking, database_url = _asking(settings, ACTOR), _database_url(settings)
    texts = Texts(database_url)
    pruned = partial(keep_pruned, database_url, settings.webhook_deliveries_days)
    beside = [asking.until_stopped, texts.until_stopped, pruned]
    return _actor(notifications(terms_of(settings), performers_of(settings, asking, texts), beside), settings)


def _access(settings: Settings) -> Serving:
    from actors.access.actor import access
    from actors.access.latest import TELL
    from actors.access.telling import keep_told, tell_latest
    from actors.access.terms import NO_TENANTS, Terms
    from messages.access import ACTOR
    from pocketpay.settings import OPEN_TENANT

    asking = _asking(settings, ACTOR)
    perform = {TELL: partial(tell_latest, asking, asking)}
    beside = [asking.until_stopped, partial(keep_told, asking, asking)]
    terms = Terms({OPEN_TENANT: "test"}) if settings.auth == "open" else NO_TENANTS
    return _actor(access(terms, perform, beside), settings)


def _monitor(settings: Settings) -> Serving:
    from pocketpay.monitor import serve_monitor

    return serve_monitor(settings)


def _mails(settings: Settings) -> Serving:
    try:
        from pocketpay.embedded.mails import serve_mails
    except ModuleNotFoundError as error:
        raise SystemExit(f"{error.name} is not installed: pip install 'pocketpay[embedded]'") from error
    return serve_mails(settings)


def _actor(actor: "Actor", settings: Settings) -> Serving:
    from actors.runtime import process

    return process.serve(
        actor,
        nats_url=settings.nats_url.get_secret_value(),
        database_url=_database_url(settings),
        health_host=settings.host,
        health_port=settings.health_port,
        operations_networks=settings.ops_networks,
    )


def _database_url(settings: Settings) -> str:
    if settings.database_url is None:
        raise SystemExit("POCKETPAY_DATABASE_URL is not set")
    return settings.database_url.get_secret_value()


PROCESSES: Mapping[str, Callable[[Settings], Serving]] = {
    "payments": _payments,
    "ledger": _ledger,
    "invoicing": _invoicing,
    "notifications": _notifications,
    "access": _access,
    "gateway": _gateway,
    "monitor": _monitor,
    "mails": _mails,
}

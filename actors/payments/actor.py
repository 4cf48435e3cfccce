"""The payments actor as a value, for the runtime to drive."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from structlog.stdlib import get_logger

from actors.payments.accounts import Accounts, checks_of, only
from actors.payments.addressed import addressed
from actors.payments.card_testing import USUAL, Attempts, Limits, attempts_needed, limited
from actors.payments.choosing import accounts_needed
from actors.payments.decide import decide
from actors.payments.foreseeing import foresights
from actors.payments.gathering import Ask
from actors.payments.io import QUERIES, load, performers, save
from actors.payments.needs import needs
from actors.payments.provider import Provider
from actors.payments.provider_queries import standing
from actors.payments.terms import Terms
from actors.runtime.actor import Actor
from actors.runtime.decision import Decision, Key, Message, View
from actors.runtime.switching import with_switches
from health.metrics import DIFFERENCES, EVENTS_SWEPT
from messages.payments import ACTOR, COMMANDS
from messages.provider_events import ProviderAccount, account_entity
from messages.reconciliation import Difference, reconciliation_entity
from messages.switches import PAYMENTS, PAYOUTS, PROVIDER

_log = get_logger()

Beside = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Of whose account (a tenant's) all events are asked for, how often, and how old they must be by then.

    Balance transactions need only be `book_after_seconds` old: no webhook tells of them.
    """

    account: str
    seconds: int = 30
    after_seconds: int = 60
    book_after_seconds: int = 10
    late_after_seconds: int = 86_400

    @property
    def compare_after_seconds(self) -> int:
        """By then every event was brought or swept, and every booking was listed."""
        return max(self.after_seconds, self.book_after_seconds) + 2 * self.seconds


def payments(
    provider: Provider | Accounts,
    sweep: Sweep | None = None,
    beside: Sequence[Beside] = (),
    ask: Ask | None = None,
    limits: Limits = USUAL,
) -> Actor:
    """Payments, refunds, payouts and disputes through these accounts; reconciled where actors can be asked."""
    accounts = provider if isinstance(provider, Accounts) else only(provider)
    terms, names = terms_of(accounts, sweep), list(accounts.providers)
    entities = [*map(account_entity, names), *(map(reconciliation_entity, names) if ask else ())]
    actor = Actor(
        name=ACTOR,
        commands=COMMANDS,
        needs=partial(_needs, terms),
        decide=partial(_decide, terms, limits),
        load=load,
        save=save,
        perform=performers(accounts, ask),
        queries={**QUERIES, "providers": partial(standing, accounts.providers)},
        checks=checks_of(accounts),
        foresees=foresights(),
        wakes=[(sweep.account, entity) for entity in entities] if sweep else (),
        beside=beside,
    )
    return with_switches(actor, (PAYMENTS, *(f"{PROVIDER}{name}" for name in names), PAYOUTS))


def terms_of(accounts: Accounts, sweep: Sweep | None = None) -> Terms:
    """What the rules know of the accounts: the first is the default."""
    first, *others = [_terms(name, provider, sweep) for name, provider in accounts.providers.items()]
    chosen_by = {"rules": accounts.rules, "tolerance": accounts.tolerance}
    return first.model_copy(update={"others": tuple(others), **chosen_by})


def _terms(name: str, provider: Provider, sweep: Sweep | None) -> Terms:
    shape = {"default_method": provider.default_method, "keeps_open": provider.keeps_open}
    terms = Terms(provider=name, kind=provider.name, livemode=provider.livemode).model_copy(update=shape)
    if sweep is None:
        return terms
    ages = {
        "sweep_after_seconds": sweep.after_seconds,
        "book_after_seconds": sweep.book_after_seconds,
        "compare_after_seconds": sweep.compare_after_seconds,
        "late_after_seconds": sweep.late_after_seconds,
    }
    return terms.model_copy(update={"tenant": sweep.account, "sweep_seconds": sweep.seconds, **ages})


def _needs(terms: Terms, message: Message, view: View) -> set[Key]:
    return needs(message, view) | attempts_needed(message) | accounts_needed(terms, message)


def _decide(terms: Terms, limits: Limits, message: Message, view: View, now: datetime) -> Decision:
    """The rules within their limits, each call with its account. Counts what a sweep found, and differences.

    What the database refuses is decided, and counted, once more.
    """
    decided = addressed(message.tenant, decide(terms, message, view, now), view)
    decision = limited(limits, message, view, decided, now)
    for said in decision.events:
        if isinstance(said.resource, ProviderAccount) and isinstance(said.before, ProviderAccount):
            EVENTS_SWEPT.inc(said.resource.events_swept - said.before.events_swept)
        if isinstance(said.resource, Difference):
            status = "found" if said.resource.status == "open" else said.resource.status
            DIFFERENCES.labels(said.resource.class_, status).inc()
    _tell_of_a_pause(decision, view)
    return decision


def _tell_of_a_pause(decision: Decision, view: View) -> None:
    """Once per pause: whom it concerns stands in no figure."""
    for state in decision.states:
        if isinstance(state, Attempts) and state.breaker.paused_until is not None:
            before: Attempts | None = view[state.key]
            if before is None or before.breaker.paused_until != state.breaker.paused_until:
                _log.warning("declines.paused", tenant=state.tenant, until=state.breaker.paused_until)

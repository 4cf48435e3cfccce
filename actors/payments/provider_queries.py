"""`providers`: the accounts there are, and how their charges have gone of late."""

from collections.abc import Mapping
from datetime import UTC, datetime

from asyncpg import Connection

from actors.payments.account_breaker import AccountBreaker, lets_through
from actors.payments.provider import Provider
from actors.payments.states import ProviderState
from messages.envelope import Query, Reply
from messages.provider_events import ProviderStanding, ProviderStandings, account_entity
from messages.wire import json_of
from storage.payments import PROVIDERS
from storage.resources import load


async def standing(providers: Mapping[str, Provider], connection: Connection, query: Query) -> Reply:
    """All of them, in the order in which they are set up, by name."""
    rows = await load(connection, PROVIDERS, [(query.tenant, account_entity(name)) for name in providers])
    kept = {state.provider.name: state for state in map(ProviderState.model_validate_json, rows)}
    told = [_standing(name, each, kept.get(name), datetime.now(UTC)) for name, each in providers.items()]
    return Reply(body=json_of(ProviderStandings(data=told)))


def _standing(name: str, provider: Provider, state: ProviderState | None, now: datetime) -> ProviderStanding:
    breaker = (state.breaker if state else None) or AccountBreaker()
    is_half_open = breaker.is_open and lets_through(breaker, now)
    return ProviderStanding(
        id=name,
        name=name,
        kind=provider.name,
        livemode=provider.livemode,
        breaker="half_open" if is_half_open else "open" if breaker.is_open else "closed",
        failures=breaker.failures,
        degraded_at=breaker.opened_at,
        retry_at=breaker.retry_at,
        events_swept=state.provider.events_swept if state else 0,
    )

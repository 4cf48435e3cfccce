"""The accounts with payment providers that this process can reach, and what is said to which."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from actors.payments.account_breaker import Tolerance
from actors.payments.addressed import ACCOUNT
from actors.payments.provider import Provider
from actors.payments.routing import Rule
from health.checks import Check, Degraded
from health.outlasting import outlasting
from messages.wire import Json


@dataclass(frozen=True, slots=True)
class Accounts:
    """By name, the default first. With `tolerance` the rules choose, and each has a breaker.

    `missing` are those that something was asked of and that are not here.
    """

    providers: Mapping[str, Provider]
    rules: tuple[Rule, ...] = ()
    tolerance: Tolerance | None = None
    missing: set[str] = field(default_factory=set)


class AccountUnknown(LookupError):
    """A call is for an account that is not set up here: it waits until it is."""


def only(provider: Provider) -> Accounts:
    """The one account there is when nobody names any: it has its provider's name."""
    return Accounts({provider.name: provider})


async def perform(accounts: Accounts, operation: str, call_id: str, request: Json) -> Json:
    """Has the account do it that the call names. One of before accounts had names goes to that of its provider's name.

    Raises `AccountUnknown`, and what the provider raises: the outcome is unknown.
    """
    asked = dict(request)
    name = asked.pop(ACCOUNT, None) or _unnamed(accounts)
    provider = accounts.providers.get(name)
    if provider is None:
        accounts.missing.add(name)
        raise AccountUnknown(f"no account {name} is set up: put it back into POCKETPAY_ACCOUNTS")
    result = await provider.perform(operation, call_id, asked)
    return _signed(result, name, provider.name) if operation == "list_events" and name != provider.name else result


def checks_of(accounts: Accounts) -> dict[str, Check]:
    """Whether each account can be reached, and whether all can that there should be."""
    pings = {name: outlasting(provider.ping) for name, provider in accounts.providers.items()}

    async def all_of_them() -> None:
        told = await asyncio.gather(*(ping() for ping in pings.values()), return_exceptions=True)
        failed = [each for each in told if each is not None]
        if len(failed) == len(pings):
            raise failed[0]
        if failed:
            raise Degraded(f"{len(failed)} of {len(pings)} accounts cannot be reached: {failed[0]}")
        if accounts.missing:
            gone = ", ".join(sorted(accounts.missing))
            raise Degraded(f"something is to be asked of {gone}, not set up here: put it back into POCKETPAY_ACCOUNTS")

    each = {f"provider:{name}": ping for name, ping in pings.items()}
    return {"provider": all_of_them, **(each if len(each) > 1 else {})}


def _unnamed(accounts: Accounts) -> str:
    names = [name for name, provider in accounts.providers.items() if name == provider.name]
    if len(names) != 1:
        raise AccountUnknown("it was begun before accounts had names: call one of POCKETPAY_ACCOUNTS as its kind")
    return names[0]


def _signed(page: Json, name: str, kind: str) -> Json:
    """Events know their provider; which of our accounts with it they are of, we know."""
    return {**page, "events": [{**event, "provider": name, "kind": kind} for event in page.get("events", ())]}

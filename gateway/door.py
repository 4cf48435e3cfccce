"""What a gateway is made of, and what it knows of the request at hand."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from gateway.addresses import Network
from gateway.bus import Bus
from gateway.commands import Caller
from gateway.fingerprints import Seal
from gateway.follow import Feed
from gateway.glance import Glances
from gateway.key_uses import KeyUses
from gateway.keys import Keys
from gateway.passwords import Passwords
from gateway.quotas import Quota, Quotas
from gateway.recorded import Recorded
from gateway.sse import Readers
from gateway.tickets import Tickets

Auth = Literal["open", "keys"]

OPEN_TENANT = "demo"
OPERATOR_TENANT = "main"
WEBHOOKS_A_TURN = 8
"""Of a storm of webhooks so many are looked at before those who pay have their turn again."""

WEBHOOKS_AT_ONCE = 32
"""And so many stand before the actor at a time."""


@dataclass(frozen=True)
class Settings:
    """`hosts` are the names under which one may call; `provider` is the name of the one in use, the default of several.

    `webhook_secrets`: by provider, those with which it may sign what it tells us; several while they change.
    `proxies` may say in X-Forwarded-For whom they speak for.
    `accounts`: where there are several, whose each is (`simulated`, `stripe`), by its name; all are of one tenant.
    `link_key` seals the addresses of invoices' own pages, which begin with `public_url`; without a key there are none.
    From `webhook_key` follow the secrets of webhook endpoints; these may also lie in the networks of `webhook_allow`.
    `operator_tenant` alone makes tenants. `quota` holds where keys are asked for; who is open has this machine alone.
    """

    auth: Auth
    hosts: frozenset[str]
    provider: str = "simulated"
    operations_networks: tuple[str, ...] = ()
    monitor_url: str | None = None
    webhook_secrets: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    proxies: tuple[Network, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)
    accounts_tenant: str = OPEN_TENANT
    link_key: str | None = field(default=None, repr=False)
    public_url: str | None = None
    webhook_key: str | None = field(default=None, repr=False)
    webhook_allow: tuple[Network, ...] = ()
    operator_tenant: str = OPERATOR_TENANT
    quota: Quota = field(default_factory=Quota)

    @property
    def kinds(self) -> Mapping[str, str]:
        """Of all accounts there are, the default first."""
        return self.accounts or {self.provider: self.provider}


@dataclass(eq=False)
class Door:
    """One gateway's parts."""

    settings: Settings
    bus: Bus
    feed: Feed
    keys: Keys = field(default_factory=Keys)
    key_uses: KeyUses = field(default_factory=KeyUses)
    glances: Glances = field(init=False)
    tickets: Tickets = field(init=False)
    seal: Seal = field(init=False)
    readers: Readers = field(init=False)
    quotas: Quotas = field(init=False)
    passwords: Passwords = field(default_factory=Passwords)
    recorded: Recorded = field(default_factory=Recorded)
    webhook_turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(WEBHOOKS_A_TURN))
    webhook_slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(WEBHOOKS_AT_ONCE))
    draining: bool = False

    def __post_init__(self) -> None:
        self.keys.told = self.feed.ring.wake
        self.glances = Glances(self.settings.monitor_url)
        self.tickets = Tickets(self.settings.link_key)
        self.seal = Seal(self.settings.link_key)
        self.quotas = Quotas(self.settings.quota)
        self.readers = Readers(self.settings.quota.streams_per_tenant if self.settings.auth == "keys" else None)


DOOR = web.AppKey("door", Door)
REQUEST_ID = web.RequestKey("request_id", str)
TRACEPARENT = web.RequestKey[str | None]("traceparent", str)
KEY = web.RequestKey("idempotency_key", str)
CALLER = web.RequestKey("caller", Caller)


def door_of(request: web.Request) -> Door:
    """The gateway that serves this request."""
    return request.app[DOOR]


def caller_of(request: web.Request) -> Caller:
    """On whose behalf; every route under /api has one."""
    return request[CALLER]

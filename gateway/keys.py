"""Who is known here: API keys and sessions by the SHA-256 of their secrets, and tenants, as LATEST tells of them.

All gateways hear of a revocation as soon as the access actor has committed it. Without the bus the table stays as it
was, and is believed for five minutes more: longer than that it may hide a revocation from streams, and whatever else
is asked needs the bus anyway.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Final

import structlog
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from pydantic import Field, TypeAdapter, ValidationError

from gateway.bus import Bus
from gateway.hearing import HEARTBEAT_SECONDS, hear, keep_hearing
from messages.access import API_KEY, SESSION, TENANT
from messages.api_keys import KnownKey
from messages.ids import new_id
from messages.scopes import OF_ROLE, Role
from messages.subjects import LATEST
from messages.tenants import KnownTenant
from messages.users import KnownSession

STALE_SECONDS_MAX: Final = 300.0

Known = KnownKey | KnownSession | KnownTenant

_NOUN_OF: Final = {"known_key": API_KEY, "known_session": SESSION, "known_tenant": TENANT}

_KNOWN: TypeAdapter[Known] = TypeAdapter(Annotated[Known, Field(discriminator="object")])

log = structlog.get_logger("gateway.keys")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a secret with this hash. `refusal` is the code with which it is refused for good."""

    id: str
    principal: str
    tenant: str
    scopes: frozenset[str]
    livemode: bool | None
    expires_at: float
    refusal: str | None = None
    publishable: bool = False
    role: Role | None = None

    @property
    def code(self) -> str | None:
        """Why it is refused now, or None."""
        if self.refusal is None and time.time() >= self.expires_at:
            return "session_expired" if self.role else "key_expired"
        return self.refusal


@dataclass(eq=False)
class Table:
    """Holders by hash, the hash of each key and session by its id, tenants by id, and the version of each of them."""

    holders: dict[str, Holder] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    tenants: dict[str, KnownTenant] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def put(self, known: Known) -> None:
        """The last word on it. One that is older than what is known is taken only if it lets nobody in."""
        holder = None if isinstance(known, KnownTenant) else _holder(known)
        if known.version < self.versions.get(known.id, 0) and (holder is None or holder.refusal is None):
            log.warning("latest_outdated", id=known.id, version=known.version)
            return
        self.versions[known.id] = known.version
        if isinstance(known, KnownTenant):
            self.tenants[known.id] = known
        elif holder is not None:
            self.holders[known.hash] = holder
            self.hashes[known.id] = known.hash

    def forget(self, id_: str) -> None:
        """The key or session with this id lets nobody in any more."""
        self.holders.pop(self.hashes.get(id_, ""), None)

    def holder_of(self, id_: str) -> Holder | None:
        """Of the key or session with this id."""
        return self.holders.get(self.hashes.get(id_, ""))

    def refuses(self, id_: str) -> bool:
        """Whether the key or session with this id lets nobody in any more."""
        holder = self.holder_of(id_)
        return holder is None or holder.refusal is not None

    def is_live(self, tenant: str) -> bool:
        """Whether the tenant's money is real; one that is not known is for tests."""
        known = self.tenants.get(tenant)
        return known is not None and known.mode == "live"


@dataclass(eq=False)
class Keys:
    """The table of a gateway. `told` is called with each change, so that streams look whether they may go on."""

    told: Callable[[], None] = lambda: None
    table: Table = field(default_factory=Table)
    heard_at: float | None = None
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    _change: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def believed(self) -> bool:
        """Whether all was heard once, and not too long ago."""
        return self.heard_at is not None and time.monotonic() - self.heard_at < STALE_SECONDS_MAX

    def code_of(self, hash_: str | None) -> str | None:
        """Why the holder of this hash may not go on; None: they may, or need none."""
        if hash_ is None:
            return None
        holder = self.table.holders.get(hash_)
        return holder.code if holder else "key_invalid"

    def replace(self, table: Table) -> None:
        """All of it, as it was read anew."""
        self.table = table
        self.changed()

    def changed(self) -> None:
        """Wakes all who wait for something to be known."""
        self._change.set()
        self._change = asyncio.Event()
        self.told()

    async def until(self, seen: Callable[[Table], bool], seconds: float) -> None:
        """Returns once the table has it, or when the time is over."""
        deadline = time.monotonic() + seconds
        while not seen(self.table) and (left := deadline - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self._change.wait()
            except TimeoutError:
                return


async def keep_knowing(keys: Keys, bus: Bus) -> None:
    """Fills the table until cancelled; whenever the bus is back it is read anew, and then takes the old one's place."""
    await keep_hearing(keys.connected, lambda: _know(keys, bus))


async def _know(keys: Keys, bus: Bus) -> None:
    reading = Table()

    def take(_: int, subject: str, body: bytes) -> None:
        put(reading, subject, body)
        if keys.table is reading:
            keys.changed()

    def quiet() -> None:
        if keys.table.hashes and not reading.hashes:
            return  # LATEST has lost every word, and is told them again soon: nobody was shut out by that
        keys.heard_at = time.monotonic()
        if keys.table is not reading:
            keys.replace(reading)

    await hear(bus, LATEST, _consumer(), take, quiet)


def _consumer() -> ConsumerConfig:
    return ConsumerConfig(
        name=new_id("known"),
        filter_subjects=[f"pocketpay.latest.*.{noun}.*" for noun in (API_KEY, SESSION, TENANT)],
        deliver_policy=DeliverPolicy.LAST_PER_SUBJECT,
        ack_policy=AckPolicy.NONE,
        max_deliver=1,
        mem_storage=True,
        num_replicas=1,
        idle_heartbeat=HEARTBEAT_SECONDS,
        inactive_threshold=30.0,
    )


def put(table: Table, subject: str, body: bytes) -> None:
    """A word counts for whom its subject names. What cannot be read lets them in no more, and must not keep others out.

    The server copies what is stored to any subject, for whoever may read: a copy of a key's word is none.
    """
    try:
        known = _KNOWN.validate_json(body)
    except ValidationError as why:
        log.error("latest_unreadable", faults=why.error_count())  # noqa: TRY400 - a traceback would show what it holds
        table.forget(subject.rpartition(".")[2])
        return
    if _fits(subject, known):
        table.put(known)
    else:
        log.error("latest_misplaced", subject=subject, id=known.id)


def _fits(subject: str, known: Known) -> bool:
    tenant = known.id if isinstance(known, KnownTenant) else known.tenant
    return subject.split(".")[2:] == [tenant, _NOUN_OF[known.object], known.id]


def _holder(known: KnownKey | KnownSession) -> Holder:
    return _of_key(known) if isinstance(known, KnownKey) else _of_session(known)


def _of_key(known: KnownKey) -> Holder:
    refused = "key_revoked" if known.revoked or known.status == "revoked" else None
    return Holder(
        id=known.id,
        principal=f"key:{known.id}",
        tenant=known.tenant,
        scopes=frozenset(known.scopes),
        livemode=known.livemode,
        expires_at=_seconds(known.expires_at),
        refusal=refused or ("key_expired" if known.status == "expired" else None),
        publishable=known.type == "publishable",
    )


def _of_session(known: KnownSession) -> Holder:
    """A session says nothing of the mode: that is its tenant's."""
    return Holder(
        id=known.id,
        principal=f"user:{known.user}",
        tenant=known.tenant,
        scopes=frozenset(OF_ROLE[known.role]),
        livemode=None,
        expires_at=_seconds(known.expires_at),
        refusal="session_expired" if known.ended else None,
        role=known.role,
    )


def _seconds(at: datetime | None) -> float:
    return at.astimezone(UTC).timestamp() if at else float("inf")

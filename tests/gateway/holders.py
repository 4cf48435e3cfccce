"""Keys, sessions and tenants for tests: their secrets, and what LATEST would say of them."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.authentication import COOKIE
from gateway.keys import Keys, Known, Table
from messages.access import API_KEY, SESSION, TENANT
from messages.api_keys import KnownKey
from messages.key_secrets import base62, hash_of, key_id, secret_of, session_id
from messages.subjects import latest_subject
from messages.tenants import KnownTenant
from messages.users import KnownSession
from messages.wire import Json
from tests.gateway.conftest import Stage

SHOP, LIVE, OTHER = "shop", "shop_live", "other"
SHOP_PAGE = "https://shop.example"


def secret_named(name: str, *, livemode: bool = False, publishable: bool = False) -> str:
    """The same name always has the same secret."""
    return secret_of(bytes.fromhex(hash_of(name)), livemode=livemode, publishable=publishable)


def session_named(name: str) -> str:
    """The secret of a session."""
    return base62(bytes.fromhex(hash_of(name)))


def a_key(secret: str, *scopes: str, tenant: str = SHOP, **more: Any) -> KnownKey:
    """Active unless told otherwise."""
    fields: Json = {"type": "secret", "status": "active", "livemode": secret.startswith("ppk_live_"), **more}
    return KnownKey(id=key_id(hash_of(secret)), tenant=tenant, hash=hash_of(secret), scopes=list(scopes), **fields)


def a_session(secret: str, role: Any, *, tenant: str = SHOP, **more: Any) -> KnownSession:
    """Of a user with this role, for another hour."""
    fields: Json = {"expires_at": datetime.now(UTC) + timedelta(hours=1), **more}
    hash_ = hash_of(secret)
    return KnownSession(id=session_id(hash_), tenant=tenant, user=f"usr_{role}", role=role, hash=hash_, **fields)


def a_tenant(tenant: str = SHOP, **more: Any) -> KnownTenant:
    """Its mode is that of its name."""
    mode = "live" if tenant.endswith("live") else "test"
    fields: Json = {"name": tenant.title(), "mode": mode, "allowed_origins": [SHOP_PAGE], **more}
    return KnownTenant(id=tenant, **fields)


def with_key(secret: str) -> dict[str, str]:
    """The header."""
    return {"Authorization": f"Bearer {secret}"}


def with_session(secret: str) -> dict[str, str]:
    """The header."""
    return {"Cookie": f"{COOKIE}={secret}"}


def know(keys: Keys, *known: Known) -> None:
    """As if all of it had been read from LATEST just now."""
    table = Table()
    for each in known:
        table.put(each)
    keys.heard_at = time.monotonic()
    keys.replace(table)


async def tell(stage: Stage, *known: Known) -> None:
    """Says it on LATEST, as the access actor does."""
    for each in known:
        noun = {"known_key": API_KEY, "known_session": SESSION, "known_tenant": TENANT}[each.object]
        tenant = each.id if isinstance(each, KnownTenant) else each.tenant
        subject = latest_subject(tenant, noun, each.id)
        await stage.client.jetstream().publish(subject, each.model_dump_json().encode())

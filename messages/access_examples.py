"""Examples of tenants, API keys, users and the audit log."""

from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import BaseModel

from messages import access, api_keys, audit, tenants, users
from messages.key_secrets import hash_of, key_id, session_id
from messages.wire import json_of

_BEGAN: Final = datetime(2026, 11, 22, 10, 0, 0, 1_000, UTC)
_AT: Final = datetime(2026, 11, 22, 10, 0, 0, 120_000, UTC)
_HASH, _NEXT = hash_of("an example, no secret"), hash_of("another one")
_KEY, _USER, _SESSION = key_id(_HASH), "usr_01ja", session_id(_HASH)
_ARGON2: Final = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"

API_KEY: Final = api_keys.ApiKey(
    id=_KEY,
    name="backend",
    prefix="ppk_test_9fK2",
    scopes=["payments:read", "payments:write"],
    created_by="user:usr_01ja",
    last_used_at=_AT,
    last_used_from="203.0.113.7",
    created_at=_BEGAN,
    updated_at=_BEGAN,
)

TENANT: Final = tenants.Tenant(
    id="demo",
    name="Demo",
    mode="test",
    time_zone="Europe/Berlin",
    allowed_origins=["https://shop.example"],
    created_at=_BEGAN,
    updated_at=_BEGAN,
)

USER: Final = users.User(
    id=_USER,
    email="ada@example.com",
    name="Ada",
    role="admin",
    created_at=_BEGAN,
    updated_at=_BEGAN,
)

SESSION: Final = users.Session(
    id=_SESSION,
    user=_USER,
    role="admin",
    address="203.0.113.7",
    expires_at=_BEGAN + timedelta(days=14),
    created_at=_BEGAN,
    updated_at=_BEGAN,
)

AUDIT_ENTRY: Final = audit.AuditEntry(
    id="aud_01ja",
    status="refused",
    actor="payments",
    command="cmd_01ja",
    type="refund.create",
    subject="ref_01ja",
    principal="user:usr_01ja",
    address="203.0.113.7",
    correlation_id="req_01ja",
    outcome_status=422,
    outcome_code="refund_exceeds_captured",
    created_at=_BEGAN,
    finished_at=_AT,
)

_KNOWN: Final = tenants.KnownTenant(id="demo", name="Demo", mode="test", time_zone="Europe/Berlin")
_WORD: Final = access.LastWord(tenant="demo", noun="tenant", id="demo", version=1, told=json_of(_KNOWN))

ACCESS_EXAMPLES: Final[tuple[BaseModel, ...]] = (
    API_KEY,
    TENANT,
    USER,
    SESSION,
    AUDIT_ENTRY,
    api_keys.CreateKey(hash=_HASH, name="backend", prefix="ppk_test_9fK2", scopes=["payments:read", "payments:write"]),
    api_keys.RotateKey(key=key_id(_NEXT), hash=_NEXT, prefix="ppk_test_Q7xb", overlap_seconds=3_600),
    api_keys.RevokeKey(),
    api_keys.UseKeys(used=[api_keys.KeyUse(key=_KEY, at=_AT, address="203.0.113.7")]),
    api_keys.UsedKeys(noted=1),
    api_keys.KnownKey(
        id=_KEY, tenant="demo", livemode=False, hash=_HASH, type="secret", scopes=["payments:write"], status="active"
    ),
    api_keys.KeyListing(type="secret", status=["active"]),
    tenants.CreateTenant(name="Demo", mode="test", time_zone="Europe/Berlin"),
    tenants.TenantChanges(name="Demo", allowed_origins=["https://shop.example"]),
    tenants.UpdateTenant(changes={"time_zone": "Europe/Berlin"}, if_match=1),
    _KNOWN,
    tenants.TenantListing(),
    users.CreateUser(email="ada@example.com", name="Ada", role="admin", password_hash=_ARGON2),
    users.UserChanges(role="finance"),
    users.UpdateUser(changes={"role": "finance"}, if_match=1),
    users.SetPassword(password_hash=_ARGON2),
    users.CreateSession(
        user=_USER, hash=_HASH, expires_at=_BEGAN + timedelta(days=14), address="203.0.113.7", user_version=1
    ),
    users.EndSession(),
    users.KnownSession(
        id=_SESSION, tenant="demo", user=_USER, role="admin", hash=_HASH, expires_at=_BEGAN + timedelta(days=14)
    ),
    users.LogIn(email="ada@example.com", password="correct horse battery", address="203.0.113.7"),
    users.UserListing(role="admin"),
    access.WordAsked(noun="tenant", id="demo"),
    access.WordsAsked(noun="tenant"),
    _WORD,
    access.LastWords(data=[_WORD]),
    audit.AuditListing(principal="user:usr_01ja", type="refund.*"),
)

"""The last word on a key, a session or a tenant, made from the state that is kept."""

from actors.access.states import KeyState, SessionState, TenancyState
from messages.access import API_KEY, SESSION, TENANT, LastWord
from messages.api_keys import KnownKey
from messages.tenants import KnownTenant
from messages.users import KnownSession
from messages.wire import json_of


def of_key(state: KeyState) -> LastWord:
    """With its hash, and nothing that only people want to know."""
    key = state.api_key
    known = KnownKey(
        id=key.id,
        tenant=state.tenant,
        livemode=key.livemode,
        hash=state.hash,
        type=key.type,
        scopes=key.scopes,
        status=key.status,
        expires_at=key.expires_at,
        revoked=key.status == "revoked",
        version=key.version,
    )
    return LastWord(tenant=state.tenant, noun=API_KEY, id=key.id, version=key.version, told=json_of(known))


def of_session(state: SessionState) -> LastWord:
    """With its hash."""
    session = state.session
    known = KnownSession(
        id=session.id,
        tenant=state.tenant,
        user=session.user,
        role=session.role,
        hash=state.hash,
        expires_at=session.expires_at,
        ended=session.status == "ended",
        version=session.version,
    )
    return LastWord(tenant=state.tenant, noun=SESSION, id=session.id, version=session.version, told=json_of(known))


def of_tenancy(state: TenancyState) -> LastWord:
    """What a gateway needs of a tenant."""
    tenant = state.tenancy
    known = KnownTenant(
        id=tenant.id,
        name=tenant.name,
        mode=tenant.mode,
        time_zone=tenant.time_zone,
        allowed_origins=tenant.allowed_origins,
        version=tenant.version,
    )
    return LastWord(tenant=state.tenant, noun=TENANT, id=tenant.id, version=tenant.version, told=json_of(known))

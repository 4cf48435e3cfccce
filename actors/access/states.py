"""What the access actor keeps. Every state with a hash is told of without it: the resource inside has none."""

from typing_extensions import override

from actors.access.keys import address_key, api_key, session_key, tenancy_key, user_key
from actors.runtime.decision import Key, Stored
from messages.api_keys import ApiKey
from messages.resource import Versioned
from messages.tenants import Tenant
from messages.users import Session, User
from messages.wire import Instant


class TenancyState(Stored):
    """A tenant. `admins` are the keys and users who may do all, `keys` counts those that may still be used."""

    tenancy: Tenant
    admins: list[str] = []
    keys: int = 0
    users: int = 0

    @property
    @override
    def key(self) -> Key:
        """There is one."""
        return tenancy_key(self.tenant)


class KeyState(Stored):
    """`lifetime` is in seconds, of a key that was to end from the beginning: who replaces it lives as long."""

    api_key: ApiKey
    hash: str
    lifetime: int | None = None

    @property
    @override
    def key(self) -> Key:
        """By its id."""
        return api_key(self.tenant, self.api_key.id)


class UserState(Stored):
    """`sessions` are those that have not ended, the oldest first."""

    access_user: User
    address_hash: str
    password_hash: str
    sessions: list[str] = []

    @property
    @override
    def key(self) -> Key:
        """By their id."""
        return user_key(self.tenant, self.access_user.id)


class UserAddress(Versioned):
    """Its id is the hash of the address."""

    created_at: Instant
    user: str


class AddressState(Stored):
    """Whose address this is: of one user for ever, for nobody is deleted."""

    user_address: UserAddress

    @property
    @override
    def key(self) -> Key:
        """By its hash."""
        return address_key(self.tenant, self.user_address.id)


class SessionState(Stored):
    """A session."""

    session: Session
    hash: str

    @property
    @override
    def key(self) -> Key:
        """By its id."""
        return session_key(self.tenant, self.session.id)

"""API keys. Their secret is never here: it is made and shown once at the gateway, what travels is its SHA-256."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from messages.customers import ShortText
from messages.ids import Token
from messages.queries import Listing
from messages.resource import Metadata, Resource
from messages.scopes import SCOPES, Scope
from messages.wire import Instant, Moment, Wire

KEYS_MAX = 1_000
"""Of one tenant that may still be used."""

OVERLAP_SECONDS = 86_400
OVERLAP_SECONDS_MAX = 30 * 86_400

KeyType = Literal["secret", "restricted", "publishable"]
KeyStatus = Literal["active", "rotating", "expired", "revoked"]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Prefix = Annotated[str, StringConstraints(pattern=r"^ppk_(test|live)_(pub_)?[0-9A-Za-z]{4}$")]
Scopes = Annotated[list[Scope], Field(max_length=len(SCOPES))]


class ApiKey(Resource):
    """Who holds its secret may do what its scopes say. A publishable key has none: it may be seen by everybody."""

    object: str = "api_key"
    status: KeyStatus = "active"
    type: KeyType = "secret"
    name: str
    prefix: str
    secret: str | None = Field(default=None, description="Shown by create and rotate only.")
    scopes: list[str]
    created_by: str
    last_used_at: Instant | None = None
    last_used_from: str | None = Field(default=None, description="An IPv4 address, or IPv6 /64.")
    expires_at: Instant | None = None
    replaces: str | None = None
    revoked_at: Instant | None = None


class CreateKey(Wire):
    """`api_key.create`; its subject is `key_id(hash)`."""

    hash: Sha256
    type: KeyType = "secret"
    name: ShortText
    prefix: Prefix
    scopes: Scopes = Field(default_factory=list)
    expires_at: Moment | None = None
    metadata: Metadata = Field(default_factory=dict)


class RotateKey(Wire):
    """`api_key.rotate`, of the old key. `key` is the new one's id; for so long both may be used."""

    key: Token
    hash: Sha256
    prefix: Prefix
    overlap_seconds: int = Field(default=OVERLAP_SECONDS, ge=0, le=OVERLAP_SECONDS_MAX)


class RevokeKey(Wire):
    """`api_key.revoke`: from now on it is refused everywhere."""


class KeyUse(Wire):
    """When and from where a key was last used, as far as one gateway has seen."""

    key: Token
    at: Instant
    address: str | None = None


class UseKeys(Wire):
    """`api_key.used`, of a tenant, at most once a minute from each gateway. No event tells of it."""

    used: list[KeyUse] = Field(max_length=KEYS_MAX)


class UsedKeys(Wire):
    """How many of these keys there are."""

    noted: int


class KnownKey(Wire):
    """What LATEST holds of a key, under `pocketpay.latest.<tenant>.api_key.<id>`: gateways know callers by it."""

    object: Literal["known_key"] = "known_key"
    id: str
    tenant: str
    livemode: bool
    hash: str
    type: KeyType
    scopes: list[str]
    status: KeyStatus
    expires_at: Instant | None = None
    revoked: bool = False
    version: int = 1


class KeyListing(Listing):
    """`api_keys`."""

    type: KeyType | None = None


COMMANDS: dict[str, type[Wire]] = {
    "api_key.create": CreateKey,
    "api_key.rotate": RotateKey,
    "api_key.revoke": RevokeKey,
    "api_key.used": UseKeys,
}

EVENTS: dict[str, type[Resource]] = dict.fromkeys(
    ("api_key.created", "api_key.rotated", "api_key.revoked", "api_key.expired"), ApiKey
)

"""Bodies of requests about keys, users, tenants and sessions: what a command has but the door makes is left out."""

from pydantic import Field

from messages.api_keys import OVERLAP_SECONDS, OVERLAP_SECONDS_MAX, KeyType, Scopes
from messages.customers import Email, ShortText
from messages.ids import Token
from messages.resource import Metadata
from messages.scopes import Role
from messages.users import Password
from messages.wire import Moment, Wire


class KeyBody(Wire):
    """A key. A publishable one has no scopes."""

    name: ShortText
    type: KeyType = "secret"
    scopes: Scopes = Field(default_factory=list)
    expires_at: Moment | None = None
    metadata: Metadata = Field(default_factory=dict)


class RotateBody(Wire):
    """For so long the old key works beside the new one; 0 revokes it at once."""

    overlap_seconds: int = Field(default=OVERLAP_SECONDS, ge=0, le=OVERLAP_SECONDS_MAX)


class UserBody(Wire):
    """Somebody who may log in with this address and password."""

    email: Email
    name: ShortText | None = None
    role: Role
    password: Password


class PasswordBody(Wire):
    """Another password; it logs the user out everywhere."""

    password: Password


class LogInBody(Wire):
    """Without `tenant` that of the operator is meant, or the one of an open gateway."""

    email: Email
    password: Password
    tenant: Token | None = None

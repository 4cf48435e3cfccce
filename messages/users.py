"""Users of the dashboard and their sessions. A name and an address are personal: no event, no outcome has them.

Passwords are hashed (argon2) and session secrets made at the gateway; what travels is their hash.
"""

from typing import Annotated, Literal

from pydantic import StringConstraints

from messages.api_keys import Sha256
from messages.customers import Email, ShortText
from messages.ids import Token
from messages.queries import Listing
from messages.resource import Resource
from messages.scopes import Role
from messages.wire import Instant, Moment, Wire

USERS_MAX = 1_000
"""Of one tenant, those who are disabled too."""

SESSIONS_MAX = 20
"""Of one user; a newer one ends the oldest."""

SESSION_DAYS_MAX = 90
PASSWORD_MIN, PASSWORD_MAX = 12, 200

UserStatus = Literal["active", "disabled"]
SessionStatus = Literal["active", "ended"]
Password = Annotated[str, StringConstraints(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX)]
PasswordHash = Annotated[str, StringConstraints(max_length=256, pattern=r"^\$argon2id\$v=19\$[A-Za-z0-9+/=,$]+$")]


class User(Resource):
    """`email` and `name` are null in events and outcomes; who reads the user sees them."""

    object: str = "user"
    status: UserStatus = "active"
    email: str | None = None
    name: str | None = None
    role: Role
    last_login_at: Instant | None = None
    disabled_at: Instant | None = None


class Session(Resource):
    """A browser in which a user has logged in."""

    object: str = "session"
    status: SessionStatus = "active"
    user: str
    role: Role
    address: str | None = None
    expires_at: Instant
    ended_at: Instant | None = None


class CreateUser(Wire):
    """`user.create`. An address belongs to one user of a tenant, however it is capitalised."""

    email: Email
    name: ShortText | None = None
    role: Role
    password_hash: PasswordHash


class UserChanges(Wire):
    """What may change; what is not sent stays."""

    name: ShortText | None = None
    role: Role = "viewer"
    disabled: bool = False


class UpdateUser(Wire):
    """`user.update`: the fields that were sent, as in `UserChanges`. Who is disabled is logged out everywhere."""

    changes: dict[str, object]
    if_match: int | None = None


class SetPassword(Wire):
    """`user.set_password`: all sessions of the user end."""

    password_hash: PasswordHash


class CreateSession(Wire):
    """`session.create`, after `log_in` said yes; its subject is `session_id(hash)`.

    `user_version` is that of the user whose password was found right: of one who was changed since, it no longer is.
    """

    user: Token
    hash: Sha256
    expires_at: Moment
    address: str | None = None
    user_version: int | None = None


class EndSession(Wire):
    """`session.end`: the user logs out."""


class KnownSession(Wire):
    """What LATEST holds of a session, under `pocketpay.latest.<tenant>.session.<id>`."""

    object: Literal["known_session"] = "known_session"
    id: str
    tenant: str
    user: str
    role: Role
    hash: str
    expires_at: Instant
    ended: bool = False
    version: int = 1


class LogIn(Wire):
    """`log_in`: the user with this address and password in `Query.tenant`, or 401. Never logged, never kept.

    `address` is where the request came from: so many tries a minute are heard from one, whatever they try.
    """

    email: Email
    password: Annotated[str, StringConstraints(max_length=PASSWORD_MAX)]
    address: str | None = None


class UserListing(Listing):
    """`users`."""

    role: Role | None = None


PRIVATE = frozenset({"user.create", "user.update", "user.set_password"})
"""Commands whose data is personal, or a password's hash."""

COMMANDS: dict[str, type[Wire]] = {
    "user.create": CreateUser,
    "user.update": UpdateUser,
    "user.set_password": SetPassword,
    "session.create": CreateSession,
    "session.end": EndSession,
}

EVENTS: dict[str, type[Resource]] = dict.fromkeys(("user.created", "user.updated", "user.disabled"), User)

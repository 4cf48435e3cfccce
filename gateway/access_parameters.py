"""What may be asked of keys, users, tenants and the audit log."""

from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from gateway.parameters import Cursor, Limit, Listed, Moment, Nothing, Pattern, several
from messages.api_keys import KeyStatus, KeyType
from messages.audit import AuditStatus
from messages.ids import Token
from messages.scopes import Role
from messages.users import UserStatus

Principal = Annotated[str, StringConstraints(pattern=r"^[a-z]{1,16}(:[A-Za-z0-9_-]{1,64})?$")]


class KeyList(Listed):
    """`status` may be several, with commas."""

    status: Annotated[list[KeyStatus], BeforeValidator(several)] = []
    type: KeyType | None = None


class UserList(Listed):
    """Those of one `role`."""

    status: Annotated[list[UserStatus], BeforeValidator(several)] = []
    role: Role | None = None


class TenantList(Listed):
    """All tenants."""


class AuditList(Nothing):
    """By whom, of which type, about what."""

    limit: Limit = 20
    cursor: Cursor | None = None
    created_after: Moment | None = None
    created_before: Moment | None = None
    status: Annotated[list[AuditStatus], BeforeValidator(several)] = []
    principal: Principal | None = None
    type: Pattern | None = None
    subject: Token | None = None

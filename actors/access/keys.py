"""Under which key the access actor keeps each of its states."""

from collections.abc import Callable
from functools import partial
from typing import Final

from actors.runtime.decision import Key

KeyOf = Callable[[str, str], Key]
"""Of a tenant and an id."""

api_key: Final[KeyOf] = partial(Key, "api_key")
user_key: Final[KeyOf] = partial(Key, "access_user")
address_key: Final[KeyOf] = partial(Key, "user_address")
session_key: Final[KeyOf] = partial(Key, "session")


def tenancy_key(tenant: str) -> Key:
    """The tenant itself."""
    return Key("tenancy", tenant, tenant)

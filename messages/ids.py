"""Prefixed, sortable ids: a TypeID (https://github.com/jetify-com/typeid) over a version 7 UUID."""

import hashlib
import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints
from typeid.codecs.base32 import decode, encode
from uuid_utils import uuid7

from messages.kinds import OBJECTS, object_named_by

TOKEN_PATTERN = r"^[A-Za-z0-9_-]{1,64}$"
"""What may stand in a subject: no dot, wildcard or space, so that no id reaches another's filter."""


_NO_CUSTOMERS = frozenset(OBJECTS.values()) - {"customer"}


def customer_name(id_: str) -> str:
    """Raises ValueError for the id of anything else: events are numbered by the id of what they are about."""
    return _no_id_of(_NO_CUSTOMERS, id_)


def _usage_name(id_: str) -> str:
    return _no_id_of({"subscription_item"}, id_)


def _no_id_of(others: Collection[str], id_: str) -> str:
    named = object_named_by(id_)
    if named is not None and named in others:
        raise ValueError(f"only another kind of thing has an id like this ({named.replace('_', ' ')})")
    return id_


Token = Annotated[str, StringConstraints(pattern=TOKEN_PATTERN)]
CustomerId = Annotated[Token, AfterValidator(customer_name)]
"""The caller's own name of a customer, or the one that we chose."""

UsageId = Annotated[Token, AfterValidator(_usage_name)]
"""The caller's own name of a usage event; limits on usage are told by their item's id."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def is_token(text: str) -> bool:
    """Whether the text may stand as one token of a subject."""
    return _TOKEN.fullmatch(text) is not None


def new_id(prefix: str) -> str:
    """A fresh id. Only the edges call this: decisions derive their ids, so that they can be replayed."""
    return f"{prefix}_{encode(uuid7().bytes)}"


def derived_id(prefix: str, now: datetime, *seed: str) -> str:
    """The id that follows from its cause: the same seed and time always give the same id."""
    milliseconds = int(now.timestamp() * 1000).to_bytes(6, "big")
    digest = hashlib.sha256("\x1f".join(seed).encode()).digest()
    raw = bytearray(milliseconds + digest[:10])
    raw[6] = 0x70 | raw[6] & 0x0F  # version 7
    raw[8] = 0x80 | raw[8] & 0x3F  # RFC 9562 variant
    return f"{prefix}_{encode(bytes(raw))}"


def made_at(id_: str) -> datetime:
    """When a fresh or derived id was made, by the clock of who made it. Raises ValueError for any other text."""
    try:
        milliseconds = int.from_bytes(decode(id_.rpartition("_")[2])[:6], "big")
    except Exception as error:
        raise ValueError(f"{id_} holds no time") from error
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)


def command_id(tenant: str, actor: str, idempotency_key: str) -> str:
    """The command that an idempotency key stands for; the same for ever, whichever gateway asks."""
    digest = hashlib.sha256("\x1f".join((tenant, actor, idempotency_key)).encode()).digest()
    return f"cmd_{encode(UUID(bytes=digest[:16]).bytes)}"


def named_id(prefix: str, *names: str) -> str:
    """The id of what others have named: the same names always give the same id."""
    digest = hashlib.sha256("\x1f".join(names).encode()).digest()
    return f"{prefix}_{encode(UUID(bytes=digest[:16]).bytes)}"


def account_id(path: str) -> str:
    """A path as one token: colons cannot stand in a subject."""
    digest = hashlib.sha256(path.encode()).digest()
    return f"acct_{encode(UUID(bytes=digest[:16]).bytes)}"

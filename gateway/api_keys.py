"""API keys: their wishes and routes. A secret is made here, shown once, and leaves this process as its SHA-256."""

import secrets
from dataclasses import replace
from typing import Final

from aiohttp import web

from gateway.access_bodies import KeyBody, RotateBody
from gateway.access_parameters import KeyList
from gateway.commands import Wish
from gateway.door import caller_of, door_of
from gateway.ledger_bodies import NoBody
from gateway.outcomes import Answer
from gateway.parameters import Read
from gateway.reads import after_created, by_id, nothing, one, page
from gateway.route import V1, Route, id_of
from gateway.shapes import ListOf
from gateway.writes import write
from messages.access import ACTOR
from messages.api_keys import ApiKey, CreateKey, RevokeKey, RotateKey
from messages.key_secrets import RANDOM_BYTES, hash_of, key_id, prefix_of, secret_of
from messages.scopes import ADMIN

KNOWN_SECONDS: Final = 2.0
"""How long an answer waits until this gateway knows what it says."""

SECRET = web.RequestKey("api_key_secret", str)


def create(request: web.Request, body: KeyBody) -> Wish:
    """A key whose id follows from its secret."""
    secret = _made(request, publishable=body.type == "publishable")
    fields = {name: getattr(body, name) for name in KeyBody.model_fields}
    data = CreateKey(hash=hash_of(secret), prefix=prefix_of(secret), **fields)
    return Wish(ACTOR, "api_key.create", key_id(data.hash), data)


def rotate(request: web.Request, body: RotateBody) -> Wish:
    """A new key in place of the one in the path."""
    old = door_of(request).keys.table.holder_of(id_of(request))
    secret = _made(request, publishable=old is not None and old.publishable)
    hash_ = hash_of(secret)
    data = RotateKey(key=key_id(hash_), hash=hash_, prefix=prefix_of(secret), overlap_seconds=body.overlap_seconds)
    return Wish(ACTOR, "api_key.rotate", id_of(request), data)


def revoke(request: web.Request, _: NoBody) -> Wish:
    """It is refused from now on."""
    return Wish(ACTOR, "api_key.revoke", id_of(request), RevokeKey())


async def with_secret(request: web.Request, answer: Answer) -> Answer:
    """The secret, to whoever has just made it: who repeats the request is told of the same key, and of no secret.

    It is shown once this gateway would let it in; others know of it at about the same time.
    """
    secret = request[SECRET]
    if answer.status >= 300 or answer.body.get("id") != key_id(hash_of(secret)):
        return answer
    hash_ = hash_of(secret)
    await door_of(request).keys.until(lambda table: hash_ in table.holders, KNOWN_SECONDS)
    return replace(answer, body={**answer.body, "secret": secret})


async def once_refused(request: web.Request, answer: Answer) -> Answer:
    """It is said to be revoked once this gateway refuses it."""
    if answer.status == 200:
        id_ = id_of(request)
        await door_of(request).keys.until(lambda table: table.refuses(id_), KNOWN_SECONDS)
    return answer


def _made(request: web.Request, *, publishable: bool) -> str:
    livemode = caller_of(request).livemode
    request[SECRET] = secret_of(secrets.token_bytes(RANDOM_BYTES), livemode=livemode, publishable=publishable)
    return request[SECRET]


_KEYS: Final = f"{V1}/api-keys"
_KEY: Final = f"{_KEYS}/{{id}}"

API_KEYS = [
    Route(
        *("POST", _KEYS, write(create, with_secret), ADMIN),
        *("createApiKey", "Make an API key; the answer alone shows its secret", ApiKey),
        body=KeyBody,
        status=201,
        codes=("already_exists", "quota_exceeded"),
    ),
    Route(
        *("GET", _KEYS, page(ACTOR, "api_keys", nothing, after_created), ADMIN),
        *("listApiKeys", "List API keys, the newest first", ListOf[ApiKey], KeyList),
    ),
    Route(
        *("GET", _KEY, one(ACTOR, "api_key", by_id), ADMIN),
        *("getApiKey", "Read an API key, and when it was last used", ApiKey, Read),
    ),
    Route(
        *("POST", f"{_KEY}/revoke", write(revoke, once_refused), ADMIN),
        *("revokeApiKey", "Have a key refused from now on, and its streams ended", ApiKey),
        body=NoBody,
        codes=("wrong_state", "last_admin"),
    ),
    Route(
        *("POST", f"{_KEY}/rotate", write(rotate, with_secret), ADMIN),
        *("rotateApiKey", "Make a new key in its place; for a while both work. The answer alone shows it", ApiKey),
        body=RotateBody,
        status=201,
        codes=("wrong_state", "quota_exceeded"),
    ),
]

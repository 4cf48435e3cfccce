"""Users of the dashboard: their wishes and routes."""

from typing import Final

from aiohttp import web

from gateway.access_bodies import PasswordBody, UserBody
from gateway.access_parameters import UserList
from gateway.commands import Wish
from gateway.door import caller_of, door_of
from gateway.guards import expected_version
from gateway.outcomes import Answer
from gateway.parameters import Read
from gateway.questions import resource_of
from gateway.reads import after_created, by_id, nothing, one, page
from gateway.route import V1, Route, id_of
from gateway.shapes import ListOf
from gateway.whole import read_again
from gateway.writes import write
from messages.access import ACTOR
from messages.envelope import Query
from messages.ids import new_id
from messages.scopes import ADMIN
from messages.users import CreateUser, SetPassword, UpdateUser, User, UserChanges


async def create(request: web.Request, body: UserBody) -> Wish:
    """A user whose id is chosen here."""
    hashed = await _hashed(request, body.password)
    data = CreateUser(email=body.email, name=body.name, role=body.role, password_hash=hashed)
    return Wish(ACTOR, "user.create", new_id("usr"), data)


def update(request: web.Request, body: UserChanges) -> Wish:
    """What was sent, and nothing else, is to change."""
    changes = body.model_dump(mode="json", exclude_unset=True)
    data = UpdateUser(changes=changes, if_match=expected_version(request))
    return Wish(ACTOR, "user.update", id_of(request), data)


async def set_password(request: web.Request, body: PasswordBody) -> Wish:
    """Another password. There is none to be hashed, which is dear, for a user that there is not."""
    user = id_of(request)
    await resource_of(door_of(request).bus, ACTOR, "user", Query(tenant=caller_of(request).tenant, params={"id": user}))
    hashed = await _hashed(request, body.password)
    return Wish(ACTOR, "user.set_password", user, SetPassword(password_hash=hashed))


async def whole(request: web.Request, answer: Answer) -> Answer:
    """With the name and the address, which no outcome holds."""
    return await read_again(request, answer, ACTOR, "user")


async def _hashed(request: web.Request, password: str) -> str:
    return await door_of(request).passwords.hashed(caller_of(request).tenant, password)


_USERS: Final = f"{V1}/users"
_USER: Final = f"{_USERS}/{{id}}"

USERS = [
    Route(
        *("POST", _USERS, write(create, whole), ADMIN),
        *("createUser", "Make a user, who may log in with the password", User),
        body=UserBody,
        status=201,
        codes=("already_exists", "quota_exceeded"),
    ),
    Route(
        *("GET", _USERS, page(ACTOR, "users", nothing, after_created), ADMIN),
        *("listUsers", "List users, the newest first", ListOf[User], UserList),
    ),
    Route(*("GET", _USER, one(ACTOR, "user", by_id), ADMIN), *("getUser", "Read a user", User, Read)),
    Route(
        *("PATCH", _USER, write(update, whole), ADMIN),
        *("updateUser", "Change a user's name or role, or disable them, which logs them out", User),
        body=UserChanges,
        codes=("version_conflict", "last_admin"),
    ),
    Route(
        *("POST", f"{_USER}/password", write(set_password, whole), ADMIN),
        *("setPassword", "Give a user another password, which logs them out everywhere", User),
        body=PasswordBody,
    ),
]

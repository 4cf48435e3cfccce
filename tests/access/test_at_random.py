"""Whatever is done to a tenant, its counts are those of its rows, and somebody may let others in."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from actors.access.states import KeyState, SessionState, UserState
from messages.key_secrets import hash_of, key_id, session_id
from tests.access.hall import Hall, hall, of_key, of_rotation

SCOPES = st.sampled_from(["admin", "payments:write"])
PLACES = st.integers(0, 2)
ACTS = st.one_of(
    st.tuples(st.just("make"), SCOPES, st.sampled_from([None, 1, 30])),
    st.tuples(st.just("rotate"), PLACES, st.sampled_from([0, 3_600, 86_400])),
    st.tuples(st.just("revoke"), PLACES),
    st.tuples(st.just("user"), st.sampled_from(["viewer", "finance", "admin"])),
    st.tuples(st.just("role"), PLACES, st.sampled_from(["viewer", "admin"])),
    st.tuples(st.just("disable"), PLACES, st.booleans()),
    st.tuples(st.just("login"), PLACES, st.integers(1, 72)),
    st.tuples(st.just("logout"), PLACES),
    st.tuples(st.just("wait"), st.integers(12, 72)),
)


@settings(max_examples=100)
@given(st.lists(ACTS, min_size=15, max_size=60))
def test_what_is_counted_is_what_there_is(acts: list[tuple[Any, ...]]) -> None:
    here = hall()
    for number, (act, *given_) in enumerate(acts):
        asked_for_none = not here.tenancy().admins
        _done(here, act, given_, str(number))
        keys, users, sessions = _kept(here)
        in_use = [each.api_key for each in keys if each.api_key.status in ("active", "rotating")]
        admins = {each.id for each in in_use if "admin" in each.scopes}
        people = [each.access_user for each in users]
        admins |= {each.id for each in people if each.role == "admin" and each.status == "active"}
        assert set(here.tenancy().admins) == admins
        assert admins or asked_for_none or act == "wait"
        assert (here.tenancy().keys, here.tenancy().users) == (len(in_use), len(users))
        live = {each.session.id for each in sessions if each.session.status == "active"}
        assert live == {each for user in users for each in user.sessions}
        assert all(each.access_user.status == "active" or not each.sessions for each in users)
        roles = {each.id: each.role for each in people}
        assert all(each.session.role == roles[each.session.user] for each in sessions if each.session.id in live)
        assert all(at > here.now for at in here.due.values())


def test_every_version_is_told_of_once() -> None:
    here = hall()
    old = here.make_key("old", "admin")
    here.done("api_key.rotate", old, **of_rotation("new"))
    here.done("api_key.revoke", old)
    versions = [said.resource.version for said in here.said if said.resource.id == old]
    assert versions == [1, 2, 3]
    assert here.told.count(f"api_key/{old}") == 3


def _done(here: Hall, act: str, args: list[Any], name: str) -> None:
    keys, users, sessions = _kept(here)
    hashed = hash_of(name)
    match act, args:
        case "make", [scope, days]:
            ends = {} if days is None else {"expires_at": here.now + timedelta(days=days)}
            here.outcome("api_key.create", key_id(hashed), **of_key(name, scope, **ends))
        case "rotate", [place, seconds] if place < len(keys):
            here.outcome("api_key.rotate", keys[place].api_key.id, **of_rotation(name, overlap_seconds=seconds))
        case "revoke", [place] if place < len(keys):
            here.outcome("api_key.revoke", keys[place].api_key.id)
        case "user", [role]:
            here.user(f"u{name}", role)
        case "role", [place, role] if place < len(users):
            here.outcome("user.update", users[place].access_user.id, changes={"role": role})
        case "disable", [place, off] if place < len(users):
            here.outcome("user.update", users[place].access_user.id, changes={"disabled": off})
        case "login", [place, hours] if place < len(users) and users[place].access_user.status == "active":
            here.session(users[place].access_user.id, name, hours=hours)
        case "logout", [place] if place < len(sessions):
            here.outcome("session.end", session_id(sessions[place].hash))
        case "wait", [hours]:
            here.wait(hours=hours)
        case _:
            pass


def _kept(here: Hall) -> tuple[list[KeyState], list[UserState], list[SessionState]]:
    states = list(here.states.values())
    return (
        [each for each in states if isinstance(each, KeyState)],
        [each for each in states if isinstance(each, UserState)],
        [each for each in states if isinstance(each, SessionState)],
    )

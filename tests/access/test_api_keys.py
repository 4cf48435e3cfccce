"""API keys: what they may be, how they are replaced, and when they end."""

from datetime import timedelta

import pytest

from messages.key_secrets import base62, hash_of, key_id, prefix_of, secret_of
from messages.scopes import OF_ROLE, SCOPES, covers
from messages.wire import json_of
from tests.access.hall import START, TENANT, Hall, hall, of_key, of_rotation


def test_a_key_is_told_of_without_its_secret_and_without_its_hash() -> None:
    here = hall()
    key = here.done("api_key.create", key_id(hash_of("s")), **of_key("s", "refunds:write", "payments:read"))
    assert (key.secret, key.status, key.created_by) == (None, "active", "user:usr_ada")
    assert key.scopes == ["payments:read", "refunds:write"]
    assert here.said[-1].type == "api_key.created"
    assert hash_of("s") not in str(json_of(here.said[-1].resource))
    assert here.told[-1] == f"api_key/{key.id}"


def test_a_key_that_exists_is_not_made_again() -> None:
    here = hall()
    here.make_key("s")
    assert here.refused("api_key.create", key_id(hash_of("s")), **of_key("s")) == "already_exists"


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "publishable"},
        {"type": "restricted", "scopes": ["admin"]},
        {"type": "restricted", "scopes": []},
        {"type": "secret", "scopes": []},
        {"prefix": "ppk_live_AbCd"},
        {"hash": hash_of("another")},
        {"expires_at": START},
    ],
    ids=str,
)
def test_a_key_must_be_able_to_do_what_its_type_says(fields) -> None:
    here = hall()
    assert here.refused("api_key.create", key_id(hash_of("s")), **of_key("s", **fields)) == "validation_failed"


def test_without_a_tenant_there_is_no_key() -> None:
    assert Hall().refused("api_key.create", key_id(hash_of("s")), **of_key("s")) == "not_found"


def test_a_rotation_overlaps_and_ends_by_itself() -> None:
    # Given a key
    here = hall()
    old = here.make_key("old", "payments:write")
    # When it is rotated
    new = here.done("api_key.rotate", old, **of_rotation("new", overlap_seconds=3_600))
    # Then both may be used, and the new one may do the same
    assert (new.replaces, new.scopes, new.name, new.status) == (old, ["payments:write"], "backend", "active")
    assert here.key_of(old).api_key.status == "rotating"
    assert here.key_of(old).api_key.expires_at == here.now + timedelta(hours=1)
    assert [each.type for each in here.said[-2:]] == ["api_key.created", "api_key.rotated"]
    # And the old one ends by itself
    here.wait(minutes=59)
    assert here.key_of(old).api_key.status == "rotating"
    here.wait(minutes=2)
    assert here.key_of(old).api_key.status == "expired"
    assert (here.said[-1].type, here.told[-1]) == ("api_key.expired", f"api_key/{old}")
    assert here.key_of(new.id).api_key.status == "active"


def test_without_an_overlap_the_old_key_ends_at_once() -> None:
    here = hall()
    old = here.make_key("old")
    here.done("api_key.rotate", old, **of_rotation("new", overlap_seconds=0))
    assert here.key_of(old).api_key.status == "expired"
    assert here.due == {}


def test_a_rotation_never_lengthens_a_life() -> None:
    # Given a key that lives for thirty days, half an hour before its end
    here = hall()
    old = here.make_key("old", expires_at=START + timedelta(days=30))
    ends_at = here.key_of(old).api_key.expires_at
    here.wait(days=29, hours=23.5)
    # When it is rotated with a day's overlap
    new = here.done("api_key.rotate", old, **of_rotation("new"))
    # Then it ends when it had to, and the new one lives as long as it did
    assert here.key_of(old).api_key.expires_at == ends_at
    assert new.expires_at == here.now + timedelta(days=30)


def test_a_key_that_is_being_replaced_is_not_replaced_again() -> None:
    here = hall()
    old = here.make_key("old")
    here.done("api_key.rotate", old, **of_rotation("new"))
    assert here.refused("api_key.rotate", old, **of_rotation("newer")) == "wrong_state"


def test_a_revoked_key_stays_revoked() -> None:
    here = hall()
    key = here.make_key("s", expires_at=START + timedelta(days=1))
    revoked = here.done("api_key.revoke", key)
    assert (revoked.status, revoked.revoked_at) == ("revoked", START)
    assert (here.said[-1].type, here.told[-1]) == ("api_key.revoked", f"api_key/{key}")
    assert here.refused("api_key.revoke", key) == "wrong_state"
    assert here.refused("api_key.rotate", key, **of_rotation("new")) == "wrong_state"
    here.wait(days=2)
    assert here.key_of(key).api_key.status == "revoked"


def test_a_key_whose_alarm_is_late_counts_as_expired() -> None:
    here = hall()
    key = here.make_key("s", expires_at=START + timedelta(hours=1))
    here.due.clear()
    here.wait(hours=2)
    assert here.refused("api_key.revoke", key) == "wrong_state"


def test_the_last_admin_cannot_go_whatever_it_is() -> None:
    # Given a tenant whose admins are a user and a key
    here = hall()
    key = here.make_key("s", "admin")
    # When the user is disabled, the key is the last
    here.done("user.update", "usr_ada", changes={"disabled": True})
    assert here.refused("api_key.revoke", key) == "last_admin"
    # Then its replacement may take its place
    new = here.done("api_key.rotate", key, **of_rotation("new"))
    here.done("api_key.revoke", key)
    assert here.refused("api_key.revoke", new.id) == "last_admin"
    assert here.tenancy().admins == [new.id]


def test_keys_without_an_end_are_counted_until_they_are_over() -> None:
    here = hall()
    one, two = here.make_key("one"), here.make_key("two", expires_at=START + timedelta(hours=1))
    assert here.tenancy().keys == 2
    here.wait(hours=2)
    here.done("api_key.revoke", one)
    assert (here.tenancy().keys, here.key_of(two).api_key.status) == (0, "expired")


def test_there_is_a_most_of_keys() -> None:
    here = hall()
    tenancy = here.tenancy()
    here.states[tenancy.key] = tenancy.model_copy(update={"keys": 1_000})
    assert here.refused("api_key.create", key_id(hash_of("s")), **of_key("s")) == "quota_exceeded"


def test_use_is_noted_and_changes_nothing_else() -> None:
    here = hall()
    key = here.make_key("s")
    said = len(here.said)
    later, earlier = START + timedelta(minutes=2), START + timedelta(minutes=1)
    for at in (later, earlier):
        used = [{"key": key, "at": at, "address": "203.0.113.7"}, {"key": "key_unknown", "at": at}]
        here.done("api_key.used", TENANT, used=used)
    kept = here.key_of(key).api_key
    assert (kept.last_used_at, kept.last_used_from, kept.version) == (later, "203.0.113.7", 1)
    assert len(here.said) == said


def test_two_tenants_have_nothing_in_common() -> None:
    here = hall()
    here.tenant("other")
    key = here.make_key("s", tenant="other")
    assert here.refused("api_key.revoke", key) == "not_found"
    assert here.refused("api_key.rotate", key, **of_rotation("new")) == "not_found"
    here.done("api_key.used", TENANT, used=[{"key": key, "at": START}])
    assert here.key_of(key, "other").api_key.last_used_at is None


def test_a_secret_says_what_it_is_and_its_prefix_tells_keys_apart() -> None:
    secret = secret_of(bytes(range(32)), livemode=False)
    assert (secret[:9], len(secret), prefix_of(secret)) == ("ppk_test_", 52, secret[:13])
    shown = secret_of(b"\xff" * 32, livemode=True, publishable=True)
    assert (shown[:13], len(shown), prefix_of(shown)) == ("ppk_live_pub_", 56, shown[:17])
    assert len({base62(bytes(31) + bytes([each])) for each in range(256)}) == 256


def test_write_includes_read_and_admin_includes_all() -> None:
    assert all(covers(["admin"], scope) for scope in SCOPES)
    assert covers(["payments:write"], "payments:read")
    assert not covers(["payments:read"], "payments:write")
    assert not covers(["payments:write"], "refunds:read")
    assert not covers(OF_ROLE["finance"], "admin")
    assert [scope for scope in SCOPES if covers(OF_ROLE["viewer"], scope)] == list(OF_ROLE["viewer"])

"""Users and their sessions: who is who, who is logged in, and what nobody hears of them."""

from datetime import timedelta
from typing import Any

import pytest

from actors.access.terms import Terms
from actors.runtime.decision import FellDue
from messages.key_secrets import hash_of, session_id
from messages.wire import json_of
from tests.access.hall import PASSWORD_HASH, START, TENANT, Hall, hall


def test_nobody_hears_an_address_a_name_or_a_password() -> None:
    here = hall()
    answer = here.done(
        "user.create", "usr_bob", email="Bob@Example.com", name="Bobby", role="viewer", password_hash=PASSWORD_HASH
    )
    here.done("user.update", "usr_bob", changes={"name": "Robert", "role": "finance"})
    here.done("user.set_password", "usr_bob", password_hash=PASSWORD_HASH)
    told = str([json_of(each.resource) for each in here.said] + [json_of(answer)]).lower()
    assert all(secret not in told for secret in ("bob@", "bobby", "robert", "argon2"))
    assert here.user_of("usr_bob").access_user.name == "Robert"


def test_an_address_belongs_to_one_user_however_it_is_written() -> None:
    here = hall()
    wish: dict[str, Any] = {"email": "ADA@example.com", "role": "viewer", "password_hash": PASSWORD_HASH}
    assert here.refused("user.create", "usr_2", **wish) == "already_exists"
    here.tenant("other")
    here.done("user.create", "usr_2", tenant="other", **wish)


def test_who_is_disabled_is_logged_out_everywhere_and_cannot_log_in() -> None:
    here = hall()
    bob = here.user("bob")
    sessions = [here.session(bob, secret) for secret in ("a", "b")]
    disabled = here.done("user.update", bob, changes={"disabled": True})
    assert (disabled.status, disabled.disabled_at, here.said[-1].type) == ("disabled", START, "user.disabled")
    assert [here.session_of(each).session.status for each in sessions] == ["ended", "ended"]
    assert here.told[-2:] == [f"session/{each}" for each in sessions]
    wish: dict[str, Any] = {"user": bob, "hash": hash_of("c"), "expires_at": START + timedelta(days=1)}
    assert here.refused("session.create", session_id(hash_of("c")), **wish) == "wrong_state"
    again = here.done("user.update", bob, changes={"disabled": False})
    assert (again.status, again.disabled_at, here.said[-1].type) == ("active", None, "user.updated")


def test_a_role_counts_at_once_in_all_sessions() -> None:
    here = hall()
    bob = here.user("bob")
    session = here.session(bob, "a")
    here.done("user.update", bob, changes={"role": "viewer"})
    kept = here.session_of(session).session
    assert (kept.role, kept.version, kept.status) == ("viewer", 2, "active")
    assert here.told[-1] == f"session/{session}"


@pytest.mark.parametrize("changes", [{"disabled": True}, {"role": "finance"}], ids=str)
def test_the_last_admin_cannot_be_disabled_or_become_less(changes) -> None:
    here = hall()
    here.user("bob", "finance")
    assert here.refused("user.update", "usr_ada", changes=changes) == "last_admin"
    here.done("user.update", "usr_bob", changes={"role": "admin"})
    here.done("user.update", "usr_ada", changes=changes)
    assert here.tenancy().admins == ["usr_bob"]


def test_a_new_password_ends_all_sessions() -> None:
    here = hall()
    session = here.session("usr_ada", "a")
    here.done("user.set_password", "usr_ada", password_hash=PASSWORD_HASH + "x")
    assert here.session_of(session).session.status == "ended"
    assert here.user_of("usr_ada").password_hash.endswith("x")


def test_who_logs_in_while_the_password_is_changed_has_no_session() -> None:
    # Given somebody whose old password was found right, at the version that they had then
    here = hall()
    seen = here.user_of("usr_ada").access_user.version
    # When the password is another by the time that the session is to begin
    here.done("user.set_password", "usr_ada", password_hash=PASSWORD_HASH + "x")
    # Then none does; who logs in with the new one has one
    wish: dict[str, Any] = {"user": "usr_ada", "hash": hash_of("a"), "expires_at": START + timedelta(days=1)}
    at = session_id(hash_of("a"))
    assert here.refused("session.create", at, **wish, user_version=seen) == "login_failed"
    assert here.done("session.create", at, **wish, user_version=seen + 1).status == "active"


def test_a_change_of_what_somebody_else_changed_is_refused() -> None:
    here = hall()
    here.done("user.update", "usr_ada", changes={"name": "Countess"}, if_match=1)
    assert here.refused("user.update", "usr_ada", changes={"name": "Ada"}, if_match=1) == "version_conflict"
    same = here.done("user.update", "usr_ada", changes={"name": "Countess"})
    assert same.version == 2


def test_a_session_ends_by_logging_out_once_and_by_time() -> None:
    here = hall()
    one, two = here.session("usr_ada", "one", hours=1), here.session("usr_ada", "two", hours=2)
    assert here.done("session.end", one).ended_at == START
    assert here.done("session.end", one).version == 2
    assert here.user_of("usr_ada").sessions == [two]
    here.wait(hours=3)
    assert here.session_of(two).session.ended_at == START + timedelta(hours=2)
    assert here.user_of("usr_ada").sessions == []
    assert here.user_of("usr_ada").access_user.last_login_at == START


def test_the_oldest_of_too_many_sessions_ends() -> None:
    here = hall()
    sessions = [here.session("usr_ada", str(number)) for number in range(21)]
    assert here.session_of(sessions[0]).session.status == "ended"
    assert here.user_of("usr_ada").sessions == sessions[1:]


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_a_session_has_an_end_within_reason(days) -> None:
    here = hall()
    wish: dict[str, Any] = {"user": "usr_ada", "hash": hash_of("a"), "expires_at": START + timedelta(days=days)}
    assert here.refused("session.create", session_id(hash_of("a")), **wish) == "validation_failed"


def test_a_tenant_has_its_mode_for_ever() -> None:
    here = Hall()
    made = here.done("tenant.create", "acme", tenant="acme", name="Acme", mode="live")
    assert (made.mode, made.livemode, made.time_zone) == ("live", True, "UTC")
    changed = here.done(
        "tenant.update", "acme", tenant="acme", changes={"mode": "test", "time_zone": "Europe/Berlin"}, if_match=1
    )
    assert (changed.mode, changed.time_zone, changed.version) == ("live", "Europe/Berlin", 2)
    assert here.told == ["tenant/acme", "tenant/acme"]
    assert here.refused("tenant.create", "acme", tenant="acme", name="Acme", mode="test") == "already_exists"
    assert here.refused("tenant.create", "other", tenant="acme", name="Acme", mode="test") == "validation_failed"


def test_the_tenant_that_the_settings_name_is_made_once() -> None:
    here = Hall(terms=Terms({TENANT: "test"}))
    for _ in range(2):
        here.turn(FellDue(TENANT, "tenant", START))
    assert [each.type for each in here.said] == ["tenant.created"]
    here.turn(FellDue("other", "tenant", START))
    assert len(here.said) == 1

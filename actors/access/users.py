"""Users of the dashboard. Their address and name are kept in the state alone: events and outcomes have neither."""

from collections.abc import Mapping
from typing import Any, Final

from actors.access import tenancies
from actors.access.desk import Desk
from actors.access.keys import address_key, session_key, tenancy_key, user_key
from actors.access.rules import Rule
from actors.access.sessions import end_all, tell_all, user_of
from actors.access.states import AddressState, UserAddress, UserState
from actors.runtime.decision import Asked, Done, Key, View
from actors.runtime.refusals import Refusal, must_match
from messages.envelope import Command
from messages.mails import address_hash
from messages.scopes import ADMIN
from messages.users import USERS_MAX, CreateUser, SetPassword, UpdateUser, User, UserChanges


def needs_new(asked: Asked, view: View) -> set[Key]:
    """Whoever has the id or the address, and the tenant."""
    _ = view
    tenant, hashed = asked.tenant, address_hash(asked.data.email)
    return {user_key(tenant, asked.command.subject), address_key(tenant, hashed), tenancy_key(tenant)}


def needs_user(asked: Asked, view: View) -> set[Key]:
    """The user with all sessions, and the tenant."""
    key = user_key(asked.tenant, asked.command.subject)
    state: UserState | None = view.get(key)
    sessions = state.sessions if state else []
    return {key, tenancy_key(asked.tenant), *(session_key(asked.tenant, each) for each in sessions)}


def create(desk: Desk, command: Command, wish: CreateUser) -> None:
    """201."""
    tenancy = tenancies.tenancy_of(desk)
    hashed = address_hash(wish.email)
    if desk.get(user_key(desk.tenant, command.subject)) is not None:
        raise Refusal("already_exists", f"There is a user {command.subject} already.")
    other: AddressState | None = desk.get(address_key(desk.tenant, hashed))
    if other is not None:
        resource = {"object": "user", "id": other.user_address.user}
        raise Refusal("already_exists", "A user has this address already.", resource=resource, pointer="/email")
    if tenancy.users >= USERS_MAX:
        raise Refusal("quota_exceeded", f"At most {USERS_MAX} users can be made.")
    user = User(
        id=command.subject,
        email=wish.email,
        name=wish.name,
        role=wish.role,
        created_at=desk.now,
        updated_at=desk.now,
        livemode=tenancy.tenancy.livemode,
    )
    desk.put(UserState(tenant=desk.tenant, access_user=user, address_hash=hashed, password_hash=wish.password_hash))
    address = UserAddress(id=hashed, created_at=desk.now, user=user.id)
    desk.put(AddressState(tenant=desk.tenant, user_address=address))
    tenancies.counted(desk, users=1)
    _count_admin(desk, user)
    desk.say("user.created", public(user))
    desk.answer(Done(201, public(user)))


def update(desk: Desk, command: Command, wish: UpdateUser) -> None:
    """200. A role counts in all sessions at once; who is disabled has none any more."""
    state = user_of(desk, command.subject)
    before = state.access_user
    must_match(before.version, wish.if_match)
    moved = _moved(desk, before, UserChanges.model_validate(wish.changes))
    if not moved:
        desk.answer(Done(200, public(before)))
        return
    after = before.model_copy(update={**moved, "updated_at": desk.now, "version": before.version + 1})
    if before.id in tenancies.tenancy_of(desk).admins and not _is_admin(after):
        tenancies.must_not_be_last(desk, before.id)
    state = state.model_copy(update={"access_user": after})
    desk.put(state)
    _count_admin(desk, after)
    is_disabled = after.status == "disabled" and before.status != "disabled"
    desk.say("user.disabled" if is_disabled else "user.updated", public(after), public(before))
    if is_disabled:
        end_all(desk, state)
    elif after.role != before.role:
        tell_all(desk, state)
    desk.answer(Done(200, public(after)))


def set_password(desk: Desk, command: Command, wish: SetPassword) -> None:
    """200. Whoever knew the old one is logged out; the version rises, for it is a change that one wants to see."""
    state = user_of(desk, command.subject)
    before = state.access_user
    after = before.model_copy(update={"updated_at": desk.now, "version": before.version + 1})
    state = state.model_copy(update={"access_user": after, "password_hash": wish.password_hash})
    desk.put(state)
    desk.say("user.updated", public(after), public(before))
    end_all(desk, state)
    desk.answer(Done(200, public(after)))


def public(user: User) -> User:
    """The user as anybody may hear of them: nothing personal."""
    return user.model_copy(update={"email": None, "name": None})


def _moved(desk: Desk, before: User, changes: UserChanges) -> dict[str, Any]:
    sent = changes.model_dump(exclude_unset=True)
    is_disabled = sent.pop("disabled", None)
    if is_disabled is not None and is_disabled != (before.status == "disabled"):
        sent |= {"status": "disabled", "disabled_at": desk.now} if is_disabled else {"status": "active"}
        if not is_disabled:
            sent["disabled_at"] = None
    return {name: value for name, value in sent.items() if getattr(before, name) != value}


def _is_admin(user: User) -> bool:
    return user.role == ADMIN and user.status == "active"


def _count_admin(desk: Desk, user: User) -> None:
    (tenancies.is_admin if _is_admin(user) else tenancies.is_no_admin)(desk, user.id)


RULES: Final[Mapping[str, Rule]] = {
    "user.create": Rule(needs_new, create),
    "user.update": Rule(needs_user, update),
    "user.set_password": Rule(needs_user, set_password),
}

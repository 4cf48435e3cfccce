"""Sessions: begun by who logged in, ended by who logs out, by time, by a newer one, or by what befalls the user."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from actors.access.desk import Desk
from actors.access.keys import session_key, user_key
from actors.access.latest import tell
from actors.access.rules import Rule
from actors.access.states import SessionState, UserState
from actors.runtime.decision import Asked, Done, FellDue, Key, View
from actors.runtime.refusals import Refusal, found, invalid, wrong_state
from messages.access import SESSION
from messages.envelope import Command
from messages.key_secrets import session_id
from messages.users import SESSION_DAYS_MAX, SESSIONS_MAX, CreateSession, EndSession, Session


def needs_new(asked: Asked, view: View) -> set[Key]:
    """The user, with the sessions of which the oldest may have to go."""
    return {session_key(asked.tenant, asked.command.subject)} | _with_sessions(asked.tenant, asked.data.user, view)


def needs_session(message: Asked | FellDue, view: View) -> set[Key]:
    """It, and whose it is."""
    id_ = message.command.subject if isinstance(message, Asked) else message.entity
    key = session_key(message.tenant, id_)
    state: SessionState | None = view.get(key)
    return {key} | ({user_key(message.tenant, state.session.user)} if state else set())


def create(desk: Desk, command: Command, wish: CreateSession) -> None:
    """201, without the secret."""
    if command.subject != session_id(wish.hash):
        raise invalid("/hash", "conflicts_with", "The id of a session follows from its hash.")
    if not desk.now < wish.expires_at <= desk.now + timedelta(days=SESSION_DAYS_MAX):
        raise invalid("/expires_at", "too_large", f"A session ends within {SESSION_DAYS_MAX} days, and not before now.")
    if desk.get(session_key(desk.tenant, command.subject)) is not None:
        raise Refusal("already_exists", f"There is a session {command.subject} already.")
    state = user_of(desk, wish.user)
    user = state.access_user
    if wish.user_version is not None and wish.user_version != user.version:
        raise Refusal("login_failed", "The user was changed meanwhile: log in again.")
    if user.status != "active":
        raise wrong_state("user", user.id, user.status, "logged in", ["active"])
    session = Session(
        id=command.subject,
        user=user.id,
        role=user.role,
        address=wish.address,
        expires_at=wish.expires_at,
        created_at=desk.now,
        updated_at=desk.now,
        livemode=user.livemode,
    )
    for oldest in state.sessions[: max(0, len(state.sessions) + 1 - SESSIONS_MAX)]:
        _end(desk, oldest)
    seen = user.model_copy(update={"last_login_at": desk.now})
    sessions = [*state.sessions, session.id][-SESSIONS_MAX:]
    desk.put(state.model_copy(update={"access_user": seen, "sessions": sessions}))
    desk.put(SessionState(tenant=desk.tenant, session=session, hash=wish.hash))
    desk.ring(session.id, session.expires_at)
    tell(desk, SESSION, session.id, session.version)
    desk.answer(Done(201, session))


def end(desk: Desk, command: Command, wish: EndSession) -> None:
    """200; a second time too."""
    _ = wish
    found(desk, session_key(desk.tenant, command.subject))
    leave(desk, command.subject)
    state: SessionState = desk.get(session_key(desk.tenant, command.subject))
    desk.answer(Done(200, state.session))


def user_of(desk: Desk, user: str) -> UserState:
    """Raises Refusal when there is none."""
    state: UserState | None = desk.get(user_key(desk.tenant, user))
    if state is None:
        raise Refusal("not_found", f"There is no user {user}.")
    return state


def leave(desk: Desk, session: str) -> None:
    """This session of a user is over."""
    state: SessionState | None = desk.get(session_key(desk.tenant, session))
    if state is None or state.session.status == "ended":
        return
    _end(desk, session)
    user: UserState = desk.get(user_key(desk.tenant, state.session.user))
    desk.put(user.model_copy(update={"sessions": [each for each in user.sessions if each != session]}))


def end_all(desk: Desk, user: UserState) -> None:
    """The user is logged out everywhere."""
    for session in user.sessions:
        _end(desk, session)
    desk.put(user.model_copy(update={"sessions": []}))


def tell_all(desk: Desk, user: UserState) -> None:
    """What the user may do counts in all sessions from now on."""
    for session in user.sessions:
        _moved(desk, session, role=user.access_user.role)


def _end(desk: Desk, session: str) -> None:
    _moved(desk, session, status="ended", ended_at=desk.now)
    desk.ring(session, None)


def _moved(desk: Desk, id_: str, **fields: object) -> None:
    state: SessionState = desk.get(session_key(desk.tenant, id_))
    fields |= {"updated_at": desk.now, "version": state.session.version + 1}
    session = state.session.model_copy(update=fields)
    desk.put(state.model_copy(update={"session": session}))
    tell(desk, SESSION, session.id, session.version)


def _with_sessions(tenant: str, user: str, view: View) -> set[Key]:
    key = user_key(tenant, user)
    state: UserState | None = view.get(key)
    return {key, *(session_key(tenant, each) for each in (state.sessions if state else []))}


RULES: Final[Mapping[str, Rule]] = {
    "session.create": Rule(needs_new, create),
    "session.end": Rule(needs_session, end),
}

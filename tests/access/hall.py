"""The rules of access at work in memory."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from actors.access.decide import decide, needs
from actors.access.keys import api_key, session_key, tenancy_key, user_key
from actors.access.states import KeyState, SessionState, TenancyState, UserState
from actors.access.terms import NO_TENANTS, Terms
from actors.runtime.decision import Asked, Call, Done, FellDue, Key, Message, Refused, Said
from messages.access import COMMANDS
from messages.envelope import Command
from messages.key_secrets import hash_of, key_id, session_id
from messages.wire import json_of

TENANT = "demo"
START = datetime(2026, 1, 31, tzinfo=UTC)
PASSWORD_HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$aGFzaGhhc2g"


@dataclass
class Hall:
    """One tenant's, or several: each method takes another `tenant`."""

    now: datetime = START
    terms: Terms = NO_TENANTS
    states: dict[Key, Any] = field(default_factory=dict)
    due: dict[tuple[str, str], datetime] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    number: int = 0

    def outcome(self, type_: str, subject: str, /, tenant: str = TENANT, **data: Any) -> Done | Refused:
        """Of a command from the gateway."""
        self.number += 1
        read = COMMANDS[type_].model_validate(data)
        command = Command(
            id=f"cmd_{self.number}",
            type=type_,
            actor="access",
            tenant=tenant,
            subject=subject,
            principal="user:usr_ada",
            source="gateway",
            correlation_id="req_1",
            time=self.now,
            data=json_of(read),
        )
        outcome = self.turn(Asked(command, read))
        assert isinstance(outcome, Done | Refused)
        return outcome

    def done(self, type_: str, subject: str, /, tenant: str = TENANT, **data: Any) -> Any:
        """The resource that the command is answered with."""
        outcome = self.outcome(type_, subject, tenant=tenant, **data)
        assert isinstance(outcome, Done), outcome
        return outcome.body

    def refused(self, type_: str, subject: str, /, tenant: str = TENANT, **data: Any) -> str:
        """The code of the refusal; nothing has changed and nothing was said."""
        before, said, calls = dict(self.states), len(self.said), len(self.calls)
        outcome = self.outcome(type_, subject, tenant=tenant, **data)
        assert isinstance(outcome, Refused), outcome
        assert (self.states, len(self.said), len(self.calls)) == (before, said, calls)
        return outcome.code

    def turn(self, message: Message) -> Any:
        """Decides one message."""
        view: dict[Key, Any] = {}
        while wanted := needs(message, view) - view.keys():
            view.update({key: self.states.get(key) for key in wanted})
        decision = decide(self.terms, message, view, self.now)
        for state in decision.states:
            assert state.key in view, f"{state.key} was written and never asked for"
            self.states[state.key] = type(state).model_validate_json(state.model_dump_json())  # pyright: ignore[reportAttributeAccessIssue] - Stored
        self.said += decision.events
        self.calls += decision.calls
        for entity, at in decision.due.items():
            self.due.pop((message.tenant, entity), None)
            if at is not None:
                self.due[message.tenant, entity] = at
        return decision.outcome

    def wait(self, **span: float) -> None:
        """Time goes on, through every alarm on the way."""
        until = self.now + timedelta(**span)
        while self.due:
            (tenant, entity), at = min(self.due.items(), key=lambda each: each[1])
            if at > until:
                break
            del self.due[tenant, entity]
            self.now = max(self.now, at)
            self.turn(FellDue(tenant, entity, at))
        self.now = until

    def tenant(self, tenant: str = TENANT, mode: str = "test") -> None:
        """A new one."""
        self.done("tenant.create", tenant, tenant=tenant, name=tenant, mode=mode)

    def make_key(self, secret: str, *scopes: str, tenant: str = TENANT, **fields: Any) -> str:
        """The id of a new key with this secret."""
        wish = of_key(secret, *scopes, **fields)
        return self.done("api_key.create", key_id(hash_of(secret)), tenant=tenant, **wish).id

    def user(self, name: str, role: str = "admin", tenant: str = TENANT) -> str:
        """The id of a new user."""
        fields = {"email": f"{name}@example.com", "name": name, "role": role, "password_hash": PASSWORD_HASH}
        return self.done("user.create", f"usr_{name}", tenant=tenant, **fields).id

    def session(self, user: str, secret: str, **span: float) -> str:
        """The id of a new session with this secret."""
        ends_at = self.now + timedelta(**(span or {"days": 1}))
        fields: dict[str, Any] = {
            "user": user,
            "hash": hash_of(secret),
            "expires_at": ends_at,
            "address": "203.0.113.7",
        }
        return self.done("session.create", session_id(hash_of(secret)), **fields).id

    def key_of(self, id_: str, tenant: str = TENANT) -> KeyState:
        """As it is kept."""
        return self.states[api_key(tenant, id_)]

    def user_of(self, id_: str) -> UserState:
        """As it is kept."""
        return self.states[user_key(TENANT, id_)]

    def session_of(self, id_: str) -> SessionState:
        """As it is kept."""
        return self.states[session_key(TENANT, id_)]

    def tenancy(self, tenant: str = TENANT) -> TenancyState:
        """As it is kept."""
        return self.states[tenancy_key(tenant)]

    @property
    def told(self) -> list[str]:
        """What LATEST is told of, in order."""
        return [call.lane for call in self.calls]


def of_key(secret: str, *scopes: str, **fields: Any) -> dict[str, Any]:
    """What is wished of a key."""
    wish = {"hash": hash_of(secret), "name": "backend", "prefix": "ppk_test_AbCd"}
    return wish | {"scopes": list(scopes) or ["payments:read"]} | fields


def of_rotation(secret: str, **fields: Any) -> dict[str, Any]:
    """What is wished of a rotation."""
    hashed = hash_of(secret)
    return {"key": key_id(hashed), "hash": hashed, "prefix": "ppk_test_EfGh", **fields}


def hall() -> Hall:
    """With a test tenant that has an admin."""
    made = Hall()
    made.tenant()
    made.user("ada")
    return made

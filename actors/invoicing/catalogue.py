"""What products, prices, coupons and tax rates have in common: how they are made known, changed and archived."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from actors.invoicing.desk import Desk
from actors.invoicing.states import changed
from actors.runtime.decision import Done, Key, Stored
from actors.runtime.labels import merged_metadata
from actors.runtime.refusals import Refusal, invalid, must_match
from messages.envelope import Command
from messages.resource import Resource
from messages.wire import Wire

Kind = TypeVar("Kind", bound=Resource)
Asked = TypeVar("Asked", bound=Wire)


class Fault(NamedTuple):
    """What is wrong at one place of a body: a JSON Pointer, a field code of the contract, and a sentence."""

    pointer: str
    code: str
    detail: str


def must_be_faultless(faults: Iterator[Fault]) -> None:
    """Raises Refusal naming all of them at once."""
    errors = [fault._asdict() for fault in faults]
    if errors:
        raise Refusal("validation_failed", errors[0]["detail"], errors=errors)


def must_be_new(desk: Desk, key: Key) -> None:
    """Raises Refusal when the id is taken."""
    if desk.get(key) is not None:
        raise Refusal("already_exists", f"The {key.kind.replace('_', ' ')} {key.id} exists already.")


def born(desk: Desk, command: Command) -> dict[str, Any]:
    """The common fields of what this command creates."""
    return {"id": command.subject, "created_at": desk.now, "updated_at": desk.now, "livemode": command.livemode}


def made(desk: Desk, state: Stored, resource: Resource) -> None:
    """Keeps, tells and answers a new one: 201."""
    desk.put(state)
    desk.say(f"{resource.object}.created", resource)
    desk.answer(Done(201, resource))


def read_changes(model: type[Asked], changes: Mapping[str, object]) -> Asked:
    """The fields that were sent. Raises Refusal for one that cannot change, or not so."""
    for name in changes:
        if name not in model.model_fields:
            raise invalid(f"/{name}", "not_allowed_here", f"{name} cannot be changed.")
    try:
        return model.model_validate(changes)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise invalid("/" + "/".join(map(str, first["loc"])), "bad_format", f"{first['msg']}.") from error


def merged(resource: Kind, wish: Wire, desk: Desk) -> Kind:
    """The resource with the fields that were sent, its metadata merged; the same one if nothing moves."""
    sent: dict[str, Any] = {name: getattr(wish, name) for name in wish.model_fields_set}
    if "metadata" in sent:
        sent["metadata"] = merged_metadata(resource.metadata, sent["metadata"])
    moved = {name: value for name, value in sent.items() if getattr(resource, name) != value}
    return resource.model_copy(update=changed(resource, desk.now, **moved)) if moved else resource


def answer_change(desk: Desk, state: Stored, before: Kind, after: Kind, *, archived: bool) -> None:
    """Keeps, tells and answers what a change has made of it: 200. Nothing is said when nothing moved."""
    if after is not before:
        desk.put(state)
        desk.say(f"{before.object}.{'archived' if archived else 'updated'}", after, before)
    desk.answer(Done(200, after))


def change(desk: Desk, state: Stored, name: str, wish: Any, model: type[Wire]) -> None:
    """Of a state whose resource lies under `name` and has no rules of its own but `active`."""
    before = getattr(state, name)
    must_match(before.version, wish.if_match)
    after = merged(before, read_changes(model, wish.changes), desk)
    answer_change(
        *(desk, state.model_copy(update={name: after}), before, after), archived=before.active and not after.active
    )

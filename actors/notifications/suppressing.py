"""Who wants no mails, or none of some kind: by wish, or because they come back."""

from collections.abc import Mapping
from typing import Final

from actors.notifications.desk import Desk
from actors.notifications.keys import suppression_key
from actors.notifications.rules import Rule
from actors.notifications.states import SuppressionState
from actors.runtime.decision import Asked, Done, Key, View
from actors.runtime.refusals import Refusal, found, invalid
from messages.envelope import Command
from messages.ids import named_id
from messages.mails import DeletedSuppression, LiftSuppression, Suppression, SuppressionReason, SuppressMails


def suppression_id(customer_id: str | None, address_hash: str | None) -> str:
    """It follows from whom it concerns, so that there is one."""
    return named_id("sup", customer_id or "", address_hash or "")


def needs_suppression(asked: Asked, view: View) -> set[Key]:
    """That of whom it concerns."""
    _ = view
    data = asked.data
    named = isinstance(data, SuppressMails)
    id_ = suppression_id(data.customer_id, data.address_hash) if named else asked.command.subject
    return {suppression_key(asked.tenant, id_)}


def create(desk: Desk, command: Command, wish: SuppressMails) -> None:
    """201; one that is there is replaced."""
    _ = command
    if (wish.customer_id is None) == (wish.address_hash is None):
        raise invalid("/email", "conflicts_with", "Say either `email` or `customer_id`.")
    suppress(desk, wish)
    state: SuppressionState = desk.get(
        suppression_key(desk.tenant, suppression_id(wish.customer_id, wish.address_hash))
    )
    desk.answer(Done(201, state.mail_suppression))


def suppress(desk: Desk, wish: SuppressMails) -> None:
    """From now on. Narrower than before is possible, by wish."""
    key = suppression_key(desk.tenant, suppression_id(wish.customer_id, wish.address_hash))
    state: SuppressionState | None = desk.get(key)
    created_at = state.mail_suppression.created_at if state else desk.now
    version = state.mail_suppression.version + 1 if state else 1
    suppression = Suppression(
        id=key.id,
        version=version,
        created_at=created_at,
        updated_at=desk.now,
        **wish.model_dump(),
    )
    desk.put(SuppressionState(tenant=desk.tenant, mail_suppression=suppression))


def lift(desk: Desk, command: Command, wish: LiftSuppression) -> None:
    """200."""
    _ = wish
    state: SuppressionState = found(desk, suppression_key(desk.tenant, command.subject))
    if state.deleted:
        raise Refusal("not_found", f"There is no mail suppression {command.subject}.")
    desk.put(state.model_copy(update={"deleted": True}))
    desk.answer(Done(200, DeletedSuppression(id=command.subject)))


def bounced(address_hash: str, reason: SuppressionReason = "bounced") -> SuppressMails:
    """What follows from a mail that came back for good."""
    return SuppressMails(address_hash=address_hash, reason=reason)


RULES: Final[Mapping[str, Rule]] = {
    "mail_suppression.create": Rule(needs_suppression, create),
    "mail_suppression.delete": Rule(needs_suppression, lift),
}

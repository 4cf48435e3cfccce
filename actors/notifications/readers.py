"""Which customers may have an address: those whom somebody filled in. Most who only pay have none."""

from typing import Final

from actors.notifications.desk import Desk
from actors.notifications.keys import reader_key
from actors.notifications.states import MailReader, ReaderState
from actors.notifications.wanted import ERASED, MailWish
from messages.envelope import Event

OF_CUSTOMERS: Final = "customer."
PAYING: Final = "payment."


def keep(desk: Desk, event: Event) -> None:
    """What an event of a customer says of it."""
    known = event.type != ERASED and event.data.get("implicit") is False
    state: ReaderState | None = desk.get(reader_key(desk.tenant, event.subject))
    if state is None or state.mail_reader.known != known:
        created_at = state.mail_reader.created_at if state else desk.now
        version = state.mail_reader.version + 1 if state else 1
        reader = MailReader(id=event.subject, version=version, created_at=created_at, known=known)
        desk.put(ReaderState(tenant=desk.tenant, mail_reader=reader))


def may_read(state: ReaderState | None, event: Event, wish: MailWish) -> bool:
    """Whether it is worth asking for an address. Of one who pays for the first time nothing was said yet."""
    if wish.addressee == "seller":
        return True
    if state is None:
        return not event.type.startswith(PAYING)
    return state.mail_reader.known

"""That LATEST is to be told: after the commit, of how it stands by then."""

from typing import Final

from actors.access.desk import Desk
from actors.runtime.decision import Call
from messages.ids import derived_id

TELL: Final = "tell_latest"
"""The call that publishes what gateways know."""


def tell(desk: Desk, noun: str, id_: str, version: int) -> None:
    """One word after the other of the same thing; those of others do not wait for it."""
    call_id = derived_id("call", desk.now, desk.tenant, TELL, noun, id_, str(version))
    desk.call(Call(call_id, TELL, f"{noun}/{id_}", {"tenant": desk.tenant, "noun": noun, "id": id_}))

"""What a look into the tables found, while needs are gathered and while a decision is written."""

from collections.abc import Sequence

from actors.notifications.keys import KeyOf
from actors.notifications.states import Found
from actors.runtime.decision import Key, View


def found_by(view: View, look: Key) -> Sequence[str]:
    """In order; nothing as long as nobody has looked."""
    found: Found | None = view.get(look)
    return found.found if found else ()


def with_found(view: View, look: Key, *keys_of: KeyOf) -> set[Key]:
    """The look, and what is kept under these keys of all that it found."""
    return {look, *(key_of(look.tenant, each) for each in found_by(view, look) for key_of in keys_of)}

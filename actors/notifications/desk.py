"""The desk of notifications: the runtime's, with what its rules know from the settings."""

from typing import Any

from typing_extensions import override

from actors.notifications.terms import Terms
from actors.runtime import desk
from actors.runtime.decision import Key


class Desk(desk.Desk[Terms]):
    """What nobody has looked up is not taken for absent: a queue that is not known is not an empty one."""

    @override
    def get(self, key: Key) -> Any:
        """Raises KeyError for what was not needed; the runtime then asks anew what is."""
        return self.states.get(key) or self.view[key]

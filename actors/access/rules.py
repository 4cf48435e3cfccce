"""A rule as a value: which states a command is decided by, and how."""

from collections.abc import Callable
from typing import Any, NamedTuple

from actors.access.desk import Desk
from actors.runtime.decision import Asked, Key, View
from messages.envelope import Command


class Rule(NamedTuple):
    """`needs` is asked until it wants nothing new. `decide` writes on the desk; a Refusal undoes all it wrote."""

    needs: Callable[[Asked, View], set[Key]]
    decide: Callable[[Desk, Command, Any], None]

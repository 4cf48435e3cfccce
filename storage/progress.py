"""How far long work has come, for whoever wants to be told."""

from collections.abc import Callable

Progress = Callable[[int, int | None], None]
"""Is told how much of how much is done; None where nobody knows how much it will be."""


def unseen(_done: int, _whole: int | None) -> None:
    """Nobody looks."""

"""The three things that are said of an error code."""

from typing import NamedTuple


class Meaning(NamedTuple):
    """Sentences for whoever has the problem before them: what it means, what brings it about, what to do now."""

    means: str
    cause: str
    remedy: str

"""What the rules of notifications know from the settings."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, get_args

from messages.mails import Template

TEMPLATES: Final[frozenset[Template]] = frozenset(get_args(Template))


@dataclass(frozen=True, slots=True)
class Terms:
    """Which mails are sent at all, and whether there is anybody to get those for the seller."""

    mails: AbstractSet[Template] = TEMPLATES
    seller_has_mail: bool = False


USUAL: Final = Terms()
NO_MAILS: Final = Terms(mails=frozenset())

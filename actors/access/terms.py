"""What the rules of access know from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from messages.tenants import Mode


@dataclass(frozen=True, slots=True)
class Terms:
    """Tenants that are made at the first start, with their mode: where nobody needs a key, nobody makes one."""

    tenants: Mapping[str, Mode] = field(default_factory=dict)


NO_TENANTS: Final = Terms()

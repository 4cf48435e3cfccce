"""A way to people. Another one, such as text messages, is one more file with these two functions, named in
`pocketpay/notifying.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from actors.notifications.composing import Attachment
from actors.notifications.mails import MailSeller, Rendered
from messages.customers import Profile
from messages.wire import Json


@dataclass(frozen=True, slots=True)
class Letter:
    """What one reader gets. `id` is the same however often it is sent; `at` is when what it tells of happened."""

    id: str
    at: datetime
    seller: MailSeller
    to: str = field(repr=False)
    content: Rendered = field(repr=False)
    attachments: Sequence[Attachment] = ()


class Channel(Protocol):
    """Knows of a customer where to reach them, and brings a letter there."""

    def address_of(self, profile: Profile) -> str | None:
        """None: they cannot be reached this way."""
        ...

    async def bring(self, letter: Letter) -> Json:
        """`{"result": "sent" | "bounced" | "failed" | "later", "detail"}`; raises when nobody knows."""
        ...

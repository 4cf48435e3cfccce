"""Under which key the notifications actor keeps each of its states."""

from collections.abc import Callable
from functools import partial
from typing import Final

from actors.runtime.decision import Key

KeyOf = Callable[[str, str], Key]
"""Of a tenant and an id."""

endpoint_key: Final[KeyOf] = partial(Key, "webhook_endpoint")
delivery_key: Final[KeyOf] = partial(Key, "webhook_delivery")
body_key: Final[KeyOf] = partial(Key, "webhook_body")
lane_key: Final[KeyOf] = partial(Key, "webhook_lane")
mail_key: Final[KeyOf] = partial(Key, "mail")
reader_key: Final[KeyOf] = partial(Key, "mail_reader")
suppression_key: Final[KeyOf] = partial(Key, "mail_suppression")
ready_key: Final[KeyOf] = partial(Key, "ready_deliveries")
open_key: Final[KeyOf] = partial(Key, "open_deliveries")
resting_key: Final[KeyOf] = partial(Key, "resting_deliveries")
failed_key: Final[KeyOf] = partial(Key, "failed_deliveries")
earlier_key: Final[KeyOf] = partial(Key, "earlier_delivery")
mails_key: Final[KeyOf] = partial(Key, "mails_of_customer")

LOOK = "@"
"""Between what is looked up and why: what was looked up for one message says nothing to the next."""


def directory_key(tenant: str) -> Key:
    """The enabled endpoints of a tenant, and what they want to hear."""
    return Key("webhook_directory", tenant, "all")


def looked_up(what: str, why: str) -> str:
    """The id of a look into the tables, good for this one message."""
    return f"{what}{LOOK}{why}"


def lane_id(endpoint: str, kind: str, subject: str) -> str:
    """Within it deliveries keep their order: one endpoint, one resource."""
    return f"{endpoint}/{kind}/{subject}"

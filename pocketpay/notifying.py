"""What the notifications actor gets from the settings: its terms, and its ways out."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from actors.notifications.attempting import deliver
from actors.notifications.delivering import Sender
from actors.notifications.mail_sending import Post, send_mail
from actors.notifications.mailing import send, smtp_settings
from actors.notifications.mails import MailSeller
from actors.notifications.mail_rules import SEND
from actors.notifications.past import read_events
from actors.notifications.queueing import DELIVER
from actors.notifications.replaying import READ_EVENTS
from actors.notifications.signing import signed_headers
from actors.notifications.terms import TEMPLATES, Terms
from messages.documents import Seller
from messages.invoice_links import link_token
from messages.webhook_addresses import networks

if TYPE_CHECKING:
    from actors.runtime.actor import Performer
    from actors.runtime.asking import Asking
    from pocketpay.settings import Settings

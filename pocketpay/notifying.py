"""What the notifications actor gets from the settings: its terms, and its ways out."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from actors.notifications.attempting import deliver
from actors.notifications.delivering import Sender
from actors.notifications.mail_channel import MailChannel
from actors.notifications.mail_rules import SEND
from actors.notifications.mail_sending import Post, send_mail
from actors.notifications.mailing import smtp_settings
from actors.notifications.mails import MailSeller
from actors.notifications.past import read_events
from actors.notifications.queueing import DELIVER
from actors.notifications.replaying import READ_EVENTS
from actors.notifications.signing import signed_headers
from actors.notifications.terms import TEMPLATES, Terms
from actors.notifications.texts import Texts
from messages.invoice_links import link_token
from messages.mails import Template
from messages.webhook_addresses import networks
from pocketpay.seller import read_seller

if TYPE_CHECKING:
    from actors.runtime.actor import Performer
    from actors.runtime.asking import Asking
    from pocketpay.settings import Settings


def terms_of(settings: "Settings") -> Terms:
    """Without a mail server nobody is mailed. Raises SystemExit for mails that there are not."""
    named = settings.mails or tuple(sorted(TEMPLATES))
    wanted: frozenset[Template] = frozenset(each for each in TEMPLATES if each in named)
    if unknown := sorted(set(named) - wanted):
        raise SystemExit(f"POCKETPAY_MAILS: there is no {unknown[0]}; there are {', '.join(sorted(TEMPLATES))}")
    if settings.smtp_url is None:
        return Terms(mails=frozenset())
    return Terms(mails=wanted, seller_has_mail=_seller(settings).email is not None)


def performers_of(settings: "Settings", asking: "Asking", texts: Texts) -> Mapping[str, "Performer"]:
    """The work outside. Raises SystemExit for settings that lack."""
    if settings.webhook_key is None:
        raise SystemExit("POCKETPAY_WEBHOOK_KEY is not set: at least 32 random characters, kept for ever")
    try:
        sender = Sender(networks(settings.webhook_allow_networks))
    except ValueError as error:
        raise SystemExit(f"POCKETPAY_WEBHOOK_ALLOW_NETWORKS: {error}") from error
    key = settings.webhook_key.get_secret_value()
    perform: dict[str, Performer] = {
        DELIVER: partial(deliver, texts, sender.post, signed_headers, key),
        READ_EVENTS: partial(read_events, asking.past_events),
    }
    if settings.smtp_url is not None:
        perform[SEND] = partial(send_mail, _post(settings, asking))
    return perform


def _post(settings: "Settings", asking: "Asking") -> Post:
    """Raises SystemExit for a server that cannot be told from its URL, and without an address of ours."""
    if settings.smtp_url is None or settings.mail_from is None:
        raise SystemExit("POCKETPAY_MAIL_FROM is not set: the address that mails come from")
    try:
        smtp = smtp_settings(settings.smtp_url.get_secret_value())
    except ValueError as error:
        raise SystemExit(f"POCKETPAY_SMTP_URL: {error}") from error
    return Post(asking, _seller(settings), partial(_links, settings), MailChannel(smtp, settings.mail_from))


def _links(settings: "Settings", tenant: str) -> Callable[[str], str | None]:
    def link_to(invoice: str) -> str | None:
        if settings.link_key is None or settings.public_url is None:
            return None
        return f"{settings.public_url}/i/{link_token(settings.link_key.get_secret_value(), tenant, invoice)}"

    return link_to


def _seller(settings: "Settings") -> MailSeller:
    told = read_seller(settings.seller)
    return MailSeller(name=told.name or "PocketPay", email=told.email, logo_url=settings.mail_logo_url)

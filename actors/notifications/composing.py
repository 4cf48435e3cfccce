"""A mail as bytes: its headers, its text beside its HTML, and what is attached."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from actors.notifications.mails import Rendered
from messages.formats import plain

# Every server takes 7 bit; long lines and other scripts are encoded.
_POLICY = SMTP.clone(cte_type="7bit")
SENDER_MAX = 100


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF and its file's name."""

    name: str
    pdf: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Outgoing:
    """One mail to one address. `id` makes its Message-ID, `at` its date: sent again it is the same mail.

    `mail_from` is ours, `billing@example.com` or `Name <billing@example.com>`; shown is the seller's name. Answers go
    to `reply_to`. All of it is personal, so it never shows in a repr.
    """

    id: str
    at: datetime
    mail_from: str
    sender_name: str
    to: str
    content: Rendered
    reply_to: str | None = None
    attachments: Sequence[Attachment] = ()


def composed(mail: Outgoing) -> bytes:
    """The mail as it travels. Raises ValueError for a sender or a recipient that is no address.

    There is no List-Unsubscribe: nobody subscribed to an invoice, and nobody may be unable to get one.
    """
    ours = address_in(mail.mail_from)
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = plain(mail.content.subject)
    message["From"] = _named(mail.sender_name or parseaddr(mail.mail_from)[0], ours)
    message["To"] = _named("", recipient_in(mail.to))
    if mail.reply_to:
        with contextlib.suppress(ValueError):  # the mail matters more
            message["Reply-To"] = _named("", address_in(mail.reply_to))
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = f"<{mail.id}@{ours.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.content.text)
    message.add_alternative(mail.content.html, subtype="html")
    for each in mail.attachments:
        message.add_attachment(each.pdf, maintype="application", subtype="pdf", filename=plain(each.name))
    return message.as_bytes()


def address_in(text: str) -> str:
    """The address alone, its domain in ASCII (IDNA). Raises ValueError when there is none.

    Before the `@` there is ASCII alone: few servers take more, and none promises that the next one does.
    """
    user, _, domain = parseaddr(text)[1].rpartition("@")
    if not user or not user.isascii() or not domain or not text.isprintable():
        raise ValueError("it is no mail address")
    try:
        return f"{user}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise ValueError("it is no mail address") from error


def recipient_in(text: str) -> str:
    """The address, where the text is nothing else: what a parser would read into it is somebody else's. Raises
    ValueError."""
    address = address_in(text)
    if parseaddr(text)[1] != text:
        raise ValueError("it is no mail address")
    try:
        return Address(addr_spec=address).addr_spec
    except (MessageError, IndexError) as error:
        raise ValueError("it is no mail address") from error


def _named(name: str, address: str) -> Address:
    return Address(display_name=plain(name)[:SENDER_MAX], addr_spec=address)

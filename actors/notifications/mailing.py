"""One mail to one server, by SMTP, with a definite result or an exception: then nobody knows, and it is sent again.

A mail that is sent again has the same Message-ID, by which mail programs know it for the same.
"""

import asyncio
import contextlib
import ipaddress
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from actors.notifications.composing import Outgoing, address_in, composed, recipient_in
from messages.wire import Json, readable

DEADLINE_SECONDS: Final = 20
"""For all of it. The runtime gives a call 30."""

DETAIL_MAX: Final = 300

_LIKE: Final = "smtp://user:password@mail.example.com:587 or smtps://…"

_LOGIN: Final = frozenset({530, 534, 535, 538})
"""The server wants a login, or another one: an operator sets that right, and then the mail goes out."""

_OF_RECIPIENT = re.compile(r"5\.(1\.[012346]|1\.10|2\.\d+)\b")
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
_ADDRESS = re.compile(r"[^\s<>()\"',;:]+@[^\s<>()\"',;:]+")


class NotTaken(Exception):
    """The server may take the mail another time. The message is its own, without addresses: it stands in logs."""


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where mail goes. `tls`: from the first byte on; else STARTTLS, which `must_encrypt` insists on."""

    host: str
    port: int
    tls: bool = False
    must_encrypt: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def smtp_settings(url: str) -> SmtpSettings:
    """Of `smtp://[user:password@]host[:port]` (587) or `smtps://…` (465). Raises ValueError, without the password."""
    parts = urlsplit(url)
    beyond = parts.path not in ("", "/") or parts.query or parts.fragment
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or beyond:
        raise ValueError(f"it must be like {_LIKE}, with signs such as / of a password as %2F")
    if (parts.username is None) != (parts.password is None):
        raise ValueError("a user and a password, or neither")
    try:
        port = parts.port
    except ValueError:
        raise ValueError(f"it must have a port as {_LIKE}") from None
    tls = parts.scheme == "smtps"
    return SmtpSettings(
        host=parts.hostname,
        port=port or (465 if tls else 587),
        tls=tls,
        must_encrypt=parts.password is not None and not _is_loopback(parts.hostname),
        user=unquote(parts.username) if parts.username is not None else None,
        password=unquote(parts.password) if parts.password is not None else None,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def send(smtp: SmtpSettings, message: Outgoing) -> Json:
    """`{"result": "sent"}`; `"bounced"`: the server refuses this recipient for good; `"failed"`: it refuses the mail.

    The last two have a `detail` for people, without addresses. Raises for everything that may be otherwise next time:
    a server that is away, has no time, asks for another login, or offers no encryption for our password.
    """
    try:
        to = recipient_in(message.to)
    except ValueError as error:
        return {"result": "bounced", "detail": str(error)}
    content = composed(message)
    async with asyncio.timeout(DEADLINE_SECONDS):
        client = await _connected(smtp)
        try:
            await client.sendmail(address_in(message.mail_from), [to], content)
        except SMTPRecipientsRefused as refused:
            return _definite(refused.recipients[0], bounced=_is_away(refused.recipients[0]))
        except (SMTPSenderRefused, SMTPDataError) as refused:
            return _definite(refused, bounced=bool(_OF_RECIPIENT.match(refused.message)))
        finally:
            await _left(client)
    return {"result": "sent"}


async def _connected(smtp: SmtpSettings) -> SMTP:
    client = SMTP(
        hostname=smtp.host,
        port=smtp.port,
        username=smtp.user,
        password=smtp.password,
        use_tls=smtp.tls,
        start_tls=_starting_tls(smtp),
        timeout=DEADLINE_SECONDS,
    )
    await client.connect()
    return client


def _starting_tls(smtp: SmtpSettings) -> bool | None:
    """None: where it is offered."""
    if smtp.tls:
        return False
    return True if smtp.must_encrypt else None


async def _left(client: SMTP) -> None:
    """Once the server has taken the mail, nothing that goes wrong here may have it sent again."""
    with contextlib.suppress(SMTPException, OSError, TimeoutError):
        await client.quit(timeout=1)
    client.close()


def without_addresses(text: str) -> str:
    """What a server or a library says, for people and logs: erasure reaches neither."""
    return _ADDRESS.sub("(address)", readable(text))[:DETAIL_MAX]


def _definite(refusal: SMTPResponseException, *, bounced: bool) -> Json:
    told = without_addresses(f"{refusal.code} {' '.join(refusal.message.split())}")
    if not 500 <= refusal.code < 600 or refusal.code in _LOGIN:
        raise NotTaken(told) from None
    return {"result": "bounced" if bounced else "failed", "detail": told}


def _is_away(refusal: SMTPResponseException) -> bool:
    """The code of RFC 3463 tells whose fault it is; without one, a recipient refused with 550, 551 or 553 is away."""
    if _ENHANCED.match(refusal.message):
        return bool(_OF_RECIPIENT.match(refusal.message))
    return refusal.code in (550, 551, 553)

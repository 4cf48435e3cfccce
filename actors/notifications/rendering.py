"""Mails as they read, by jinja2: one file per mail and language, and a layout for each of subject, text and HTML.

Values go in formatted and as plain lines; HTML escapes all of them. A template that asks for what is not there raises.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from babel import Locale
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from actors.notifications.mails import MailContent, Rendered
from actors.notifications.wrapping import wrapped
from messages.formats import amount_text, date_text, locale_of, plain

LANGUAGES: Final = frozenset({"de", "en", "es", "fr", "ja"})
NAME_MAX: Final = 80
SUBJECT_MAX: Final = 200

_ENGLISH = Locale("en", "US")
_FOLDER = Path(__file__).parent / "templates"
_FOR_THE_SELLER = frozenset({"dispute", "webhook_disabled"})
_GAPS = re.compile(r"[ \t\n]+")
_ADDRESS = re.compile(r"://|@|\w\.\w{2,}")


def render(mail: MailContent) -> Rendered:
    """In the customer's language, in English where we don't have it: then with English amounts and dates too."""
    locale = _locale(mail.locale)
    name, values = f"{locale.language}/{mail.template}.j2", _values(mail, locale)

    def as_(layout: str, environment: ImmutableSandboxedEnvironment) -> str:
        return environment.get_template(name).render(values, layout=layout)

    return Rendered(
        subject=plain(as_("layout.subject", _TEXT))[:SUBJECT_MAX],
        text=re.sub(r"\n{3,}", "\n\n", as_("layout.txt", _TEXT)).strip() + "\n",
        html=as_("layout.html", _HTML),
    )


def _locale(tag: str) -> Locale:
    locale = locale_of(tag)
    return locale if locale.language in LANGUAGES else _ENGLISH


def _values(mail: MailContent, locale: Locale) -> Mapping[str, str]:
    """All that templates may name; what is not there is empty."""
    for_seller = mail.template in _FOR_THE_SELLER
    seller, customer = _shown(mail.seller.name), _customer(mail.customer_name)

    def day(at: datetime | None) -> str:
        return date_text(at, mail.time_zone, locale) if at else ""

    return {
        "language": locale.language,
        "words": f"{locale.language}/words.j2",
        "seller": seller,
        "logo_url": mail.seller.logo_url or "",
        "customer": customer,
        "person": seller if for_seller else customer,
        "answers_to": "" if for_seller else mail.seller.email or "",
        "amount": _amount(mail.amount_minor, mail.currency, locale),
        "total": _amount(mail.total_minor, mail.currency, locale),
        "number": _shown(mail.number),
        "description": _shown(mail.description),
        "payment_method": _shown(mail.payment_method),
        "link": mail.link or "",
        "reason": mail.reason or "",
        "standing": mail.standing,
        "endpoint_url": plain(mail.endpoint_url or ""),
        "at": day(mail.at),
        "due": day(mail.due_at),
        "next_attempt": day(mail.next_attempt_at),
        "trial_end": day(mail.trial_end_at),
        "respond_by": day(mail.respond_by),
    }


def _amount(amount_minor: int | None, currency: str | None, locale: Locale) -> str:
    if amount_minor is None or currency is None:
        return ""
    return amount_text(amount_minor, currency, locale)


def _customer(name: str | None) -> str:
    """Empty for one that holds an address: else a stranger could have us mail their link to anybody."""
    return "" if name is None or _ADDRESS.search(name) else _shown(name)


def _shown(text: str | None) -> str:
    """On one line and not too long; what is written from right to left does not turn around what stands beside it."""
    line = plain(text or "")
    if len(line) > NAME_MAX:
        line = line[: NAME_MAX - 1].rstrip() + "…"
    turned = any(unicodedata.bidirectional(sign) in ("R", "AL", "AN") for sign in line)
    return f"\u2068{line}\u2069" if turned else line


def _paragraphs(body: str) -> list[str]:
    """Separated by empty lines. What is HTML already stays so."""
    as_it_was: Callable[[str], str] = Markup if isinstance(body, Markup) else str
    lines = [_GAPS.sub(" ", each).strip() for each in re.split(r"\n\s*\n", body)]
    return [as_it_was(line) for line in lines if line]


def _environment(*, html: bool) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        autoescape=html,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    filters: Any = made.filters  # typed as those that are there already
    filters.update(paragraphs=_paragraphs, wrapped=wrapped)
    return made


_TEXT, _HTML = _environment(html=False), _environment(html=True)

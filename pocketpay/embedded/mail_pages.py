"""The HTML of the mails' pages. Whatever a mail says is escaped; its own HTML stands in a frame that may do nothing."""

from collections.abc import Iterable
from html import escape
from typing import Final

from pocketpay.embedded.mail_folder import Attached, KeptMail, Opened

PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MAIL_POLICY: Final = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""Of what others wrote: no script, no form, nothing fetched from anywhere; a link that is clicked opens a new page."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  {refresh}<title>{title}</title>
  <link rel="icon" href="/icon.svg">
  <link rel="stylesheet" href="/style.css">
  <link rel="stylesheet" href="/mails.css">
</head>
<body><main>{body}</main></body>
</html>
"""

STYLE: Final = """
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { padding: 6px 8px 6px 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th:nth-child(1) { width: 22%; } th:nth-child(3) { width: 36%; }
tr + tr td { border-top: 1px solid var(--line); }
iframe { width: 100%; height: 560px; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 16px; margin: 0; }
dd { margin: 0; overflow-wrap: anywhere; }
"""


def list_page(mails: list[KeptMail]) -> str:
    """The newest first; it looks again by itself."""
    rows = "".join(_row(mail) for mail in mails)
    empty = '<p class="muted">No mail yet. What PocketPay sends is shown here, and goes nowhere else.</p>'
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Time", "To", "Subject", "Message-ID"))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if mails else empty
    refresh = '<meta http-equiv="refresh" content="5">\n  '
    return _PAGE.format(title="Mails", refresh=refresh, body=f'<section class="sheet"><h1>Mails</h1>{table}</section>')


def _row(mail: KeptMail) -> str:
    again = f' <span class="tag warn">came {mail.repeats + 1} times</span>' if mail.repeats else ""
    link = f'<a href="/mails/{mail.id}" dir="auto">{escape(mail.subject or "(no subject)")}</a>'
    cells = (_time(mail), escape(mail.to), link + again, f'<small class="muted">{escape(mail.message_id)}</small>')
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def mail_page(mail: KeptMail, parts: Opened) -> str:
    """One mail: its HTML as it looks, its text as it reads, its files."""
    facts = (("From", mail.sender), ("To", mail.to), ("Message-ID", mail.message_id))
    listed = "".join(f'<dt class="muted">{name}</dt><dd dir="auto">{escape(value)}</dd>' for name, value in facts)
    again = f"<p>It came {mail.repeats + 1} times.</p>" if mail.repeats else ""
    head = (
        f'<section class="sheet"><p><a href="/">All mails</a></p><h1 dir="auto">{escape(mail.subject)}</h1>'
        f'<dl><dt class="muted">Time</dt><dd>{_time(mail)}</dd>{listed}</dl>{again}'
        f'<p><a href="/mails/{mail.id}/html">HTML</a> · <a href="/mails/{mail.id}/text">Text</a> · '
        f'<a href="/mails/{mail.id}/raw">Raw</a></p>{_files(mail, parts.attachments)}</section>'
    )
    frame = (
        f'<section class="sheet"><h2>HTML</h2><iframe title="The mail" src="/mails/{mail.id}/html" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"></iframe></section>'
    )
    text = f'<section class="sheet"><h2>Text</h2><pre dir="auto">{escape(parts.text)}</pre></section>'
    return _PAGE.format(
        title=escape(mail.subject or "Mail"), refresh="", body=head + (frame if parts.html else "") + text
    )


def _files(mail: KeptMail, files: Iterable[Attached]) -> str:
    links = "".join(
        f'<li><a href="/mails/{mail.id}/attachments/{number}">{escape(each.name)}</a> '
        f'<span class="muted">{len(each.content):,} bytes</span></li>'
        for number, each in enumerate(files)
    )
    return f"<ul>{links}</ul>" if links else ""


def _time(mail: KeptMail) -> str:
    return f"<time>{mail.at:%Y-%m-%d %H:%M:%S} UTC</time>"

"""The HTML of an invoice's own page. Every text of it is escaped here, and shown in the direction of its own script."""

from collections.abc import Iterable
from html import escape

from gateway.pages import METHODS
from messages.documents import InvoicePage, Labeled, Sheet, SheetRow

MISSING = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>No such invoice</title>
<link rel="icon" href="/static/icon.svg">
<link rel="stylesheet" href="/static/style.css">
<main class="sheet"><h1>No such invoice</h1><p>Check the address, or ask the seller for it again.</p></main>
</html>
"""

AWAY = MISSING.replace("No such invoice", "Not available just now").replace(
    "Check the address, or ask the seller for it again.", "Try again in a minute. Nothing was changed."
)

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex">
  <title>{tab}</title>
  <link rel="icon" href="/static/icon.svg">
  <link rel="stylesheet" href="/static/style.css">
  <link rel="stylesheet" href="/static/invoice.css">
  <script type="module" src="/static/invoice.js"></script>
</head>
<body>
  <main class="invoice">
    {state}
    {unscripted}
    <article class="sheet">
      <div class="sides"><address>{from_lines}</address><h1>{title}</h1></div>
      <div class="sides"><address><span class="muted">{party_label}</span>{party}</address><dl>{facts}</dl></div>
      {headline}
      <div class="wide"><table><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table></div>
      {rows_left}
      <dl class="totals">{totals}</dl>
      {notes}
      <p class="muted" dir="auto">{footer}</p>
    </article>
  </main>
</body>
</html>
"""

_TONES = {"open": "warn", "paid": "good", "void": "", "uncollectible": "bad"}
_NUMBERS = ("quantity", "unit_price", "tax", "amount")


def invoice_html(page: InvoicePage, token: str, paying: str) -> str:
    """The whole page; `paying` is what its state offers, HTML already."""
    sheet = page.sheet
    return _PAGE.format(
        language=escape(sheet.language),
        title=escape(sheet.title),
        tab=escape(" · ".join((f"{sheet.title} {sheet.number}", *sheet.seller[:1]))),
        state=_state(page, token, paying),
        unscripted=f'<noscript><p class="sheet">{escape(page.words["script"])}</p></noscript>' if paying else "",
        from_lines=_lines(sheet.seller),
        party_label=escape(sheet.party_label),
        party=_lines(sheet.party),
        facts=_labeled(sheet.facts),
        headline=f"<h2>{escape(sheet.headline)}</h2>" if sheet.headline else "",
        columns="".join(f'<th scope="col">{escape(each)}</th>' for each in _cells(sheet, sheet.columns)),
        rows="".join(_row(sheet, row) for row in sheet.rows),
        rows_left=f'<p class="muted">{escape(page.words["rows_left"])}</p>' if page.rows_left else "",
        totals=_labeled(sheet.totals),
        notes="".join(f'<p dir="auto">{escape(note)}</p>' for note in sheet.notes),
        footer=escape(sheet.footer),
    )


def _state(page: InvoicePage, token: str, paying: str) -> str:
    words, status = page.words, page.status
    said = words["nothing"] if status == "paid" else words["not_asked"] if status == "void" else words["to_pay"]
    return (
        f'<section id="state" class="sheet" data-status="{status}">'
        f'<p><span class="tag {_TONES.get(status, "")}">{escape(words.get(status, status))}</span> '
        f'<strong>{escape(said)}</strong> <a href="/i/{escape(token)}.pdf">{escape(words["download"])}</a></p>'
        f"{paying}</section>"
    )


def simulated_form(page: InvoicePage) -> str:
    """The test methods to choose from."""
    words = {name: escape(text) for name, text in page.words.items()}
    options = "".join(f'<option value="{name}">{name} · {does}</option>' for name, does in METHODS.items())
    return (
        f'<form id="pay" data-paying="{words["paying"]}" data-failed="{words["failed"]}">'
        f'<label>{words["method"]} <select name="payment_method">{options}</select></label> '
        f'<button type="submit" disabled>{words["pay"]}</button> <span class="muted">{words["test"]}</span>'
        f'<p id="result" role="status"></p></form>'
    )


def remark(text: str) -> str:
    """One sentence of the state."""
    return f'<p class="muted">{escape(text)}</p>'


def confirmation(page: InvoicePage, address: str) -> str:
    """Where the customer's bank wants to see them."""
    return f'<p><a class="button" href="{escape(address)}">{escape(page.words["confirm"])}</a></p>'


def _lines(lines: Iterable[str]) -> str:
    return "".join(f'<span dir="auto">{escape(line)}</span>' for line in lines)


def _labeled(entries: Iterable[Labeled]) -> str:
    return "".join(
        f'<div class="{"strong" if entry.strong else ""}">'
        f"<dt>{escape(entry.label)}</dt><dd>{escape(entry.value)}</dd></div>"
        for entry in entries
    )


def _cells(sheet: Sheet, row: SheetRow) -> list[str]:
    return [row.description, *(getattr(row, name) for name in _NUMBERS if getattr(sheet.columns, name))]


def _row(sheet: Sheet, row: SheetRow) -> str:
    description, *numbers = (escape(cell) for cell in _cells(sheet, row))
    detail = f'<small class="muted">{escape(row.detail)}</small>' if row.detail else ""
    cells = "".join(f"<td>{number}</td>" for number in numbers)
    return f'<tr><td><span dir="auto">{description}</span>{detail}</td>{cells}</tr>'

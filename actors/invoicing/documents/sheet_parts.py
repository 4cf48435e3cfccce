"""What every sheet has: who sends it and to whom, its taxes in words, the language it is in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from babel import Locale

from actors.invoicing.documents.words import Words, words_of
from messages.documents import Issued, Labeled, ShownTaxRate
from messages.formats import address_lines, amount_text, locale_of, percentage_text, plain
from messages.invoices import InvoiceTax
from messages.wire import Json

_SPACES = re.compile(" +")


@dataclass(frozen=True, slots=True)
class Tongue:
    """How a document speaks: labels in `words`, formats of `locale`, which may be finer or have no words of ours."""

    words: Words
    locale: Locale
    currency: str
    time_zone: str

    def money(self, amount_minor: int) -> str:
        """An amount of the document's currency."""
        return amount_text(amount_minor, self.currency, self.locale)


def tongue_of(document: Issued, currency: str) -> Tongue:
    """A document in one currency; an unknown locale is read as American English."""
    locale = locale_of(document.locale)
    return Tongue(words_of(locale.language), locale, currency, document.time_zone)


def common(document: Issued, tongue: Tongue) -> Json:
    """Fields of a `Sheet` that do not depend on what it is of."""
    words = tongue.words
    return {
        "template": document.template,
        "paper": document.paper,
        "language": tongue.locale.language,
        "seller": _seller(document, words),
        "party_label": words.bill_to,
        "party": _party(document, tongue),
        "footer": plain(document.seller.footer or ""),
        "page": words.page,
    }


def _seller(document: Issued, words: Words) -> list[str]:
    seller = document.seller
    tax_id = f"{words.tax_id}: {seller.tax_id}" if seller.tax_id else None
    return plain_lines([seller.name, *seller.address, tax_id, seller.email])


def _party(document: Issued, tongue: Tongue) -> list[str]:
    party = document.party
    address = address_lines(party.address, tongue.locale) if party.address else []
    tax_ids = [f"{tongue.words.tax_id}: {each.value}" for each in party.tax_ids]
    return plain_lines([party.name, *address, *tax_ids, party.email])


def plain_lines(lines: Iterable[str | None]) -> list[str]:
    """Those that say something."""
    return [said for line in lines if line and (said := plain(line))]


def rate_of(document: Issued, tax: InvoiceTax) -> ShownTaxRate | None:
    """As it is shown; None where a tax follows from no rate of ours."""
    return next((rate for rate in document.tax_rates if rate.id == tax.tax_rate), None)


def tax_total(document: Issued, tax: InvoiceTax, tongue: Tongue) -> Labeled:
    """`VAT 20% on $30.00`, with what it comes to."""
    rate = rate_of(document, tax)
    label = (tongue.words.included if tax.inclusive else tongue.words.tax_on).format(
        name=plain(rate.name) if rate else tongue.words.tax,
        percentage=percentage_text(rate.percentage, tongue.locale) if rate else "",
        amount=tongue.money(tax.taxable_amount),
    )
    return Labeled(label=_SPACES.sub(" ", label), value=tongue.money(tax.amount))


def tax_rates_text(document: Issued, taxes: Iterable[InvoiceTax], locale: Locale) -> str:
    """`20%`, or `5%, 9.975%` of several."""
    rates = [rate for tax in taxes if (rate := rate_of(document, tax))]
    return ", ".join(percentage_text(rate.percentage, locale) for rate in rates)


def reverse_charged(document: Issued, taxes: Iterable[InvoiceTax]) -> bool:
    """Whether the law wants it said that the recipient owes the tax."""
    return any(rate.reverse_charge for tax in taxes if (rate := rate_of(document, tax)))

"""What stands on an invoice and a credit note, in whatever language and currency."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from actors.invoicing.documents.rendering import rendered, sheet_of
from messages.credit_notes import CreditNote, CreditNoteLine
from messages.customers import Address, Profile
from messages.documents import CreditNoteDocument, InvoiceDocument, Seller, ShownTaxRate
from messages.invoices import InvoiceTax
from tests.invoicing.paper import DUE, ISSUED, PARTY, SELLER, TAX, document, invoice, line, pages_of, text_of


def totals(made: InvoiceDocument | CreditNoteDocument) -> dict[str, str]:
    return {total.label: total.value.replace("\xa0", " ") for total in sheet_of(made).totals}


def test_an_invoice_says_who_owes_whom_what_and_until_when() -> None:
    text = text_of(document(line(1), line(2, description="Setup", unit_amount=None)))
    for said in (
        *("Invoice", "INV-2026-000001", "Example GmbH", "Hauptstraße 1", "Tax ID: DE999999999", "HRB 12345"),
        *("Ada Lovelace", "Springfield, IL 62701", "United States", "Tax ID: DE123456789", "ada@example.com"),
        *("October 31, 2026", "$36.00 due November 30, 2026", "Oct 31, 2026 – Nov 29, 2026", "Page 1 of 1"),
        *("Seat 1", "Setup", "$12.00", "20%", "Discount -$6.00", "VAT 20% on $30.00 $6.00", "Total $36.00"),
    ):
        assert said in text, said


@pytest.mark.parametrize(
    ("locale", "currency", "title", "total", "page", "due"),
    [
        ("en-US", "USD", "Invoice", "$36.00", "Page 1 of 1", "November 30, 2026"),
        ("en-GB", "GBP", "Invoice", "£36.00", "Page 1 of 1", "30 November 2026"),
        ("de-DE", "EUR", "Rechnung", "36,00 €", "Seite 1 von 1", "30. November 2026"),
        ("de-CH", "CHF", "Rechnung", "CHF 36.00", "Seite 1 von 1", "30. November 2026"),
        ("fr-FR", "EUR", "Facture", "36,00 €", "Page 1 sur 1", "30 novembre 2026"),
        ("es-ES", "EUR", "Factura", "36,00 €", "Página 1 de 1", "30 de noviembre de 2026"),
        ("ja-JP", "JPY", "請求書", "￥3,600", "1 / 1 ページ", "2026年11月30日"),
        ("en-US", "KWD", "Invoice", "KWD 3.600", "Page 1 of 1", "November 30, 2026"),
        ("en-US", "IQD", "Invoice", "IQD 3.600", "Page 1 of 1", "November 30, 2026"),
        ("en-US", "MGA", "Invoice", "MGA 36.00", "Page 1 of 1", "November 30, 2026"),
        ("pl-PL", "PLN", "Invoice", "36,00 zł", "Page 1 of 1", "30 listopada 2026"),
        ("en-ZZ", "USD", "Invoice", "36.00", "Page 1 of 1", "November 30, 2026"),
        ("xx-YY", "USD", "Invoice", "$36.00", "Page 1 of 1", "November 30, 2026"),
        ("ar-EG", "EGP", "Invoice", "EGP 36.00", "Page 1 of 1", "November 30, 2026"),
    ],
)
def test_labels_amounts_and_dates_are_the_customers(
    locale: str, currency: str, title: str, total: str, page: str, due: str
) -> None:
    made = document(line(currency=currency), locale=locale, invoice=invoice(currency=currency), tax_rates=[])
    sheet = sheet_of(made)
    assert (sheet.title, sheet.page.format(page=1, pages=1)) == (title, page)
    assert total in sheet.totals[-1].value.replace("\xa0", " ")
    assert due in [fact.value for fact in sheet.facts]
    assert text_of(made).count("INV-2026-000001") == 2  # above, and on the page's foot


def test_the_day_is_that_of_the_customers_time_zone_and_an_unknown_zone_is_utc() -> None:
    night = invoice(finalized_at="2026-10-31T23:30:00Z")
    days = {
        zone: sheet_of(document(invoice=night, time_zone=zone)).facts[1].value
        for zone in ("Asia/Tokyo", "America/New_York", "Mars/Olympus", "../../etc/passwd")
    }
    assert days["Asia/Tokyo"] == "November 1, 2026"
    assert set(days.values()) == {"November 1, 2026", "October 31, 2026"}
    assert list(days.values()).count("October 31, 2026") == 3


def test_taxes_inside_on_top_of_several_rates_and_reversed_are_told_apart() -> None:
    taxes = [
        InvoiceTax(tax_rate="txr_in", inclusive=True, taxable_amount=3000, amount=570),
        InvoiceTax(tax_rate="txr_qst", taxable_amount=3000, amount=299),
        InvoiceTax(tax_rate="txr_rc", taxable_amount=3000, amount=0),
        InvoiceTax(taxable_amount=3000, amount=1),
    ]
    rates = [
        ShownTaxRate(id="txr_in", name="VAT", percentage="19", inclusive=True),
        ShownTaxRate(id="txr_qst", name="QST", percentage="9.975"),
        ShownTaxRate(id="txr_rc", name="VAT", percentage="0", reverse_charge=True),
    ]
    made = document(line(taxes=taxes[:2]), invoice=invoice(taxes=taxes), tax_rates=rates)
    assert totals(made)["VAT 19% on $30.00, included"] == "$5.70"
    assert totals(made)["QST 9.975% on $30.00"] == "$2.99"
    assert totals(made)["VAT 0% on $30.00"] == "$0.00"
    assert totals(made)["Tax on $30.00"] == "$0.01"
    assert sheet_of(made).rows[0].tax == "19%, 9.975%"
    assert "Reverse charge" in text_of(made)
    assert "Reverse charge" not in text_of(document(line()))


def test_what_the_wallet_paid_before_the_issue_lowers_what_is_due() -> None:
    paid = totals(document(invoice=invoice(amount_from_wallet=1000, amount_due=2600)))
    assert (paid["Total"], paid["Paid from balance"], paid["Amount due"]) == ("$36.00", "-$10.00", "$26.00")
    assert "Amount due" not in totals(document())


@pytest.mark.parametrize(
    ("country", "state", "city", "line1", "lines"),
    [
        ("DE", None, "Berlin", "Allee 1", ["Allee 1", "10115 Berlin", "Germany"]),
        ("GB", None, "London", "1 Road", ["1 Road", "London, 10115", "United Kingdom"]),
        ("JP", "東京都", "千代田区", "1-1", ["〒10115", "東京都千代田区1-1", "Japan"]),
        ("JP", None, "Tokyo", "1-1", ["1-1", "10115 Tokyo", "Japan"]),
    ],
)
def test_an_address_reads_as_its_country_writes_it(
    country: str, state: str | None, city: str, line1: str, lines: list[str]
) -> None:
    address = Address(line1=line1, city=city, state=state, postal_code="10115", country=country)
    assert sheet_of(document(party=Profile(name="A", address=address))).party[1:] == lines


def test_a_credit_note_says_what_comes_back_and_how() -> None:
    taken = [CreditNoteLine(id="cnl_1", invoice_line="il_1", quantity="1", amount=1000, tax=200)]
    times: dict[str, Any] = {"created_at": ISSUED, "updated_at": DUE}
    amounts: dict[str, Any] = {"subtotal": 1000, "tax": 200, "total": 1200, "refund_amount": 700, "wallet_amount": 500}
    note = CreditNote(
        id="cn_1", number="CN-2026-000001", invoice="inv_1", customer_id="abc", currency="EUR", lines=taken,
        taxes=[TAX], **amounts, **times,
    )  # fmt: skip
    made = CreditNoteDocument(
        note=note, invoice_number="INV-2026-000001", descriptions={"il_1": "Platz"}, party=PARTY, seller=SELLER,
        locale="de-DE",
    )  # fmt: skip
    text = text_of(made)
    for said in ("Rechnungskorrektur", "CN-2026-000001", "INV-2026-000001", "Platz", "10,00 €", "Erstattet 7,00 €"):
        assert said in text, said
    assert totals(made)["Dem Guthaben gutgeschrieben"] == "5,00 €"


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_the_paper_is_that_of_the_customers_country(paper: str, size: tuple[int, int]) -> None:
    box = PdfReader(BytesIO(rendered(document(line(), paper=paper)))).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size


def test_three_hundred_lines_run_over_pages_that_repeat_their_header_and_count() -> None:
    pages = pages_of(document(*(line(number) for number in range(1, 301))))
    assert len(pages) > 5
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Description Quantity Unit price Tax Amount" in page or "Seat" not in page
    text = " ".join(pages)
    assert all(f"Seat {number} " in text for number in range(1, 301))


def test_an_invoice_without_lines_has_its_totals() -> None:
    assert "Total $36.00" in text_of(document())


def test_a_seller_and_a_customer_of_whom_nothing_is_known_have_their_invoice() -> None:
    assert "Total $36.00" in text_of(document(line(), seller=Seller(), party=Profile()))

"""Documents out of the tables: of what was issued alone, by the snapshot of its issue."""

from base64 import b64decode
from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from typing import Any

import asyncpg
import pytest

from actors.invoicing.credit_states import CreditNoteState
from actors.invoicing.documents import queries, rendering
from actors.invoicing.documents.queries import answers, paper_of
from actors.invoicing.io import save
from actors.invoicing.states import InvoiceState, Party, PartyState, TaxRateState
from messages.credit_notes import CreditNote, CreditNoteLine
from messages.customers import Address, Profile
from messages.documents import InvoicePage, Pdf, ShownTaxRate
from messages.envelope import Query, Reply
from messages.products import TaxRate
from tests.invoicing.paper import ISSUED, PARTY, SELLER, TAX, invoice, line

ANSWERS = answers()
TIMES: dict[str, Any] = {"created_at": ISSUED, "updated_at": ISSUED}
RATE = TaxRate(id="txr_1", display_name="Mehrwertsteuer", percentage="20", jurisdiction="DE", **TIMES)


def snapshot(**fields: Any) -> PartyState:
    known: dict[str, Any] = {"profile": PARTY, "seller": SELLER.model_dump(), "created_at": ISSUED}
    return PartyState(tenant="demo", invoice_party=Party(id="inv_1", **{**known, **fields}))


@pytest.fixture
async def connection(database_as: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_as("pocketpay_invoicing"), timeout=10)
    yield connection
    await connection.close()


async def keep(connection: asyncpg.Connection, *states: Any) -> None:
    for statement in save(states):
        await connection.execute(statement.sql, *statement.args)


async def ask(
    connection: asyncpg.Connection, name: str, id_: str = "inv_1", tenant: str = "demo", part: int = 0
) -> Reply:
    found = await ANSWERS[name](connection, Query(tenant=tenant, params={"id": id_, "part": part}))
    return found if isinstance(found, Reply) else await found()


async def pdf_of(connection: asyncpg.Connection, name: str = "invoice_pdf", id_: str = "inv_1") -> bytes:
    first = Pdf.model_validate((await ask(connection, name, id_)).body)
    parts = [(await ask(connection, name, id_, part=part)).body for part in range(first.parts)]
    return b"".join(b64decode(Pdf.model_validate(part).pdf) for part in parts)


async def test_an_issued_invoice_has_a_page_and_a_pdf(connection: asyncpg.Connection) -> None:
    lines = tuple(line(number) for number in range(1, 251))
    issued = InvoiceState(tenant="demo", invoice=invoice(amount_remaining=3600), lines=lines)
    await keep(connection, TaxRateState(tenant="demo", tax_rate=RATE), issued, snapshot(locale="de-DE"))
    page = InvoicePage.model_validate((await ask(connection, "invoice_document")).body)
    assert (page.status, page.remaining.replace("\xa0", " "), page.sheet.title) == ("open", "36,00 $", "Rechnung")
    # A page shows the first lines, and says how many more there are; rates that the snapshot lacks are as they are now
    assert (len(page.sheet.rows), page.rows_left, page.words["rows_left"]) == (
        200,
        50,
        "50 weitere Zeilen stehen im PDF.",
    )
    assert page.sheet.totals[2].label.startswith("Mehrwertsteuer 20")
    assert (await pdf_of(connection)).startswith(b"%PDF")


async def test_a_draft_a_stranger_and_another_tenant_get_nothing(connection: asyncpg.Connection) -> None:
    draft = invoice(id="inv_2", number=None, status="draft", finalized_at=None)
    issued = InvoiceState(tenant="demo", invoice=invoice(amount_remaining=3600))
    await keep(connection, issued, InvoiceState(tenant="demo", invoice=draft), snapshot())
    for name in ("invoice_document", "invoice_pdf"):
        for id_, tenant in (("inv_2", "demo"), ("inv_3", "demo"), ("inv_1", "other")):
            assert (await ask(connection, name, id_, tenant)).status == 404


async def test_a_rate_that_is_renamed_later_changes_no_pdf(connection: asyncpg.Connection) -> None:
    shown = [ShownTaxRate(id="txr_1", name="VAT", percentage="20")]
    issued = InvoiceState(tenant="demo", invoice=invoice(amount_remaining=3600), lines=(line(),))
    rate = TaxRateState(tenant="demo", tax_rate=RATE)
    await keep(connection, rate, issued, snapshot(tax_rates=shown))
    before = sha256(await pdf_of(connection)).hexdigest()
    renamed = RATE.model_copy(update={"display_name": "USt", "version": 2})
    await keep(connection, TaxRateState(tenant="demo", tax_rate=renamed))
    assert sha256(await pdf_of(connection)).hexdigest() == before


async def test_a_pdf_that_no_reply_could_hold_comes_in_parts(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(connection, InvoiceState(tenant="demo", invoice=invoice(amount_remaining=3600)), snapshot())
    whole = await pdf_of(connection)
    monkeypatch.setattr(queries, "PART_BYTES", 5_000)
    assert Pdf.model_validate((await ask(connection, "invoice_pdf")).body).parts > 2
    assert await pdf_of(connection) == whole


async def test_a_pdf_is_made_without_a_connection_and_by_turns(
    connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an issued invoice, of which all was read
    await keep(connection, InvoiceState(tenant="demo", invoice=invoice(amount_remaining=3600)), snapshot())
    made = await ANSWERS["invoice_pdf"](connection, Query(tenant="demo", params={"id": "inv_1"}))
    await connection.close()
    assert not isinstance(made, Reply)

    # Then it is made, and only who would wait too long for others is sent away
    monkeypatch.setattr(rendering, "TURN_SECONDS", 0.05)
    async with rendering._ONE_AT_A_TIME:
        assert (await made()).body["code"] == "overloaded"
    assert (await made()).status == 200


async def test_a_credit_note_has_a_pdf_with_the_words_of_its_invoice(connection: asyncpg.Connection) -> None:
    taken = [CreditNoteLine(id="cnl_1", invoice_line="il_1", quantity="1", amount=1000, tax=200)]
    fields: dict[str, Any] = {"invoice": "inv_1", "customer_id": "abc", "currency": "USD", "total": 1200, **TIMES}
    note = CreditNote(id="cn_1", number="CN-2026-000001", lines=taken, taxes=[TAX], **fields)
    issued = InvoiceState(tenant="demo", invoice=invoice(amount_remaining=3600), lines=(line(),))
    await keep(connection, issued, snapshot(), CreditNoteState(tenant="demo", credit_note=note))
    assert (await pdf_of(connection, "credit_note_pdf", "cn_1")).startswith(b"%PDF")
    assert (await ask(connection, "credit_note_pdf", "cn_2")).status == 404


@pytest.mark.parametrize(
    ("country", "paper"), [("US", "letter"), ("MX", "letter"), ("DE", "a4"), ("JP", "a4"), (None, "a4")]
)
def test_paper_is_what_printers_hold_where_the_customer_lives(country: str | None, paper: str) -> None:
    assert paper_of(Profile(address=Address(country=country))) == paper
    assert paper_of(Profile()) == "a4"

"""A mail on its way out, given what the other actors answer: it ends, and asks for nothing that nobody owes."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from actors.notifications import mail_sending
from actors.notifications.channels import Letter
from actors.notifications.mail_sending import Post, send_mail
from actors.notifications.mails import MailSeller
from messages.customers import Profile
from messages.envelope import Query, Reply
from messages.wire import Json
from tests.notifications.test_mail_contents import SAID, TOLD

CUSTOMER: Json = {"id": "ada", "version": 1, "created_at": SAID, "updated_at": SAID, "email": "ada@example.com"}
INVOICE: Json = {**TOLD, "status": "open", "collection_method": "send_invoice"}
ANSWERS: dict[str, Reply] = {
    "customer": Reply(body=CUSTOMER),
    "suppressed": Reply(body={"reason": None}),
    "invoice": Reply(body=INVOICE),
    "invoice_pdf": Reply(body={"number": "INV-1", "part": 0, "parts": 1, "pdf": b64encode(b"%PDF").decode()}),
}


@dataclass
class Brought:
    """A way to people that takes all letters."""

    letters: list[Letter] = field(default_factory=list)

    def address_of(self, profile: Profile) -> str | None:
        return profile.email

    async def bring(self, letter: Letter) -> Json:
        self.letters.append(letter)
        return {"result": "sent", "detail": None}


async def sent(template: str = "invoice", **answers: Reply | Exception | None) -> tuple[Json, list[Letter]]:
    """The result of a mail about the invoice, and what went out, where actors answer so; None: never."""

    async def ask(_actor: str, name: str, _query: Query) -> Reply:
        answer = {**ANSWERS, **answers}[name]
        if isinstance(answer, Exception):
            raise answer
        return answer or await asyncio.Future[Reply]()

    nowhere: Callable[[str], Any] = lambda _tenant: lambda _invoice: None  # noqa: E731 - as short as it is
    way = Brought()
    request = {
        "tenant": "demo",
        "mail": "mail_1",
        "template": template,
        "addressee": "customer",
        "customer_id": "ada",
        "said_at": SAID,
        "about": INVOICE,
    }
    return await send_mail(Post(ask, MailSeller(name="Shop"), nowhere, way), "call_1", request), way.letters


async def test_an_invoice_goes_out_with_its_pdf() -> None:
    result, [letter] = await sent()
    assert (result["result"], result["to"]) == ("sent", "ada@example.com")
    assert [(each.name, each.pdf) for each in letter.attachments] == [("INV-1.pdf", b"%PDF")]


@pytest.mark.parametrize("template", ["invoice", "payment_failed", "action_required"])
async def test_nobody_gets_a_mail_about_an_invoice_that_is_void_by_now(template: str) -> None:
    result, letters = await sent(template, invoice=Reply(body={**INVOICE, "status": "void", "amount_remaining": 0}))
    assert (result, letters) == ({"result": "suppressed", "detail": "The invoice is void."}, [])


@pytest.mark.parametrize("name", ["customer", "suppressed", "invoice", "invoice_pdf"])
@pytest.mark.parametrize("answer", [Reply(status=500), Reply(status=422), TimeoutError()])
async def test_a_mail_for_which_something_is_not_to_be_had_is_an_attempt_that_failed(
    name: str, answer: Reply | Exception
) -> None:
    result, letters = await sent("invoice", **{name: answer})
    assert (result["result"], letters) == ("later", [])
    assert name in result["detail"]


async def test_a_mail_is_not_tried_as_long_as_who_must_be_asked_is_away() -> None:
    for away in (Reply(status=503), ConnectionError("nobody is there")):
        with pytest.raises(ConnectionError):
            await sent(invoice_pdf=away)


async def test_asking_takes_no_longer_than_the_time_that_a_call_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_sending, "ASKING_SECONDS", 0.05)
    result, letters = await sent(invoice_pdf=None)
    assert (result["result"], letters) == ("later", [])

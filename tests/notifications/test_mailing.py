"""Mails on their way: to the real place where `pocketpay up` takes them in, and to servers that refuse them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from aiosmtplib import SMTPException

from actors.notifications.composing import Attachment, Outgoing, composed
from actors.notifications.mailing import NotTaken, SmtpSettings, send, smtp_settings, without_addresses
from actors.notifications.rendering import render
from pocketpay.embedded.mail_folder import MailFolder
from pocketpay.embedded.mails import running
from tests.notifications.written import AT, mail

PDF = b"%PDF-1.7\r\n" + bytes(range(256)) * 2_000


def outgoing(**changed: Any) -> Outgoing:
    usual = Outgoing(
        id="mail_01ja",
        at=AT,
        mail_from="billing@pay.example",
        sender_name="Blue Shop",
        to="ada@example.com",
        content=render(mail("invoice", locale="ja")),
        reply_to="hi@shop.example",
        attachments=(Attachment("INV-2026-000001.pdf", PDF),),
    )
    return replace(usual, **changed)


async def got(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200
        return await response.read()


async def test_a_mail_arrives_with_its_pdf_byte_for_byte(tmp_path: Path) -> None:
    # Given the place where mails are taken in
    async with running(MailFolder(tmp_path)) as ports:
        # When a mail is sent
        assert await send(SmtpSettings("127.0.0.1", ports.smtp), outgoing()) == {"result": "sent"}
        # Then it is there, as it was written
        (kept,) = MailFolder(tmp_path).newest()
        assert (kept.message_id, kept.to) == ("<mail_01ja@pay.example>", "ada@example.com")
        assert kept.sender == "Blue Shop <billing@pay.example>"
        assert kept.subject == outgoing().content.subject
        page = f"http://127.0.0.1:{ports.page}/mails/{kept.id}"
        assert await got(f"{page}/attachments/0") == PDF
        assert (await got(f"{page}/text")).decode().replace("\r\n", "\n") == outgoing().content.text
        raw = (await got(f"{page}/raw")).decode()
        assert "Auto-Submitted: auto-generated\r\n" in raw
        assert "Reply-To: hi@shop.example\r\n" in raw
        assert "Date: Sun, 22 Nov 2026 10:00:00 +0000\r\n" in raw
        assert raw.isascii()


async def test_a_mail_that_is_sent_again_is_shown_once(tmp_path: Path) -> None:
    async with running(MailFolder(tmp_path)) as ports:
        for _ in range(3):
            await send(SmtpSettings("127.0.0.1", ports.smtp), outgoing())
        await send(SmtpSettings("127.0.0.1", ports.smtp), outgoing(id="mail_01jb"))
        listed = await got(f"http://127.0.0.1:{ports.page}/")
        assert listed.count(b"mail_01ja@pay.example") == 1
        assert b"came 3 times" in listed
    assert [(kept.message_id, kept.repeats) for kept in MailFolder(tmp_path).newest()] == [
        ("<mail_01jb@pay.example>", 0),
        ("<mail_01ja@pay.example>", 2),
    ]


@pytest.mark.parametrize(
    "name", ["Blue\r\nBcc: all@example.com", '"Blue" <evil@example.com>,', "青い店", "=?utf-8?q?x?="]
)
def test_a_sender_s_name_adds_no_header_and_no_address(name: str) -> None:
    import email.policy

    read = email.message_from_bytes(composed(outgoing(sender_name=name)), policy=email.policy.default)
    assert read["Bcc"] is None
    assert [address.addr_spec for address in read["From"].addresses] == ["billing@pay.example"]


@pytest.mark.parametrize("to", ["ada", "ada@", "a\r\nb@example.com", "ü@example.com", "", "a@" + "b" * 80 + ".ü"])
async def test_what_is_no_address_bounces_without_being_tried(to: str) -> None:
    assert (await send(SmtpSettings("127.0.0.1", 1), outgoing(to=to)))["result"] == "bounced"


def test_a_domain_beyond_ascii_is_written_as_servers_know_it() -> None:
    assert b"To: ada@xn--mnchen-3ya.example\r\n" in composed(outgoing(to="ada@münchen.example"))


def refusing(step: str, answer: str) -> object:
    """What aiosmtpd asks, for a server that answers a step of SMTP in its own way."""

    async def mail_(_server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        envelope.mail_from = address
        return answer if step == "MAIL" else "250 OK"

    async def rcpt(_server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        envelope.rcpt_tos.append(address)
        return answer if step == "RCPT" else "250 OK"

    async def data(_server: SMTP, _session: Session, _envelope: Envelope) -> str:
        return answer if step == "DATA" else "250 OK"

    return SimpleNamespace(handle_MAIL=mail_, handle_RCPT=rcpt, handle_DATA=data)


@asynccontextmanager
async def serving(handler: object, **options: Any) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="refusing", loop=loop, **options), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.mark.parametrize(
    ("step", "answer", "result"),
    [
        ("RCPT", "550 no such user", "bounced"),
        ("RCPT", "550 5.1.1 <ada@example.com>: no such user", "bounced"),
        ("RCPT", "552 5.2.2 mailbox full", "bounced"),
        ("RCPT", "554 5.7.1 relay access denied", "failed"),
        ("RCPT", "554 no", "failed"),
        ("MAIL", "553 5.7.1 sender not allowed", "failed"),
        ("MAIL", "552 5.3.4 too large", "failed"),
        ("DATA", "554 5.6.0 looks like spam", "failed"),
        ("DATA", "550 5.1.1 no such user", "bounced"),
        ("DATA", "550 5.1.8 bad sender", "failed"),
        ("DATA", "554 the sender's address 185.1.1.7 is listed", "failed"),
    ],
)
async def test_a_refusal_for_good_is_a_result(step: str, answer: str, result: str) -> None:
    async with serving(refusing(step, answer)) as port:
        told = await send(SmtpSettings("127.0.0.1", port), outgoing())
    assert told["result"] == result
    assert told["detail"].startswith(answer[:3])
    assert "ada@" not in told["detail"], "who was written to is personal"


def test_an_answer_in_another_encoding_is_told_in_ours() -> None:
    assert without_addresses("550 5.1.1 Empf\udce4nger unbekannt").encode() == b"550 5.1.1 Empf?nger unbekannt"


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("RCPT", "451 4.7.1 <ada@example.com> greylisted"),
        ("MAIL", "421 4.3.2 shutting down"),
        ("DATA", "452 4.3.1 disk full"),
        ("MAIL", "530 5.7.0 log in first"),
    ],
)
async def test_what_may_go_better_next_time_raises(step: str, answer: str) -> None:
    async with serving(refusing(step, answer)) as port:
        with pytest.raises(NotTaken, match=answer[:9]) as refused:
            await send(SmtpSettings("127.0.0.1", port), outgoing())
    assert "ada@" not in repr(refused.value), "what is raised stands in logs"


async def test_a_server_that_is_away_or_silent_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    from actors.notifications import mailing

    with pytest.raises((SMTPException, OSError)):
        await send(SmtpSettings("127.0.0.1", 1), outgoing())
    monkeypatch.setattr(mailing, "DEADLINE_SECONDS", 0.2)

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with silent:
        with pytest.raises(TimeoutError):
            await send(SmtpSettings("127.0.0.1", silent.sockets[0].getsockname()[1]), outgoing())


async def test_the_deadline_is_of_all_steps_together(monkeypatch: pytest.MonkeyPatch) -> None:
    from actors.notifications import mailing

    async def answer_slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 slow\r\n")
        while await reader.readline():
            await asyncio.sleep(0.2)
            writer.write(b"250 OK\r\n")
        writer.close()

    monkeypatch.setattr(mailing, "DEADLINE_SECONDS", 0.3)
    async with await asyncio.start_server(answer_slowly, "127.0.0.1", 0) as server:
        with pytest.raises(TimeoutError):
            await send(SmtpSettings("127.0.0.1", server.sockets[0].getsockname()[1]), outgoing())


async def test_a_password_is_never_sent_in_the_clear() -> None:
    # Given a server that offers logins and no encryption
    logins: list[object] = []

    def authenticator(*given: object) -> object:
        logins.append(given)
        raise AssertionError("a password came in the clear")

    async with serving(refusing("", ""), authenticator=authenticator, auth_require_tls=False) as port:
        # When a mail with a login is to go there
        settings = replace(smtp_settings("smtp://ada:secret@mail.example.com"), host="127.0.0.1", port=port)
        with pytest.raises(SMTPException, match="STARTTLS"):
            await send(settings, outgoing())
    # Then it never heard of it
    assert logins == []


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("smtp://127.0.0.1:8108", SmtpSettings("127.0.0.1", 8108)),
        ("smtp://mail.example.com", SmtpSettings("mail.example.com", 587)),
        (
            "smtp://ada:s%40cret@mail.example.com:25",
            SmtpSettings("mail.example.com", 25, must_encrypt=True, user="ada", password="s@cret"),
        ),
        ("smtp://ada:x@localhost:25", SmtpSettings("localhost", 25, user="ada", password="x")),
        ("smtp://ada:x@[::1]:25", SmtpSettings("::1", 25, user="ada", password="x")),
        (
            "smtps://ada:x@mail.example.com",
            SmtpSettings("mail.example.com", 465, tls=True, must_encrypt=True, user="ada", password="x"),
        ),
    ],
)
def test_where_mail_goes_is_read_from_an_address(url: str, settings: SmtpSettings) -> None:
    assert smtp_settings(url) == settings


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://ada@mail.example.com",
        "smtp://a/b?c=secret",
        "smtp://u:1#secret@a",
        "smtp://a:secret",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"smtp|password") as refused:
        smtp_settings(url)
    assert "secret" not in str(refused.value)


def test_a_password_shows_nowhere() -> None:
    assert "s3cret" not in repr(smtp_settings("smtp://ada:s3cret@mail.example.com"))

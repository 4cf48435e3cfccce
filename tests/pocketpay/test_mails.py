"""The place where `pocketpay up` takes mails in: what is kept, and what its pages show and never do."""

import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import aiohttp
import pytest
from aiosmtplib import SMTPResponseException, send
from multidict import CIMultiDictProxy

from pocketpay.embedded import mails
from pocketpay.embedded.mail_folder import HEADER_MAX, MailFolder, opened
from pocketpay.embedded.mails import Ports

NOW = datetime(2026, 11, 22, 10, 0, 0, 123_456, tzinfo=UTC)
SCRIPT = "<script>document.title='broken'</script>"


def written(message_id: str = "<1@a.example>", subject: str = "Hello", html: str = "<p>Hello</p>") -> bytes:
    message = EmailMessage()
    message["Message-ID"], message["Subject"] = message_id, subject
    message["From"], message["To"] = "a@a.example", "b@b.example"
    message.set_content("Hello, as text")
    message.add_alternative(html, subtype="html")
    message.add_attachment(b"<script>", maintype="text", subtype="html", filename="../ü.html")
    return bytes(message)


class Answer(NamedTuple):
    status: int
    body: str
    headers: CIMultiDictProxy[str]


async def get(ports: Ports, path: str, host: str = "localhost") -> Answer:
    url, headers = f"http://127.0.0.1:{ports.page}{path}", {"Host": host}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return Answer(response.status, (await response.read()).decode(errors="replace"), response.headers)


@pytest.fixture
def folder(tmp_path: Path) -> MailFolder:
    return MailFolder(tmp_path / "mails")


@pytest.fixture
async def ports(folder: MailFolder) -> AsyncIterator[Ports]:
    async with mails.running(folder) as ports:
        yield ports


def test_mails_are_found_again_after_a_restart(tmp_path: Path) -> None:
    # Given a mail that came three times, and another
    folder, content = MailFolder(tmp_path), written()
    for seconds in (0, 1, 3):
        folder.keep(content, NOW + timedelta(seconds=seconds))
    folder.keep(written("<2@a.example>", "Good bye"), NOW + timedelta(seconds=2))
    # When it begins anew, also after it was killed while it wrote
    (tmp_path / "half.new").write_bytes(b"Subject: half")
    again = MailFolder(tmp_path)
    # Then it knows the same
    assert again.newest() == folder.newest()
    assert [(mail.subject, mail.repeats) for mail in again.newest()] == [("Good bye", 0), ("Hello", 2)]
    assert again.raw(again.newest()[1]) == content
    assert not (tmp_path / "half.new").exists()


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    folder = MailFolder(tmp_path, mails_max=2)
    for number in range(4):
        folder.keep(written(f"<{number}@a.example>"), NOW + timedelta(seconds=number))
    assert [mail.message_id for mail in folder.newest()] == ["<3@a.example>", "<2@a.example>"]
    assert len(list(tmp_path.iterdir())) == 2


def test_nobody_else_on_the_machine_reads_them(folder: MailFolder, tmp_path: Path) -> None:
    folder.keep(written(), NOW)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert modes == {0o700, 0o600}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: " + b"x" * 100_000,
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\nhello",
        b"Subject: =?utf-8?b?////?=\r\nFrom: <<<>>>@\r\nTo: :;,\r\nMessage-ID: []\r\n\r\n",
        b"Content-Disposition: attachment; filename*0*=x''%ff\r\n\r\nhello",
    ],
)
async def test_whatever_comes_is_kept_and_shown(content: bytes, folder: MailFolder, ports: Ports) -> None:
    kept = folder.keep(content, NOW)
    opened(folder.raw(kept))
    assert len(kept.subject) <= HEADER_MAX
    for path in ("/", "/mails.json", f"/mails/{kept.id}", f"/mails/{kept.id}.json", f"/mails/{kept.id}/raw"):
        assert (await get(ports, path)).status == 200


async def test_a_mail_on_its_page_can_do_nothing(folder: MailFolder, ports: Ports) -> None:
    # Given a mail that would like to
    content = written(subject=SCRIPT, html=SCRIPT).replace(b"<1@a.example>", f"<{SCRIPT}@a.example>".encode())
    kept = folder.keep(content, NOW)
    # Then no page of ours has its script
    for path in ("/style.css", "/mails.css", "/icon.svg"):
        assert (await get(ports, path)).status == 200
    for path in ("/", f"/mails/{kept.id}"):
        page = await get(ports, path)
        assert SCRIPT not in page.body
        assert "<script" not in page.body
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none';")
    # And its own HTML is in a box without scripts, forms, an origin or a way to fetch anything
    html = await get(ports, f"/mails/{kept.id}/html")
    assert SCRIPT in html.body
    policy = html.headers["Content-Security-Policy"].split("; ")
    assert policy[:2] == ["sandbox allow-popups allow-popups-to-escape-sandbox", "default-src 'none'"]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in (await get(ports, f"/mails/{kept.id}")).body
    # And what is attached is a file to keep, never a page
    file = await get(ports, f"/mails/{kept.id}/attachments/0")
    assert file.headers["Content-Type"] == "application/octet-stream"
    assert file.headers["Content-Disposition"] == "attachment; filename*=UTF-8''..%2F%C3%BC.html"
    assert file.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_mail_reads_as_json(folder: MailFolder, ports: Ports) -> None:
    import json

    kept = folder.keep(written(), NOW)
    (listed,) = json.loads((await get(ports, "/mails.json")).body)["data"]
    assert listed == {
        "id": kept.id,
        "message_id": "<1@a.example>",
        "from": "a@a.example",
        "to": "b@b.example",
        "subject": "Hello",
        "at": "2026-11-22T10:00:00.123Z",
        "repeats": 0,
    }
    one = json.loads((await get(ports, f"/mails/{kept.id}.json")).body)
    assert (one["text"], one["html"]) == ("Hello, as text\n", "<p>Hello</p>\n")
    assert one["attachments"] == [{"name": "../ü.html", "media_type": "text/html"}]


@pytest.mark.parametrize("path", ["/mails/0123", "/mails/0123/raw", "/mails/../../etc/passwd", "/nowhere"])
async def test_what_is_not_there_is_not_found(path: str, ports: Ports) -> None:
    assert (await get(ports, path)).status == 404


async def test_an_attachment_that_is_not_there_is_not_found(folder: MailFolder, ports: Ports) -> None:
    kept = folder.keep(written(), NOW)
    assert (await get(ports, f"/mails/{kept.id}/attachments/1")).status == 404


async def test_another_name_that_leads_here_is_turned_away(ports: Ports) -> None:
    assert (await get(ports, "/mails.json", host="attacker.example")).status == 403
    assert (await get(ports, "/mails.json", host="127.0.0.1:8107")).status == 200


async def test_a_mail_that_is_too_large_or_cannot_be_written_is_refused(
    folder: MailFolder, ports: Ports, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Given mails of 25 MB at most, one that is larger is refused for good
    large = written() + b"x\r\n" * (mails.BYTES_MAX // 3)
    with pytest.raises(SMTPResponseException) as refused:
        await send(large, sender="a@a.example", recipients=["b@b.example"], hostname="127.0.0.1", port=ports.smtp)
    assert refused.value.code == 552
    # And one that there is no room for may come again
    monkeypatch.setattr(folder, "_path", tmp_path / "gone")
    with pytest.raises(SMTPResponseException) as refused:
        await send(written(), sender="a@a.example", recipients=["b@b.example"], hostname="127.0.0.1", port=ports.smtp)
    assert refused.value.code == 452


async def test_it_is_ready_while_it_takes_mails_in(folder: MailFolder, ports: Ports) -> None:
    assert (await get(ports, "/healthz")).status == 200
    assert (await get(ports, "/readyz")).body == '{"status": "ready", "checks": {"smtp": "ok"}}'

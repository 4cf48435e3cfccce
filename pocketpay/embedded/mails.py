"""The process `mails`: takes in every mail on a loopback port, sends none on, and shows them on another port."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session
from structlog.stdlib import get_logger

from pocketpay.embedded.mail_folder import BYTES_MAX, MailFolder
from pocketpay.embedded.mail_site import application
from pocketpay.settings import Settings

HOST = "127.0.0.1"
CONNECTION_SECONDS = 60.0

_log = get_logger()


class Ports(NamedTuple):
    """Where it takes mails in and where it shows them."""

    smtp: int
    page: int


FREE_PORTS = Ports(0, 0)


async def serve_mails(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. Listens where POCKETPAY_SMTP_URL sends; raises SystemExit for one that it cannot."""
    url = urlsplit(settings.smtp_url.get_secret_value() if settings.smtp_url else "")
    if url.scheme != "smtp" or url.hostname not in ("127.0.0.1", "localhost") or not url.port:
        raise SystemExit("POCKETPAY_SMTP_URL: mails are taken in on this machine alone, such as smtp://127.0.0.1:8108")
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    async with running(MailFolder(settings.data_dir / "mails"), Ports(url.port, settings.health_port)):
        await asked.wait()


@contextlib.asynccontextmanager
async def running(folder: MailFolder, ports: Ports = FREE_PORTS) -> AsyncIterator[Ports]:
    """Inside, it takes in and shows. Port 0 takes a free one."""
    server = await _taking_in(folder, ports.smtp)
    runner = web.AppRunner(application(folder, server), access_log=None, shutdown_timeout=1)
    try:
        await runner.setup()
        await web.TCPSite(runner, HOST, ports.page).start()
        yield Ports(server.sockets[0].getsockname()[1], runner.addresses[0][1])
    finally:
        await runner.cleanup()
        server.close()


async def _taking_in(folder: MailFolder, port: int) -> asyncio.Server:
    loop, taking = asyncio.get_running_loop(), _Taking(folder)

    def connection() -> SMTP:
        return SMTP(taking, data_size_limit=BYTES_MAX, timeout=CONNECTION_SECONDS, hostname="localhost", loop=loop)

    return await loop.create_server(connection, HOST, port)


class _Taking:
    """What aiosmtpd asks when a mail is there."""

    def __init__(self, folder: MailFolder) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd looks for this name
        try:
            kept = self._folder.keep(envelope.original_content or b"", datetime.now(UTC))
        except OSError as error:
            _log.warning("mail.unkept", error=repr(error))
            return "452 4.3.1 the folder of mails cannot be written"
        _log.info("mail.kept", mail=kept.id, repeats=kept.repeats)
        return f"250 2.0.0 kept as {kept.id}"

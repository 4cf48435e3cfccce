"""Mails to a server that offers encryption: a login goes there, once somebody vouches for its certificate."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from aiosmtplib import SMTPException
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from actors.notifications.mailing import send, smtp_settings
from tests.notifications.test_mailing import outgoing

LOGIN = "smtp://ada:s%40cret@mail.example.com"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of localhost, signed by itself, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*plain))
    return file


class Server:
    """Takes mails of whoever logs in, over an encrypted connection alone."""

    def __init__(self, certificate: Path) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.port, self.logins, self.mails = 0, list[tuple[bytes, bytes]](), list[bytes]()

    def connection(self) -> SMTP:
        loop = asyncio.get_running_loop()
        options = {"auth_required": True, "authenticator": self.login, "require_starttls": True}
        return SMTP(self, hostname="localhost", loop=loop, tls_context=self.context, **options)  # pyright: ignore[reportArgumentType] # one type for all of them

    def login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login, given.password))
        return AuthResult(success=given.password == b"s@cret", handled=False)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd looks for this name
        self.mails.append(envelope.original_content or b"")
        return "250 OK"


@pytest.fixture
async def server(certificate: Path) -> AsyncIterator[Server]:
    made = Server(certificate)
    listening = await asyncio.get_running_loop().create_server(made.connection, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    yield made
    listening.close()


async def test_a_login_goes_over_an_encrypted_connection(
    server: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an authority that the operator trusts
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    settings = replace(smtp_settings(LOGIN), host="localhost", port=server.port)
    # When a mail is sent, then it arrives
    assert await send(settings, outgoing()) == {"result": "sent"}
    assert server.logins == [(b"ada", b"s@cret")]
    assert len(server.mails) == 1
    # And a wrong password is no result: an operator may set it right
    with pytest.raises(SMTPException):
        await send(replace(settings, password="wrong"), outgoing())


async def test_a_certificate_that_nobody_vouches_for_gets_no_password(server: Server) -> None:
    settings = replace(smtp_settings(LOGIN), host="localhost", port=server.port)
    with pytest.raises((SMTPException, OSError)):
        await send(settings, outgoing())
    assert (server.logins, server.mails) == ([], [])

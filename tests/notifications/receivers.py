"""Receivers of webhooks on this machine, down to the bytes: good ones, and each bad manner there is."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Manner = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Receiver:
    """`heard` are the requests, as they came; `callers` counts connections, those without a request too."""

    port: int = 0
    callers: int = 0
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@contextlib.asynccontextmanager
async def receiver(manner: Manner, tls: ssl.SSLContext | None = None, listens: bool = True) -> AsyncIterator[Receiver]:
    """Reads each request to its end, then does as told; with `listens=False` it leaves that to the manner."""
    at, serving = Receiver(), set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at.callers += 1
        task = asyncio.create_task(served(reader, writer))
        serving.add(task)
        await asyncio.wait({task})

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                if listens:
                    at.heard.append(await _request(reader))
                await manner(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    at.port = server.sockets[0].getsockname()[1]
    try:
        yield at
    finally:
        server.close()
        for task in serving:
            task.cancel()
        if serving:
            await asyncio.wait(serving)


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.rstrip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return first, headers, await reader.readexactly(int(headers.get("content-length", "0")))


def answers(status: str, *headers: str, body: bytes = b"") -> Manner:
    """`answers("200 OK")`, said at once."""

    async def manner(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers)
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()

    return manner


def says(*parts: bytes, pause_seconds: float = 0, ends: bool = True) -> Manner:
    """These bytes and no others; without an end the connection stays open for a minute."""

    async def manner(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause_seconds)
        if not ends:
            await asyncio.sleep(60)

    return manner


def pours(head: bytes, chunk: bytes, times: int, poured: list[int]) -> Manner:
    """The chunk again and again; `poured` gets the bytes that were taken."""

    async def manner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        for _ in range(times):
            writer.write(chunk)
            await writer.drain()
            poured.append(len(chunk))

    return manner


async def resets(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Without a word."""
    writer.transport.abort()


def certificate(folder: Path, name: str, days: int = 1) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for a name or an address, and that of a client who trusts its certificate alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a receiver in tests")])
    names: Sequence[x509.GeneralName] = [x509.DNSName(name)]
    if name[0].isdigit():
        names = [x509.IPAddress(IPv4Address(name))]
    begins = datetime.now(UTC) - timedelta(days=2)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=2 + days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))

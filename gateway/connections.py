"""Connections that answer what is no HTTP as a problem too, in one log line instead of a traceback."""

import asyncio
import socket

import structlog
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong
from aiohttp.web_protocol import RequestHandler
from pydantic_core import to_json

from gateway.outcomes import refusal
from gateway.problems import MEDIA_TYPE, Problem
from messages.ids import new_id

KEEP_ALIVE_SECONDS = 30
"""Also the deadline of a first request: whoever sends its headers slower than that is hung up on."""

TAKEN_SECONDS = 30
"""How long an answer may lie in the kernel without the other side taking any of it; where Linux counts it."""

LINGER_SECONDS = 2.0
"""How long a body that nobody wants is still taken, so that its sender gets to read the answer."""

ADDRESS_BYTES_MAX = 8_192
HEADER_BYTES_MAX = 8_190
"""Two numbers, since by its limit alone aiohttp says which of the two a line was too long for."""

log = structlog.get_logger("gateway.connections")


class Connection(RequestHandler):
    """Differs from aiohttp's own in what unreadable requests are told, and in letting nobody hold an answer up."""

    __slots__ = ()

    def connection_made(  # pyright: ignore[reportImplicitOverride] - `override` is of Python 3.12
        self, transport: asyncio.BaseTransport
    ) -> None:
        """Called by the loop. Streams have a deadline of their own, which is shorter."""
        super().connection_made(transport)
        peer = transport.get_extra_info("socket")
        if peer is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, TAKEN_SECONDS * 1_000)

    def handle_error(  # pyright: ignore[reportImplicitOverride] - `override` is of Python 3.12
        self,
        request: web.BaseRequest,
        status: int = 500,  # noqa: ARG002 - the signature is aiohttp's
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - the signature is aiohttp's
    ) -> web.StreamResponse:
        """Called by aiohttp before any route is found. Raises ConnectionError when an answer has begun."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun already")
        request_id = new_id("req")
        problem = _problem_of(exc)
        log.warning("request_unreadable", request_id=request_id, code=problem.code, error=type(exc).__name__)
        answer = refusal(problem, request_id)
        headers = {
            **answer.headers,
            "Request-Id": request_id,
            "Content-Type": MEDIA_TYPE,
            "Server": "PocketPay",
        }
        response = web.Response(status=answer.status, body=to_json(answer.body), headers=headers)
        response.force_close()
        return response


def _problem_of(failure: BaseException | None) -> Problem:
    match failure:
        case LineTooLong(args=(_, limit, _)) if limit == ADDRESS_BYTES_MAX:
            return Problem("uri_too_long", f"The address has at most {ADDRESS_BYTES_MAX:,} bytes.")
        case LineTooLong():
            return Problem("headers_too_large", f"Each header has at most {HEADER_BYTES_MAX:,} bytes.")
        case BadHttpMessage():
            return Problem("invalid_header", "The request line or a header is not HTTP/1.1.")
        case _:
            return Problem("internal_error", "The cause is in the gateway's log, under this request_id.")


async def listen(runner: web.AppRunner, host: str, port: int) -> asyncio.Server:
    """Accepts connections for the runner's application; bodies are never unpacked."""
    loop = asyncio.get_running_loop()
    server = runner.server
    assert server is not None, "the runner is set up"

    def connection() -> Connection:
        return Connection(
            server,
            loop=loop,
            access_log=None,  # pyright: ignore[reportArgumentType] - None is how aiohttp is told to write none
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,
            max_line_size=ADDRESS_BYTES_MAX,
            max_field_size=HEADER_BYTES_MAX,
        )

    return await loop.create_server(connection, host, port, backlog=1024)

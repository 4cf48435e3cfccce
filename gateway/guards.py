"""What every request must be before a route sees it: for a known host, of our own origin, of a sane shape."""

import asyncio
import re

from aiohttp import web

from gateway.problems import FieldError, Problem, invalid
from messages.ids import new_id

BODY_BYTES_MAX = 2**20
BODY_SECONDS = 10.0
REASON_MAX = 500

_KEY = re.compile(r"[ -~]{1,255}", re.ASCII)
_TAG = re.compile(r'"\d{1,15}"', re.ASCII)
_PROBES = frozenset({"/healthz", "/readyz"})
_WAIT = re.compile(r"wait=\"?(\d{1,6})\"?", re.ASCII)


def check_host(request: web.Request, hosts: frozenset[str]) -> None:
    """Raises Problem `invalid_host`: another name that resolves here may belong to an attacker's page.

    Probes call by address and get nothing worth stealing.
    """
    if request.path not in _PROBES and host_name(request.headers.get("Host", "")) not in hosts:
        raise Problem("invalid_host", "This gateway is not called by that name; see its list of hosts.")


def host_name(host: str) -> str:
    """`[::1]:8011` is `[::1]`, `LOCALHOST:8011` is `localhost`."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isascii() and port.isdigit() else host.lower()


async def read_body(request: web.Request, bytes_max: int = BODY_BYTES_MAX) -> bytes:
    """The body as sent, at most 1 MiB where the route takes no more, within the deadline; nothing is ever unpacked."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise Problem("unsupported_media_type", "Send the body without Content-Encoding.")
    if not request.body_exists:
        return b""
    _check_content_type(request)
    if (request.content_length or 0) > bytes_max:
        raise _too_large(bytes_max)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _read(request, bytes_max)
    except (web.RequestPayloadError, ConnectionError) as why:
        raise Problem("malformed_json", "The body broke off, or its chunks cannot be read.") from why
    except TimeoutError as why:
        raise Problem("request_timeout", f"The body took longer than {BODY_SECONDS:g} s.") from why


async def _read(request: web.Request, bytes_max: int) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > bytes_max:
            raise _too_large(bytes_max)
    return bytes(body)


def _too_large(bytes_max: int) -> Problem:
    return Problem("body_too_large", f"A body has at most {bytes_max} bytes here.", headers={"Connection": "close"})


def _check_content_type(request: web.Request) -> None:
    charset = (request.charset or "utf-8").lower()
    if request.content_type != "application/json" or charset not in ("utf-8", "utf8"):
        raise Problem("unsupported_media_type", "Send Content-Type: application/json, in UTF-8.")


def idempotency_key(request: web.Request) -> str:
    """The client's, or a new one. Raises Problem `invalid_header`."""
    keys = request.headers.getall("Idempotency-Key", [])
    if not keys:
        return new_id("key")
    if len(keys) > 1 or not _KEY.fullmatch(keys[0]):
        detail = "Idempotency-Key must be there once, with 1 to 255 printable ASCII characters."
        raise invalid("invalid_header", [FieldError("bad_format", detail, parameter="Idempotency-Key")])
    return keys[0]


def reason_of(request: web.Request) -> str | None:
    """Why a correction is made, in `PocketPay-Reason`; None if nothing is said. Raises Problem `invalid_header`."""
    reasons = request.headers.getall("PocketPay-Reason", [])
    if not reasons:
        return None
    text = reasons[0].strip()
    if len(reasons) > 1 or not 1 <= len(text) <= REASON_MAX or not text.isprintable() or not _is_text(text):
        detail = f"PocketPay-Reason must be there once, with 1 to {REASON_MAX} printable characters."
        raise invalid("invalid_header", [FieldError("bad_format", detail, parameter="PocketPay-Reason")])
    return text


def needed_reason(request: web.Request) -> str:
    """As `reason_of`, where a reason must be given. Raises Problem `invalid_header`."""
    reason = reason_of(request)
    if reason is None:
        detail = "Say why in the header PocketPay-Reason: it is kept."
        raise invalid("invalid_header", [FieldError("missing", detail, parameter="PocketPay-Reason")])
    return reason


def expected_version(request: web.Request) -> int | None:
    """The version that `If-Match` names; None if none or any will do. Raises Problem for a tag that we never gave."""
    given = [tag.strip() for line in request.headers.getall("If-Match", []) for tag in line.split(",")]
    if not given or given == ["*"]:
        return None
    if len(given) > 1:
        detail = "If-Match takes one version, as the ETag of an answer says it."
        raise invalid("invalid_header", [FieldError("bad_format", detail, parameter="If-Match")])
    if not _TAG.fullmatch(given[0]):
        raise Problem("version_conflict", "No version of this resource was ever called so.")
    return int(given[0].strip('"'))


def _is_text(header: str) -> bool:
    """Bytes that are no UTF-8 come as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in header)


def preferred_wait_seconds(request: web.Request, default: float, most: float) -> float:
    """`Prefer: wait=N` or `respond-async` (RFC 7240); what else is preferred is ignored, as that RFC says."""
    preferences = [part.strip().lower() for part in ",".join(request.headers.getall("Prefer", [])).split(",")]
    waits = [found for part in preferences if (found := _WAIT.fullmatch(part))]
    if waits:
        return min(float(waits[0][1]), most)
    return 0.0 if "respond-async" in preferences else default


def wants_events(request: web.Request) -> bool:
    """Whether the client asks for server-sent events. A HEAD ends with its headers, and so never does."""
    return request.method != "HEAD" and "text/event-stream" in request.headers.get("Accept", "").lower()

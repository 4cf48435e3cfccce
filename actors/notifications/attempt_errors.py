"""Why an attempt to deliver brought no answer, in the words of the API's `error` and in those of its cause."""

import ssl
from collections.abc import Iterator
from typing import Final

import aiohttp
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong

from actors.notifications.resolving import AddressRefused

DETAIL_CHARACTERS_MAX: Final = 300


def error_and_detail(error: Exception) -> tuple[str, str]:
    """Whatever was raised between the lookup and the answer's headers. What broke off, or is no HTTP, counts as
    `connection_refused`; headers that are too large to be read as `body_too_large`."""
    return _named(error), _told(error)[:DETAIL_CHARACTERS_MAX]


def _named(error: Exception) -> str:
    match error:
        case AddressRefused():
            return "address_refused"
        case aiohttp.ClientConnectorDNSError():
            return "dns_failed"
        case _ if any(isinstance(each, ssl.SSLError | ssl.CertificateError) for each in _causes(error)):
            return "tls_failed"
        case _ if any(isinstance(each, TimeoutError) for each in _causes(error)):
            return "timeout"
        case _ if any(_is_beyond_measure(each) for each in _causes(error)):
            return "body_too_large"
        case _:
            return "connection_refused"


def _told(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "no answer within the deadline"
        case aiohttp.ClientConnectorDNSError():
            return error.os_error.strerror or str(error.os_error)
        case aiohttp.ClientResponseError():
            return f"the answer cannot be read: {error.message}"
        case _:
            return str(error) or type(error).__name__


def _is_beyond_measure(error: BaseException) -> bool:
    return isinstance(error, LineTooLong) or (
        isinstance(error, BadHttpMessage) and error.message.startswith("Too many")  # it has no class of its own
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__

"""Why a server could not be reached is said in a few words."""

import socket
import ssl

import aiohttp
import pytest
from yarl import URL

from health.unreached import why


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 1)"), "connection refused"),
        (TimeoutError(), "no answer in time"),
        (TimeoutError("no answer within 5 s"), "no answer within 5 s"),
        (socket.gaierror(-2, "Name or service not known"), "[Errno -2] Name or service not known"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "no TLS: "),
        (ValueError(), "ValueError"),
    ],
)
def test_it_is_said_in_words(error: Exception, words: str) -> None:
    assert why(error).startswith(words)


async def test_of_a_client_it_is_what_is_behind_its_error() -> None:
    async with aiohttp.ClientSession() as http:
        for url, words in (("http://127.0.0.1:1", "connection refused"), (URL("http://nowhere.invalid"), "")):
            with pytest.raises(aiohttp.ClientError) as caught:
                await http.get(url)
            assert why(caught.value).startswith(words)
            assert "ssl:default" not in why(caught.value)

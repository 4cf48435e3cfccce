"""By which scheme a browser came, and so which pages are our own."""

from typing import Final

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from gateway.addresses import networks
from gateway.door import Settings
from gateway.process import LOOPBACK_NAMES
from gateway.schemes import scheme_of

PROXY, STRANGER = "10.0.0.7", "203.0.113.7"
PUBLIC: Final = "https://pay.example"


@pytest.mark.parametrize(
    ("peer", "told", "public_url", "host", "scheme"),
    [
        (STRANGER, None, None, "pay.example", "http"),
        (STRANGER, "https", None, "pay.example", "http"),
        (PROXY, "https", None, "pay.example", "https"),
        (PROXY, "HTTPS", None, "pay.example", "https"),
        (PROXY, "http", PUBLIC, "pay.example", "http"),
        (PROXY, None, None, "pay.example", "http"),
        (PROXY, "gopher", None, "pay.example", "http"),
        (STRANGER, None, PUBLIC, "PAY.example", "https"),
        (STRANGER, "http", PUBLIC, "pay.example", "https"),
        (STRANGER, None, PUBLIC, "localhost:8011", "http"),
        (STRANGER, None, "http://pay.example", "pay.example", "http"),
    ],
)
def test_the_scheme_is_told_by_proxies_of_ours_or_by_the_public_name(
    monkeypatch: pytest.MonkeyPatch, peer: str, told: str | None, public_url: str | None, host: str, scheme: str
) -> None:
    monkeypatch.setattr(web.BaseRequest, "remote", property(lambda _: peer))
    settings = Settings("keys", LOOPBACK_NAMES, proxies=networks(["10.0.0.0/8"]), public_url=public_url)
    headers = {"Host": host, **({"X-Forwarded-Proto": told} if told else {})}
    assert scheme_of(settings, make_mocked_request("GET", "/", headers=headers)) == scheme

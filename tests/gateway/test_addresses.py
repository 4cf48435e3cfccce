"""From where a request comes, whoever claims what."""

import pytest

from gateway.addresses import client_address, networks

PROXY = "10.0.0.7"
TRUSTED = networks(["10.0.0.0/8", "127.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("8.8.8.8", (), "8.8.8.8"),
        ("8.8.8.8", ("1.1.1.1",), "8.8.8.8"),  # anybody can send the header
        (PROXY, ("8.8.8.8",), "8.8.8.8"),
        (PROXY, ("8.8.8.8:51234",), "8.8.8.8"),
        (PROXY, ("1.1.1.1, 8.8.8.8",), "8.8.8.8"),  # what stands before is invented
        (PROXY, ("1.1.1.1", "8.8.8.8"), "8.8.8.8"),  # in two lines
        (PROXY, ("8.8.8.8, 10.1.2.3",), "8.8.8.8"),  # two proxies of ours
        (PROXY, ("8.8.8.8, 127.0.0.1, ::ffff:10.1.2.3",), "8.8.8.8"),
        (PROXY, ("8.8.8.8, nonsense",), None),
        (PROXY, ("8.8.8.8,",), None),
        (PROXY, (), None),
        (PROXY, ("10.9.9.9",), None),
        ("192.168.1.4", ("8.8.8.8",), None),  # a proxy that nobody told us of
        ("127.0.0.1", (), None),
        ("100.64.1.1", (), None),
        ("2606:4700:1:2:3:4:5:6", (), "2606:4700:1:2::/64"),
        ("fd00::1", ("2606:4700:1:2::9",), "2606:4700:1:2::/64"),
        ("::ffff:8.8.8.8", (), "8.8.8.8"),
        ("::1", (), None),
        ("fe80::1%eth0", (), None),
        (None, ("8.8.8.8",), None),
        ("", (), None),
    ],
)
def test_only_proxies_that_are_trusted_are_believed(
    peer: str | None, forwarded: tuple[str, ...], address: str | None
) -> None:
    assert client_address(peer, forwarded, TRUSTED) == address


def test_what_is_no_network_is_told_at_the_start() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.1/8 has host bits set"):
        networks(["10.0.0.1/8"])

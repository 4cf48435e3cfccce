"""Where webhooks may go: to the public internet over TLS, and to the networks that the operator allows; no lookups.

The special networks are those of IANA's two Special-Purpose Address Registries, and where clouds keep their metadata.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

URL_LENGTH_MAX: Final = 2048
PORTS: Final = (443, 8443)
HOST_LENGTH_MAX: Final = 253

_SPECIAL: Final[Sequence[tuple[Network, str]]] = tuple(
    (ip_network(text), what)
    for text, what in (
        ("0.0.0.0/8", "is no host's"),
        ("10.0.0.0/8", "is private"),
        ("100.64.0.0/10", "is a carrier's own"),
        ("127.0.0.0/8", "is loopback"),
        ("168.63.129.16/32", "is a cloud's metadata"),
        ("169.254.0.0/16", "is link-local, where clouds keep their metadata"),
        ("172.16.0.0/12", "is private"),
        ("192.0.0.0/24", "is reserved"),
        ("192.0.2.0/24", "is for documentation"),
        ("192.88.99.0/24", "is a relay's"),
        ("192.168.0.0/16", "is private"),
        ("198.18.0.0/15", "is for benchmarks"),
        ("198.51.100.0/24", "is for documentation"),
        ("203.0.113.0/24", "is for documentation"),
        ("224.0.0.0/4", "is multicast"),
        ("240.0.0.0/4", "is reserved"),
        ("::/128", "is unspecified"),
        ("::1/128", "is loopback"),
        ("::/96", "is an IPv4 address in another form"),
        ("::ffff:0:0/96", "is an IPv4 address in another form"),
        ("::ffff:0:0:0/96", "is an IPv4 address in another form"),
        ("64:ff9b::/96", "is an IPv4 address behind NAT64"),
        ("64:ff9b:1::/48", "is an IPv4 address behind NAT64"),
        ("100::/64", "is discarded"),
        ("2001::/32", "is Teredo"),
        ("2001::/23", "is reserved"),
        ("2001:db8::/32", "is for documentation"),
        ("2002::/16", "is 6to4"),
        ("3fff::/20", "is for documentation"),
        ("5f00::/16", "is a router's own"),
        ("fc00::/7", "is private"),
        ("fe80::/10", "is link-local"),
        ("fec0::/10", "is site-local"),
        ("ff00::/8", "is multicast"),
    )
)
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_LAST_FOUR_BYTES: Final = tuple(
    IPv6Network(text) for text in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")
)
_ISATAP: Final = (0x00005EFE, 0x02005EFE)

_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+)(?::(?P<port>[0-9]{1,5}))?(?:[/?].*)?",
    re.IGNORECASE | re.ASCII,
)
_CHARACTERS: Final = re.compile(r"[0-9A-Za-z._~:/?#\[\]@!$&'()*+,;=%-]*", re.ASCII)
_LABEL: Final = re.compile(r"[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII | re.IGNORECASE)
_METADATA: Final = frozenset({"metadata.google.internal", "instance-data.ec2.internal"})
"""Where clouds keep their metadata: refused by name also where networks are allowed."""

_INSIDE: Final = ("localhost", "localdomain", "internal", "local", "lan", "home.arpa")


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Of CIDRs. Raises ValueError for what is none, such as `10.0.0.1/8`."""
    return tuple(ip_network(text) for text in texts)


def address_refusal(address: Address, allow: Sequence[Network]) -> str | None:
    """Why nothing is sent there, in words. An IPv4 address inside an IPv6 one must be permitted as well."""
    for inner in _embedded(address):
        if refusal := address_refusal(inner, allow):
            return f"{address} stands for another: {refusal}"
    if allowed(address, allow):
        return None
    what = next((what for network, what in _SPECIAL if address in network), None)
    if what is None and (not address.is_global or _is_beyond(address)):
        what = "is not public"
    return f"{address} {what}" if what else None


def allowed(address: Address, allow: Sequence[Network]) -> bool:
    """Whether it lies in a network that the operator named; an address that names an interface never does."""
    return not _has_scope(address) and any(address in network for network in allow)


def url_refusal(url: str, allow: Sequence[Network]) -> str | None:
    """Why an endpoint may not have this URL, in words, as far as the text tells: the addresses of a name are checked
    at every attempt. Where networks are allowed a name may turn out to be in them."""
    if len(url) > URL_LENGTH_MAX:
        return f"the URL is longer than {URL_LENGTH_MAX} characters"
    if not _CHARACTERS.fullmatch(url):
        return "the URL has characters that are to be written in percent-encoding, or in a host as xn--…"
    if "#" in url:
        return "the URL has a fragment, which is never sent"
    found = _URL.fullmatch(url)
    if found is None:
        return _malformed(url)
    if found["port"] and not 0 < int(found["port"]) <= 65535:
        return f"there is no port {found['port']}"
    return _host_refusal(found["host"], allow) or _reach_refusal(url, found["host"], allow)


def needs_allowed(url: str) -> bool:
    """Whether only allowed networks will do: the URL passed `url_refusal`, but is plain http or has another port."""
    found = _URL.fullmatch(url)
    return found is None or found["scheme"].lower() != "https" or int(found["port"] or 443) not in PORTS


def literal(host: str) -> Address | None:
    """The address that a URL's host is, in its usual form; None for a name. Raises ValueError for any other form."""
    if host.startswith("["):
        return IPv6Address(host[1:-1])
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return IPv4Address(host)
    return None


def _malformed(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        return "the URL must begin with https://"
    if "@" in re.split(r"[/?]", rest, maxsplit=1)[0]:
        return "the URL has a user name or password"
    return "the URL has no host that can be called"


def _host_refusal(host: str, allow: Sequence[Network]) -> str | None:
    try:
        address = literal(host)
    except ValueError:
        return f"{host} is no address in its usual form"
    if address is not None:
        return address_refusal(address, allow)
    if len(host) > HOST_LENGTH_MAX or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        return f"{host[:HOST_LENGTH_MAX]} is no host name"
    if host.lower().rstrip(".") in _METADATA:
        return f"{host} is a cloud's metadata"
    if not allow and ("." not in host or any(f".{host.lower()}".endswith(f".{each}") for each in _INSIDE)):
        return f"{host} is a name of inner networks"
    return None


def _reach_refusal(url: str, host: str, allow: Sequence[Network]) -> str | None:
    address = literal(host)
    if not needs_allowed(url) or (allow if address is None else allowed(address, allow)):
        return None
    if not url.lower().startswith("https:"):
        return "the URL must begin with https://"
    return f"the port must be {' or '.join(map(str, PORTS))}"


def _embedded(address: Address) -> Iterator[IPv4Address]:
    if isinstance(address, IPv4Address) or address in (IPv6Address("::"), IPv6Address("::1")):
        return
    bits = int(address)
    if any(address in network for network in _LAST_FOUR_BYTES) or (bits >> 32) & 0xFFFFFFFF in _ISATAP:
        yield IPv4Address(bits & 0xFFFFFFFF)
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo


def _is_beyond(address: Address) -> bool:
    return isinstance(address, IPv6Address) and (address not in _GLOBAL_UNICAST or address.scope_id is not None)


def _has_scope(address: Address) -> bool:
    return isinstance(address, IPv6Address) and address.scope_id is not None

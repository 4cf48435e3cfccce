"""Which addresses and URLs webhooks may go to, with every form that an inner address can be written in."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from messages.webhook_addresses import address_refusal, literal, needs_allowed, networks, url_refusal


def listed(text: str) -> list[str]:
    return text.split()


REFUSED = listed("""
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1
192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1
255.255.255.255 :: ::1 ::2 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:169.254.169.254
::ffff:0:10.0.0.1 ::ffff:0:8.8.8.8 64:ff9b::7f00:1 64:ff9b::8.8.8.8 64:ff9b:1::10.0.0.1 64:ff9b:1:ffff::1 100::1
2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::
2002:808:808::1 3fff::1 5f00::1 4000::1 8000::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1 fe80::1%eth0 febf::1 fec0::1
ff02::1 ff0e::1 2606:4700::1111%eth0 2606:4700::5efe:10.0.0.1 2606:4700::200:5efe:127.0.0.1
""")

PERMITTED = listed("""
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255
169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.1 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0
223.255.255.255 2001:200::1 2001:4860:4860::8888 2003::1 2606:4700:4700::1111 2a00:1450:4001:800::200e
2606:4700::5efe:8.8.8.8
""")


@pytest.mark.parametrize("text", REFUSED)
def test_nothing_is_sent_to_what_is_not_the_public_internet(text):
    refusal = address_refusal(ip_address(text), ())
    assert refusal is not None
    assert refusal.startswith(str(ip_address(text)))


@pytest.mark.parametrize("text", PERMITTED)
def test_a_public_address_may_be_called(text):
    assert address_refusal(ip_address(text), ()) is None


@pytest.mark.parametrize(
    ("text", "allow", "permitted"),
    [
        ("10.1.2.3", ["10.0.0.0/8"], True),
        ("10.1.2.3", ["10.2.0.0/16", "10.1.2.3/32"], True),
        ("11.1.2.3", ["10.0.0.0/8"], True),  # public, as ever
        ("192.168.0.1", ["10.0.0.0/8"], False),
        ("::1", ["127.0.0.0/8"], False),
        ("::1", ["::1/128"], True),
        ("fd00::1", ["fd00::/8"], True),
        ("fe80::1%eth0", ["fe80::/10"], False),  # on which interface is not for a stranger to say
        ("::ffff:10.0.0.1", ["10.0.0.0/8"], False),  # its usual form is permitted
        ("64:ff9b::8.8.8.8", ["64:ff9b::/96"], True),
        ("64:ff9b::10.0.0.1", ["64:ff9b::/96"], False),  # what lies behind must be permitted as well
        ("64:ff9b::10.0.0.1", ["64:ff9b::/96", "10.0.0.0/8"], True),
        ("2002:a00:1::", ["2002::/16"], False),
    ],
)
def test_allowed_networks_are_the_one_exception(text, allow, permitted):
    assert (address_refusal(ip_address(text), networks(allow)) is None) is permitted


@given(st.integers(0, 2**32 - 1), st.sampled_from(["::ffff:0:0", "::", "64:ff9b::", "::ffff:0:0:0", "64:ff9b:1::"]))
def test_no_ipv4_address_gets_through_in_the_form_of_an_ipv6_one(number, prefix):
    assert address_refusal(IPv6Address(int(IPv6Address(prefix)) + number), ()) is not None


@given(st.ip_addresses(v=4))
def test_whatever_python_knows_to_be_private_is_refused(address):
    assert address.is_global or address_refusal(address, ()) is not None


@given(st.ip_addresses(v=6))
def test_of_ipv6_only_global_unicast_is_called(address):
    assert address_refusal(address, ()) is not None or (address.is_global and int(address) >> 125 == 1)


@pytest.mark.parametrize("text", ["10.0.0.1/8", "everything", "", "10.0.0.0/33"])
def test_what_is_no_network_is_said_at_once(text):
    with pytest.raises(ValueError, match=r".+"):
        networks([text])


FINE = listed("""
https://example.com https://example.com/ https://example.com/hook?a=b&c=%20d https://EXAMPLE.com:443/x
https://example.com:8443?a https://xn--bcher-kva.example/ https://sub_domain.example.com/ https://8.8.8.8/hook
https://[2606:4700:4700::1111]:8443/ HTTPS://example.com/a@b:c https://example.com/?to=http://127.0.0.1/
https://127.0.0.1.example.com/ https://1a.example/ https://localhost.example.com/
""")

LITERALS = listed("""
127.0.0.1 127.0.0.1. 127.1 127.0.1 127 2130706433 017700000001 0177.0.0.1 0177.0.0.01 0x7f000001 0x7f.0.0.1 0x7F.1
0X7f.0x1 127.0.0.0x1 0 0x 0.0.0.0 10.0.0.1 192.168.1.1 169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376
127.0.0.1.0 256.256.256.256 08.8.8.8 8.8.8.08 8.8.8 example.127 example.0x7f [::1] [::] [0:0:0:0:0:0:0:1]
[::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::169.254.169.254] [2002:7f00:1::] [fe80::1]
[fe80::1%25eth0] [fe80::1%eth0] [fd00:ec2::254] [::1 [1.2.3.4] [] [:::]
""")

NAMES = listed("""
localhost LOCALHOST localhost. a.localhost localhost.localdomain metadata.google.internal x.INTERNAL printer.local
router.lan nas.home.arpa intranet example.com. example..com .example.com -a.example.com a-.example.com
a%2eexample.com %31%32%37.0.0.1 ①②⑦.0.0.1 １２７.0.0.1 127。0。0。1 ⓛocalhost 127.0.0.1\uff0e bücher.example
ex\u00adample.com ex\u200bample.com exa\u202emple.com
""")


@pytest.mark.parametrize("url", FINE)
def test_a_public_url_over_tls_is_taken(url):
    assert url_refusal(url, ()) is None


@pytest.mark.parametrize("host", LITERALS + NAMES + ["a" * 64 + ".example", ".".join(["abcdefgh"] * 30)])
@pytest.mark.parametrize("rest", ["/hook", ":8443/"])
def test_no_form_of_an_inner_host_is_taken(host, rest):
    assert url_refusal(f"https://{host}{rest}", ()) is not None


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://example.com/", "https"),
        ("http://8.8.8.8/", "https"),
        ("ftp://example.com/", "https"),
        ("file:///etc/passwd", "https"),
        ("//example.com/", "https"),
        ("example.com", "https"),
        ("", "https"),
        ("https:example.com", "https"),
        ("https:/example.com", "https"),
        ("https://", "no host"),
        ("https:///hook", "no host"),
        ("https://?a", "no host"),
        ("https://:443/", "no host"),
        ("https://user@example.com/", "user name"),
        ("https://user:password@example.com/", "user name"),
        ("https://example.com@127.0.0.1/", "user name"),
        ("https://example.com:443@127.0.0.1/", "user name"),
        ("https://example.com#@127.0.0.1/", "fragment"),
        ("https://example.com/#part", "fragment"),
        ("https://example.com\\@127.0.0.1/", "characters"),
        ("https://example.com/a b", "characters"),
        (" https://example.com/", "characters"),
        ("https://example.com/\n", "characters"),
        ("https://example.com/\r\nHost: x", "characters"),
        ("https://exam\tple.com/", "characters"),
        ("https://example.com/\0", "characters"),
        ("https://example.com/ü", "characters"),
        ("https://example.com/\ud800", "characters"),
        ("https://example.com:80/", "443 or 8443"),
        ("https://example.com:22/", "443 or 8443"),
        ("https://8.8.8.8:6379/", "443 or 8443"),
        ("https://example.com:0/", "port 0"),
        ("https://example.com:65536/", "port 65536"),
        ("https://example.com:٤٤٣/", "characters"),
        ("https://example.com:443x/", "no host"),
        ("https://example.com:/", "no host"),
        ("https://example.com:+443/", "no host"),
        ("https://example.com/" + "a" * 2029, "2048"),
    ],
)
def test_other_urls_are_refused_in_words(url, words):
    assert words in (url_refusal(url, ()) or "")


@pytest.mark.parametrize(
    ("url", "permitted"),
    [
        ("http://10.1.2.3:3000/hook", True),
        ("http://10.1.2.3/hook", True),
        ("https://10.1.2.3:6000/hook", True),
        ("http://[fd00::7]:3000/", True),
        ("http://receiver:3000/", True),  # its addresses decide, at every attempt
        ("http://localhost:3000/", True),
        ("https://receiver.internal/", True),
        ("http://8.8.8.8/hook", False),
        ("https://8.8.8.8:6000/hook", False),
        ("http://192.168.0.1:3000/hook", False),
        ("http://012.1.2.3/", False),
        ("http://user@10.1.2.3/", False),
        ("http://10.1.2.3:0/", False),
        ("ftp://10.1.2.3/", False),
    ],
)
def test_within_allowed_networks_plain_http_and_any_port_will_do(url, permitted):
    assert (url_refusal(url, networks(["10.0.0.0/8", "fd00::/8"])) is None) is permitted


@pytest.mark.parametrize(
    ("url", "needed"),
    [
        ("https://example.com/", False),
        ("https://example.com:8443", False),
        ("HTTPS://example.com?x", False),
        ("http://example.com/", True),
        ("http://example.com:443/", True),
        ("https://example.com:9000/", True),
        ("https://[2606:4700::1]:9000/", True),
    ],
)
def test_what_only_allowed_networks_take(url, needed):
    assert needs_allowed(url) is needed


@given(st.text(max_size=40))
def test_any_text_is_taken_or_refused(text):
    assert url_refusal(f"https://{text}", ()) is None or url_refusal(f"https://{text}", ()) != ""


@given(st.text("a1.0x:@/\\?#[]%-_;&=", max_size=24))
def test_whoever_calls_a_url_that_is_taken_calls_the_host_that_was_looked_at(text):
    url = f"https://{text}"
    if url_refusal(url, networks(["0.0.0.0/0", "::/0"])) is None:
        host = re.split(r"[/?]", text)[0]
        host = host.rpartition(":")[0] if re.search(r":[0-9]+$", host) else host
        assert (URL(url).raw_host, URL(url).user) == (host.strip("[]"), None)


@given(st.ip_addresses())
def test_a_host_that_is_an_address_is_read_as_that_address(address):
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    assert literal(host) == address


def test_a_host_that_is_a_name_is_none():
    assert literal("example.com") is None
    assert literal("1.1.1.1") == IPv4Address("1.1.1.1")


@pytest.mark.parametrize("host", ["metadata.google.internal", "METADATA.google.internal", "instance-data.ec2.internal"])
def test_a_clouds_metadata_is_refused_by_name_also_where_networks_are_allowed(host):
    assert "metadata" in (url_refusal(f"http://{host}/", networks(["127.0.0.0/8"])) or "")

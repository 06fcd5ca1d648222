"""Who counts as one visitor: limits are by address, and one of IPv6 is as good as endless many."""

from typing import Any

import pytest

from tests.web.test_hosts import ask, guarded
from web.hosts import network_of, plain_address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("::FFFF:CB00:7109", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"),
        ("2001:DB8:0001:0002::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("fe80::2%eth1", "fe80::"),
        ("::1", "::"),
        ("testclient", "testclient"),
        ("", ""),
        ("1.2.3.4.5", "1.2.3.4.5"),
    ],
)
def test_one_network_is_one_visitor(address: str, network: str) -> None:
    assert network_of(address) == network
    assert network_of(network) == network
    assert plain_address(plain_address(address)) == plain_address(address)


PROXIED: dict[str, Any] = {"trusted_proxies": "127.0.0.1"}


@pytest.mark.parametrize(
    ("settings", "peer", "told", "seen"),
    [
        ({}, "2001:db8::7", None, "2001:db8::"),
        ({}, "2001:db8::8", "9.9.9.9", "2001:db8::"),
        (PROXIED, "127.0.0.1", "2001:db8::7", "2001:db8::"),
        (PROXIED, "127.0.0.1", "2001:db8::8", "2001:db8::"),
        # Listening on ::, the app hears of a proxy of IPv4 by an address of IPv6.
        (PROXIED, "::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ({}, "::ffff:127.0.0.1", "203.0.113.9", "127.0.0.1"),
        ({"space_host": "a-b.hf.space"}, "::ffff:10.1.2.3", "2001:db8::9", "2001:db8::"),
    ],
)
def test_the_guard_counts_networks(settings: dict[str, Any], peer: str, told: str | None, seen: str) -> None:
    headers = {"x_forwarded_for": told} if told else {}
    assert ask(guarded(**settings), peer=peer, **headers).json()["client"] == seen


@pytest.mark.parametrize(
    ("settings", "told", "status"),
    [
        (PROXIED, "audio.example.org", 200),
        (PROXIED, "audio.example.org:8443", 200),
        (PROXIED, '"><script>alert(1)</script>', 400),
        (PROXIED, "a b", 400),
        (PROXIED, "a:99999", 400),
        (PROXIED, "audio.example.org, [", 400),
        (PROXIED | {"allowed_hosts": "audio.example.org"}, "audio.example.org", 200),
        (PROXIED | {"allowed_hosts": "audio.example.org"}, "evil.example", 421),
        (PROXIED | {"allowed_hosts": "audio.example.org"}, "audio.example.org, evil.example", 421),
        (PROXIED | {"allowed_hosts": "audio.example.org"}, "audio.example.org.evil.example", 421),
        # Whoever is no proxy is not heard at all.
        ({"allowed_hosts": "audio.example.org"}, "evil.example", 200),
        ({}, '"><script>', 200),
    ],
)
def test_the_name_that_a_proxy_tells_is_looked_at(settings: dict[str, Any], told: str, status: int) -> None:
    answer = ask(guarded(**settings), x_forwarded_host=told)
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["x-forwarded-host"] in {None, told}

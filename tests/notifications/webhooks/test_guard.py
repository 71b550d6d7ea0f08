"""The guard: nothing but public machines, however the address is spelt and whatever the resolver says."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.webhooks import guard
from notifications.webhooks.addresses import is_public

PRIVATE = """
    0.0.0.0 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 168.63.129.16 169.254.169.254 172.16.0.1 172.31.255.255
    192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1
    255.255.255.255 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::a00:1 64:ff9b:1::1 100::1 2001::1
    2001:db8::1 2002:7f00:1::1 3fff::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 5f00::1
"""
PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808"]


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Have the resolver give one answer after the other, the last one for ever; return the names it was asked."""
    asked: list[str] = []

    def fake(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(guard.socket, "getaddrinfo", fake)
    return asked


@pytest.mark.parametrize("address", PRIVATE.split())
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses(v=4))
def test_ipv4_inside_ipv6_is_never_more_public_than_itself(address: IPv4Address) -> None:
    assert is_public(IPv6Address((0x64FF9B << 96) | int(address))) == is_public(address)
    assert not is_public(IPv6Address((0xFFFF << 32) | int(address)))


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "http://example.com/", "ftp://example.com/", "//example.com", "https://", "https://a b.com/",
        "https://user:pass@example.com/", "https://@example.com/", "https://example.com:22/", "https://example.com:0/",
        "https://example.com:99999/", "https://example.com/#part", "https://example.com\\@evil.com/", "https://localhost/",
        "https://intranet/", "https://exämple.com/", "https://example.com./", "https://-a.example.com/",
        "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/", "https://0177.0.0.1/",
        "https://017700000001/", "https://127.0.0.1./", "https://[::ffff:127.0.0.1]/", "https://[::1]/",
        "https://[fe80::1%25eth0]/", "https://127.0.0.1/", "https://169.254.169.254/latest/meta-data/", "http://127.0.0.1/",
    ],
)  # fmt: skip
def test_these_addresses_are_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        guard,
        "_resolve",
        lambda host, port: (ip_address(host),) if ":" in host or host[-1].isdigit() else (ip_address("8.8.8.8"),),
    )
    with pytest.raises(guard.Forbidden):
        guard.check(url)


def test_a_public_name_passes_with_its_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, ["8.8.8.8"])
    target = guard.check("https://example.com:8443/a?b=c")
    assert (target.host, target.port, target.path, target.host_header) == (
        "example.com", 8443, "/a?b=c", "example.com:8443",
    )  # fmt: skip
    assert [str(address) for address in target.addresses] == ["8.8.8.8"]


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(guard.Forbidden, match="private"):
        guard.check("https://example.com/")


def test_a_name_that_changes_its_answer_is_refused_the_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    guard.check("https://example.com/")
    with pytest.raises(guard.Forbidden, match="private"):
        guard.check("https://example.com/")

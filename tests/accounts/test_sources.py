"""Where a request comes from: the peer, unless the settings name it as a proxy."""

from typing import Any

import pytest
from django.test import RequestFactory

from accounts.checks import addresses_are_not_imitated, proxies_are_named
from accounts.sources import source_of


def seen(peer: str, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    return source_of(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer))


def test_what_a_stranger_says_of_itself_does_not_count() -> None:
    assert seen("203.0.113.9", "198.51.100.1") == "203.0.113.9"


@pytest.mark.parametrize(
    ("forwarded", "source"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("1.2.3.4, 198.51.100.1", "198.51.100.1"),  # whatever the client sent stands further left
        ("1.2.3.4, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        (None, "10.0.0.1"),
        ("", "unknown"),
        ("rubbish", "unknown"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
    ],
)
def test_behind_a_trusted_proxy_the_last_hop_that_is_none_counts(
    settings: Any, forwarded: str | None, source: str
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert seen("10.0.0.1", forwarded) == source


def test_a_proxy_counts_as_well_where_a_socket_of_both_families_sees_it(settings: Any) -> None:
    """Else everybody behind it would share one count."""
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert seen("::ffff:10.0.0.1", "198.51.100.1, ::ffff:10.1.2.3") == "198.51.100.1"


def test_a_zone_makes_no_other_source() -> None:
    assert seen("fe80::1%eth0") == seen("fe80::1%eth1") == "fe80::/64"


def test_a_proxy_that_is_trusted_and_not_named_is_warned_of(settings: Any) -> None:
    assert proxies_are_named() == []
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert [problem.id for problem in proxies_are_named()] == ["accounts.W001"]
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert proxies_are_named() == []


def test_a_header_that_clients_cannot_imitate_can_be_named(settings: Any) -> None:
    """WSGI writes X_Forwarded_For as it writes X-Forwarded-For; a name without a hyphen has no such twin."""
    settings.TRUSTED_PROXIES, settings.CLIENT_ADDRESS_HEADER = ["10.0.0.0/8"], "Clientaddress"
    imitated = {"HTTP_X_FORWARDED_FOR": "192.0.2.1", "HTTP_CLIENT_ADDRESS": "192.0.2.1"}
    request = RequestFactory().get("/", headers={"Clientaddress": "198.51.100.1"}, REMOTE_ADDR="10.0.0.1", **imitated)
    assert source_of(request) == "198.51.100.1"


def test_whoever_deploys_behind_a_proxy_is_reminded_of_underscores(settings: Any) -> None:
    assert addresses_are_not_imitated() == []
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert [problem.id for problem in addresses_are_not_imitated()] == ["accounts.W002"]
    settings.CLIENT_ADDRESS_HEADER = "Clientaddress"
    assert addresses_are_not_imitated() == []

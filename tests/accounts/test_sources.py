"""Where a request comes from: the peer, unless the settings name it as a proxy."""

from typing import Any

import pytest
from django.test import RequestFactory

from accounts.checks import proxies_are_named
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

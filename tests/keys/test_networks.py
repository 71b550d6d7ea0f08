"""Networks: one spelling each, IPv6 as well, and a loud no to what is none."""

import pytest

from keys.networks import BadNetwork, normalised, read_networks


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", []),
        ("203.0.113.7", ["203.0.113.7/32"]),
        ("203.0.113.0/255.255.255.0", ["203.0.113.0/24"]),
        ("2001:DB8:0:0::/32", ["2001:db8::/32"]),
        ("2001:db8::1", ["2001:db8::1/128"]),
        ("10.0.0.0/9\n10.128.0.0/9, 10.1.2.3", ["10.0.0.0/8"]),
        ("2001:db8::/32; 192.0.2.0/24", ["192.0.2.0/24", "2001:db8::/32"]),
    ],
)
def test_networks_are_kept_in_one_spelling(typed: str, kept: list[str]) -> None:
    assert read_networks(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("example.com", "is no network"),
        ("10.0.0.0/33", "is no network"),
        ("010.0.0.1", "is no network"),
        ("10.0.0.1/8", "Did you mean 10.0.0.0/8?"),
        ("2001:db8::1/32", "Did you mean 2001:db8::/32?"),
        ("0.0.0.0/0", "every address"),
        ("::/0", "every address"),
        ("::ffff:10.0.0.1", "Write it as IPv4"),
        ("fe80::1%eth0", "zone"),
        ("224.0.0.0/4", "No caller"),
    ],
)
def test_what_is_no_network_is_refused_and_told(typed: str, said: str) -> None:
    with pytest.raises(BadNetwork, match=said.replace("?", r"\?").replace(".", r"\.")):
        read_networks(typed)


def test_a_key_names_so_many_networks_at_most() -> None:
    assert len(normalised(f"10.{number}.1.0/24" for number in range(50))) == 50
    with pytest.raises(BadNetwork, match="at most 50"):
        normalised(f"10.{number}.1.0/24" for number in range(51))

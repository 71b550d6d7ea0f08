"""An organization may take members from some email domains alone."""

import pytest
from django.test import Client

from accounts.actions import AddressRefused, add_member
from accounts.models import Membership, Organization, Role, SecuritySettings
from accounts.security_rules import admits_address
from ledger.actor import Actor
from tests.accounts.security_rules.conftest import HOME, PAGE, Rules, text_of
from tests.conftest import person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "admitted"),
    [
        ("zoe@example.org", True),
        ("zoe@EXAMPLE.org", True),
        ("zoe@bücher.example", True),
        ("zoe@xn--bcher-kva.example", True),
        ("zoe@sub.example.org", False),
        ("zoe@example.org.evil.example", False),
        ("zoe@evilexample.org", False),
        ("example.org@evil.example", False),
        ("zoe@example.org@evil.example", False),
        ("zoe", False),
    ],
)
def test_just_these_domains_are_admitted(
    organization: Organization, rules: Rules, address: str, admitted: bool
) -> None:
    rules(domains=["example.org", "xn--bcher-kva.example"])
    organization.refresh_from_db()
    assert admits_address(organization, address) is admitted


def test_without_the_rule_everybody_is_admitted(organization: Organization) -> None:
    assert admits_address(organization, "zoe@example.org")


def test_nobody_else_becomes_a_member_and_who_is_one_stays(
    organization: Organization, rules: Rules, as_member: Client
) -> None:
    rules(domains=["example.org"])
    organization.refresh_from_db()
    zoe, yan = person("zoe@example.org"), person("yan@elsewhere.example")
    add_member(Actor.operator(), organization=organization, user=zoe, role=Role.VIEWER)
    with pytest.raises(AddressRefused):
        add_member(Actor.operator(), organization=organization, user=yan, role=Role.VIEWER)
    assert not Membership.objects.filter(user=yan).exists()
    assert as_member.get(HOME).status_code == 200


def test_domains_are_kept_in_one_spelling(as_owner: Client, organization: Organization) -> None:
    assert as_owner.post(PAGE, {"domains": "Example.org,\n @bücher.example example.org."}).status_code == 302
    assert SecuritySettings.objects.get().domains == ["example.org", "xn--bcher-kva.example"]


@pytest.mark.parametrize("typed", ["localhost", "zoe@example.org", "-.example", "10.0.0.1", "exa mple"])
def test_what_is_no_domain_is_refused(as_owner: Client, typed: str) -> None:
    answer = as_owner.post(PAGE, {"domains": typed})
    assert answer.status_code == 422
    assert "is no domain" in text_of(answer)

"""An organization may ask each member for a second factor."""

import pytest
from django.test import Client

from accounts.models import Membership, Organization, SecuritySettings, User
from tests.accounts.security_rules.conftest import HOME, PAGE, Rules, text_of
from tests.support.factors import with_app, with_passkey

pytestmark = pytest.mark.django_db


def test_who_has_none_sees_only_how_to_set_one_up(as_member: Client, rules: Rules) -> None:
    rules(second_factor=True)
    answer = as_member.get(HOME + "keys/")
    assert answer.status_code == 403
    text = text_of(answer)
    assert "Llamas of Lisbon asks for a second factor" in text
    assert "/account/security/passkeys/new/" in text
    assert "/account/security/authenticator/" in text
    assert as_member.get("/account/security/").status_code == 200


def test_with_a_passkey_or_an_app_they_go_on(as_member: Client, as_owner: Client, owner: User, rules: Rules) -> None:
    rules(second_factor=True)
    with_passkey(as_member)
    assert as_member.get(HOME).status_code == 200
    assert as_owner.get(HOME).status_code == 403
    with_app(owner)
    assert as_owner.get(HOME).status_code == 200


def test_an_app_that_was_never_confirmed_is_none(as_member: Client, member: User, rules: Rules) -> None:
    rules(second_factor=True)
    as_member.get("/account/security/authenticator/")
    assert member.totp.confirmed_at is None
    assert as_member.get(HOME).status_code == 403


def test_who_requires_it_has_one(as_owner: Client, owner: User) -> None:
    answer = as_owner.post(PAGE, {"second_factor": "on"})
    assert answer.status_code == 422
    assert "Set up a passkey or an authenticator app for yourself first." in text_of(answer)
    with_app(owner)
    assert as_owner.post(PAGE, {"second_factor": "on"}).status_code == 302
    assert SecuritySettings.objects.get().second_factor


def test_it_is_told_who_lacks_one(organization: Organization, owner: User, member: User, as_owner: Client) -> None:
    with_app(owner)
    lacking = Membership.objects.filter(organization=organization).without_factor()
    assert [membership.user for membership in lacking] == [member]
    assert "1 of 2 members has none yet" in text_of(as_owner.get(PAGE))

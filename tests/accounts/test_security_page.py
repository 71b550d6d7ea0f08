"""The page of how somebody signs in."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import erase_user
from accounts.models import Passkey, RecoveryCode, Totp, User
from ledger.actor import Actor
from tests.support.factors import is_signed_in, type_password, with_app, with_codes, with_passkey

pytestmark = pytest.mark.django_db
URL = "/account/security/"


def test_it_says_what_is_set_up_and_what_is_missing(as_owner: Client, owner: User) -> None:
    page = as_owner.get(URL).content.decode()
    assert "None yet" in page
    assert "no recovery codes" not in page
    with_app(owner)
    assert "You have no recovery codes" in as_owner.get(URL).content.decode()
    with_codes(owner)
    RecoveryCode.objects.filter(pk__in=[code.pk for code in owner.recovery_codes.all()[:7]]).update(
        used_at=timezone.now()
    )
    page = as_owner.get(URL).content.decode()
    assert "3 of 10 left" in page
    assert "You have no recovery codes" not in page


def test_nobody_sees_somebody_elses(as_owner: Client, as_outsider: Client) -> None:
    with_passkey(as_owner, "Only Olivia's")
    assert "Only Olivia" in as_owner.get(URL).content.decode()
    assert "Only Olivia" not in as_outsider.get(URL).content.decode()


def test_looking_opens_nothing_and_its_queries_do_not_grow(
    as_owner: Client, owner: User, django_assert_max_num_queries: object
) -> None:
    with_app(owner)
    for number in range(20):
        owner.passkeys.create(name=f"key {number}", credential_id=bytes([number]), public_key=b"", sign_count=0)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert as_owner.get(URL).status_code == 200


def test_removing_the_app_lets_the_password_alone_sign_in_again(as_owner: Client, client: Client, owner: User) -> None:
    with_app(owner)
    assert type_password(client)["Location"] == "/sign-in/second/"
    as_owner.post(URL + "authenticator/removal/")
    assert client.get("/sign-in/second/").status_code == 200  # which asks for nothing that there is
    assert type_password(client)["Location"] == "/"
    assert is_signed_in(client)


def test_every_post_needs_its_token(owner: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    paths = ("passkeys/new/", "passkeys/new/options/", "authenticator/", "recovery-codes/")
    for path in (*(URL + path for path in paths), "/account/confirm/", "/account/confirm/passkey/"):
        assert strict.post(path).status_code == 403, path
    for path in ("/sign-in/second/", "/sign-in/passkey/", "/sign-in/passkey/options/", "/sign-in/second/passkey/"):
        assert Client(enforce_csrf_checks=True).post(path).status_code == 403, path


def test_nothing_of_them_is_left_of_an_erased_person(as_member: Client, member: User) -> None:
    with_passkey(as_member)
    with_app(member)
    with_codes(member)
    erase_user(Actor.operator(), member)
    for model in (Passkey, Totp, RecoveryCode):
        assert not model._default_manager.exists()

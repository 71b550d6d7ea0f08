"""An intruder who changed the address can't keep the account from who takes it back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actions import schedule_deletion, sign_up
from accounts.actions.addresses import take_back
from accounts.factors import Factors, factors_of
from accounts.models import Deletion, Organization, RecoveryCode, Totp, User
from ledger.actor import Actor
from notifications import outbox
from tests.accounts.test_email_change import NEW, ask, changed, link
from tests.conftest import person
from tests.support.factors import is_signed_in, with_app, with_codes, with_passkey
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
OWN = "olivia@example.com"


def test_a_way_back_to_the_intruders_address_leaves_the_owners_open(owner: User, as_owner: Client) -> None:
    owners = changed(as_owner)
    ask(as_owner, "third@example.com")
    as_owner.post(link())
    send_all()
    (intruders,) = set(re.findall(r"/account/report/[\w-]{43}/", str(mail.outbox[-1].body)))
    assert Client().post(intruders).status_code == 200
    assert Client().post(owners).status_code == 200
    assert User.objects.find_by_email(OWN) == owner


def test_who_signs_up_with_the_former_address_does_not_keep_it(owner: User, as_owner: Client) -> None:
    found = changed(as_owner)
    squatter = sign_up(email=OWN, password="some other words of nobody")
    assert Client().post(found).status_code == 200
    assert User.objects.find_by_email(OWN) == owner
    send_all()
    assert all("/verify/" not in str(letter.body) for letter in mail.outbox), "nothing is left to prove there"
    assert not User.objects.get(pk=squatter.user_id).is_active


def test_an_account_with_the_address_that_was_verified_keeps_it_until_its_person_gives_it_up(
    owner: User, as_owner: Client
) -> None:
    """Whoever reads the mailbox opened it: they are told what to do, and the link stays good for that."""
    found = changed(as_owner)
    other = person(OWN)
    answer = Client().post(found)
    assert answer.status_code == 409
    assert "Another account has this address now" in answer.content.decode()
    assert User.objects.find_by_email(OWN) == other
    assert other.is_active
    assert is_signed_in(as_owner), "nothing happened yet"
    other.email_indexes.all().delete()  # as a change of its address does
    assert Client().post(found).status_code == 200
    assert User.objects.find_by_email(OWN) == owner
    assert not is_signed_in(as_owner)


def test_who_only_signed_up_with_an_address_keeps_nobody_from_changing_to_it(owner: User, as_owner: Client) -> None:
    sign_up(email=NEW, password="some other words of nobody")
    outbox.cancel(User.objects.exclude(pk=owner.pk).get().pk)
    ask(as_owner)
    as_owner.post(link())
    assert User.objects.find_by_email(NEW) == owner


def test_what_an_intruder_added_to_sign_in_by_goes(owner: User, as_owner: Client) -> None:
    device = with_passkey(as_owner)
    found = changed(as_owner)
    with_app(owner)
    with_codes(owner)
    Client().post(found)
    intruder = Client()
    options = intruder.post("/sign-in/passkey/options/").json()
    intruder.post("/sign-in/passkey/", {"credential": device.sign(options)})
    assert not is_signed_in(intruder)
    assert factors_of(owner) == Factors(passkey=False, totp=False, codes_left=0)
    send_all()
    assert [str(letter.to) for letter in mail.outbox[-3:]] == [str([OWN])] * 3, "of both removals and the new password"


def test_the_end_of_the_account_and_of_an_organization_that_an_intruder_asked_for_is_called_off(
    owner: User, as_owner: Client, organization: Organization
) -> None:
    """The letters about it went to the intruder's address."""
    found = changed(as_owner)
    for subject in (organization, owner):
        schedule_deletion(Actor.user(owner.pk), subject=subject, requested_by=owner)
    Client().post(found)
    assert not Deletion.objects.pending().exists()
    send_all()
    assert all(letter.to == [OWN] for letter in mail.outbox if "deletion" in letter.subject.casefold())


def test_a_deletion_that_was_asked_for_long_before_goes_on(
    owner: User, as_owner: Client, organization: Organization
) -> None:
    found = changed(as_owner)
    schedule_deletion(Actor.operator(), subject=organization)
    Client().post(found)
    assert Deletion.objects.of(organization.pk)


def test_an_app_that_is_not_confirmed_yet_goes_as_well(owner: User, as_owner: Client) -> None:
    found = changed(as_owner)
    as_owner.get("/account/security/authenticator/")
    assert Totp.objects.exists()
    Client().post(found)
    assert not Totp.objects.exists()


def test_what_was_there_long_before_the_change_is_still_asked_for(owner: User, as_owner: Client) -> None:
    """Who has an old mailbox alone gets no further than to the second factor."""
    with_app(owner)
    codes = with_codes(owner)
    old = timezone.now() - timedelta(days=8)
    Totp.objects.update(confirmed_at=old, created_at=old)
    RecoveryCode.objects.update(created_at=old)
    with_passkey(as_owner)
    Client().post(changed(as_owner))
    assert factors_of(owner) == Factors(passkey=False, totp=True, codes_left=len(codes))


def test_a_reset_that_is_on_its_way_to_the_intruder_goes_to_the_owner(owner: User, as_owner: Client) -> None:
    """Whoever composes a link opens the address afterwards: a link made later than a change goes to the new one."""
    token = changed(as_owner).split("/")[-2]
    Client().post("/reset/", {"email": NEW})
    done: list[bool] = []

    def take_back_meanwhile(execute: Any, sql: str, *more: Any) -> Any:
        if "accounts_passwordreset" in sql and not done:  # the recipient is read, and the link not made yet
            done.append(True)
            assert take_back(token)
        return execute(sql, *more)

    with connection.execute_wrapper(take_back_meanwhile):
        send_all()
    assert done
    (letter,) = [letter for letter in mail.outbox if "/reset/" in str(letter.body)]
    assert letter.to == [OWN]

"""An intruder who changed the address can't keep the account from who takes it back."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.actions import sign_up
from accounts.models import User
from notifications import outbox
from tests.accounts.test_email_change import NEW, ask, changed, link, send_all
from tests.conftest import person

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


def test_an_account_with_the_address_that_was_verified_keeps_it(owner: User, as_owner: Client) -> None:
    found = changed(as_owner)
    other = person(OWN)
    assert Client().post(found).status_code == 410
    assert User.objects.find_by_email(OWN) == other
    assert other.is_active


def test_who_only_signed_up_with_an_address_keeps_nobody_from_changing_to_it(owner: User, as_owner: Client) -> None:
    sign_up(email=NEW, password="some other words of nobody")
    outbox.cancel(User.objects.exclude(pk=owner.pk).get().pk)
    ask(as_owner)
    as_owner.post(link())
    assert User.objects.find_by_email(NEW) == owner

"""An intruder who changed the address can't keep the account from who takes it back."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.test_email_change import ask, changed, link, send_all

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

"""Another address to sign in with: proven first, and the former one is told."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import directory
from accounts.actions import addresses, hash_token
from accounts.actions.passwords import issue_reset, reset_password
from accounts.models import Organization, SpareAddress, User
from ledger.actor import Actor
from notifications import outbox
from tests.conftest import PASSWORD, person

pytestmark = pytest.mark.django_db
NEW = "Olivia.New@example.com"


def send_all() -> None:
    for claim in outbox.claim_due(timezone.now() + timedelta(minutes=1)):
        outbox.send(claim.id, claim.attempt)


def ask(client: Client, email: str = NEW, password: str = PASSWORD) -> int:
    status: int = client.post("/account/email/", {"email": email, "current": password}).status_code
    return status


def link() -> str:
    send_all()
    (found,) = set(re.findall(r"/account/email/[\w-]{43}/", str(mail.outbox[-1].body)))
    return found


def test_the_proven_address_signs_in_and_the_former_one_is_told(
    owner: User, organization: Organization, as_owner: Client
) -> None:
    assert ask(as_owner) == 200
    found = link()
    assert mail.outbox[-1].to == [NEW]
    assert User.objects.find_by_email("olivia@example.com") == owner, "nothing changes before it is proven"
    assert as_owner.get(found).status_code == 200
    assert as_owner.post(found)["Location"] == "/"
    assert User.objects.find_by_email(NEW) == owner
    assert User.objects.find_by_email("olivia@example.com") is None
    send_all()
    assert mail.outbox[-1].to == ["olivia@example.com"]
    (entry,) = directory.search(Actor.user(owner.pk), organization=organization, text="olivia.new")
    assert entry.user_id == owner.pk


def test_a_link_works_once_for_a_day_and_for_the_account_that_asked(as_owner: Client, as_member: Client) -> None:
    ask(as_owner)
    found = link()
    assert as_member.get(found).status_code == 410
    assert as_member.post(found).status_code == 410
    assert Client().get(found)["Location"].startswith("/sign-in/")
    assert as_owner.post(found).status_code == 302
    assert as_owner.post(found).status_code == 410
    ask(as_owner, "third@example.com")
    third = link()
    SpareAddress.objects.update(expires_at=timezone.now())
    assert as_owner.post(third).status_code == 410


def test_an_address_with_an_account_is_answered_alike_and_its_person_is_told(as_owner: Client, member: User) -> None:
    free = as_owner.post("/account/email/", {"email": NEW, "current": PASSWORD})
    taken = as_owner.post("/account/email/", {"email": "mira@example.com", "current": PASSWORD})
    assert free.status_code == taken.status_code == 200
    assert free.context["is_sent"] is taken.context["is_sent"] is True
    send_all()
    (letter,) = mail.outbox
    assert letter.to == ["mira@example.com"]
    assert "/account/email/" not in str(letter.body)


def test_an_address_that_got_an_account_meanwhile_stays_with_it(owner: User, as_owner: Client) -> None:
    ask(as_owner)
    found = link()
    other = person(NEW)
    assert as_owner.post(found).status_code == 410
    assert User.objects.find_by_email(NEW) == other
    assert User.objects.find_by_email("olivia@example.com") == owner


def test_links_that_went_to_the_former_address_end(owner: User, as_owner: Client) -> None:
    token = issue_reset(owner)
    ask(as_owner)
    as_owner.post(link())
    assert reset_password(hash_token(token), "another sentence of words") is None


def test_it_needs_the_password(as_owner: Client) -> None:
    assert ask(as_owner, password="wrong") == 422
    assert not SpareAddress.objects.exists()


@pytest.mark.parametrize("email", ["", "x", "a@example.com\r\nBcc: b@example.com", "a@b", "x" * 300 + "@example.com"])
def test_what_is_no_address_is_refused(as_owner: Client, email: str) -> None:
    assert ask(as_owner, email) == 422


def test_spare_addresses_are_sealed_and_go_away(as_owner: Client) -> None:
    ask(as_owner)
    assert b"Olivia.New" not in bytes(str(list(SpareAddress.objects.values())), "utf-8")
    assert addresses.purge(timezone.now() + timedelta(days=8)) == 1

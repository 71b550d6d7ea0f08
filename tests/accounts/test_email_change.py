"""Another address to sign in with: proven first, and the former one is told."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import directory
from accounts.actions import addresses, hash_token
from accounts.actions.passwords import issue_reset, reset_password
from accounts.models import Organization, SpareAddress, User
from ledger.actor import Actor
from tests.conftest import PASSWORD, person
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
NEW = "Olivia.New@example.com"


def ask(client: Client, email: str = NEW) -> int:
    status: int = client.post("/account/email/", {"email": email}).status_code
    return status


def link() -> str:
    send_all()
    (found,) = set(re.findall(r"/account/email/[\w-]{43}/", str(mail.outbox[-1].body)))
    return found


def test_the_proven_address_signs_in_and_the_former_one_is_told(
    owner: User, organization: Organization, as_owner: Client
) -> None:
    assert ask(as_owner) == 302
    found = link()
    assert mail.outbox[-1].to == [NEW]
    assert User.objects.find_by_email("olivia@example.com") == owner, "nothing changes before it is proven"
    assert as_owner.get(found).status_code == 200
    assert as_owner.post(found)["Location"] == "/account/email/"
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
    free = as_owner.post("/account/email/", {"email": NEW})
    taken = as_owner.post("/account/email/", {"email": "mira@example.com"})
    assert (free.status_code, free["Location"]) == (taken.status_code, taken["Location"])
    send_all()
    (letter,) = mail.outbox
    assert letter.to == ["mira@example.com"]
    assert "/account/email/" not in str(letter.body)


@pytest.mark.parametrize("email", [NEW, "mira@example.com"])
def test_asking_often_is_bounded_whether_or_not_the_address_has_an_account(
    as_owner: Client, member: User, email: str
) -> None:
    assert [ask(as_owner, email) for _ in range(6)] == [302] * 5 + [422]
    send_all()
    assert len(mail.outbox) <= 5


def test_a_mailbox_is_not_flooded_from_many_accounts(as_owner: Client, outsider: User, member: User) -> None:
    as_outsider = Client()
    as_outsider.force_login(outsider)
    for client in (as_owner, as_outsider):
        assert [ask(client, "mira@example.com") for _ in range(5)] == [302] * 5
    send_all()
    assert len(mail.outbox) == 5


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


def test_who_signed_in_long_ago_confirms_first(as_owner: Client) -> None:
    session = as_owner.session
    session["confirmed_at"] = (timezone.now() - timedelta(minutes=16)).isoformat()
    session.save()
    answer = as_owner.post("/account/email/", {"email": NEW})
    assert answer["Location"].startswith("/account/confirm/")
    assert not SpareAddress.objects.exists()


@pytest.mark.parametrize("email", ["", "x", "a@example.com\r\nBcc: b@example.com", "a@b", "x" * 300 + "@example.com"])
def test_what_is_no_address_is_refused(as_owner: Client, email: str) -> None:
    assert ask(as_owner, email) == 422


def test_spare_addresses_are_sealed_and_go_away(as_owner: Client) -> None:
    ask(as_owner)
    assert b"Olivia.New" not in bytes(str(list(SpareAddress.objects.values())), "utf-8")
    assert addresses.purge(timezone.now() + timedelta(days=8)) == 1


def code() -> str:
    send_all()
    found = re.search(r"\b(\d{3} \d{3})\b", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_the_code_proves_the_address_as_well(owner: User, as_owner: Client) -> None:
    ask(as_owner)
    assert as_owner.post("/account/email/code/", {"code": code()}).status_code == 302
    assert User.objects.find_by_email(NEW) == owner


def test_codes_are_not_guessed(as_owner: Client, settings: Any) -> None:
    ask(as_owner)
    right = code()
    wrong = "111 111" if right != "111 111" else "222 222"
    for _ in range(settings.EMAIL_VERIFICATION_ATTEMPTS):
        assert as_owner.post("/account/email/code/", {"code": wrong}).status_code == 422
    assert as_owner.post("/account/email/code/", {"code": right}).status_code == 422


def test_a_code_without_a_change_proves_nothing(as_owner: Client) -> None:
    assert as_owner.post("/account/email/code/", {"code": "000000"}).status_code == 422


def changed(client: Client) -> str:
    """Change the address; return the way back, from the letter to the former one."""
    ask(client)
    client.post(link())
    send_all()
    (found,) = set(re.findall(r"/account/report/[\w-]{43}/", str(mail.outbox[-1].body)))
    return found


def test_who_has_the_former_address_takes_the_account_back_once(
    owner: User, organization: Organization, as_owner: Client
) -> None:
    found = changed(as_owner)
    assert Client().get(found).status_code == 200
    assert User.objects.find_by_email(NEW) == owner, "looking changes nothing"
    assert Client().post(found).status_code == 200
    assert User.objects.find_by_email("olivia@example.com") == owner
    assert User.objects.find_by_email(NEW) is None
    assert as_owner.get("/account/email/").status_code == 302, "the intruder is out"
    assert Client().post("/sign-in/", {"email": "olivia@example.com", "password": PASSWORD}).status_code == 422
    send_all()
    assert mail.outbox[-1].to == ["olivia@example.com"]
    assert "/reset/" in str(mail.outbox[-1].body)
    assert Client().post(found).status_code == 410


def test_the_way_back_ends_after_a_week(owner: User, as_owner: Client) -> None:
    found = changed(as_owner)
    SpareAddress.objects.update(expires_at=timezone.now())
    assert Client().post(found).status_code == 410
    assert User.objects.find_by_email(NEW) == owner


def test_a_second_change_leaves_the_first_way_back_open(owner: User, as_owner: Client) -> None:
    """An intruder can't shut it by changing the address once more."""
    found = changed(as_owner)
    ask(as_owner, "third@example.com")
    as_owner.post(link())
    assert Client().post(found).status_code == 200
    assert User.objects.find_by_email("olivia@example.com") == owner

"""Ending one's own account: said plainly, asked for with care, and taken back with one click in the days of grace."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.actions import add_member, create_organization, schedule_deletion
from accounts.actions.carrying_out import Outcome, carry_out
from accounts.models import Deletion, Organization, Role, User
from accounts.models.spare_phone import SparePhone
from ledger.actor import Actor
from ledger.models import LeafBody
from tests.conftest import PASSWORD
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db
URL, KEEP = "/account/deletion/", "/account/deletion/cancellation/"
BANNER = "Your account will be deleted on"


def ask(client: Client, word: str = "delete") -> int:
    status: int = client.post(URL, {"word": word}).status_code
    return status


def banner_in(client: Client, url: str = "/account/sessions/") -> bool:
    return BANNER in client.get(url).content.decode()


def test_it_says_what_goes_and_what_stays_and_asks_for_the_word(as_member: Client, member: User) -> None:
    page = as_member.get(URL).content.decode()
    assert "What goes" in page
    assert "Hashes of your entries in the ledger" in page
    assert ask(as_member, "yes") == 422
    assert not Deletion.objects.exists()
    assert ask(as_member, "Delete") == 302
    deletion = Deletion.objects.get()
    assert (deletion.subject_id, deletion.requested_by) == (member.pk, member.pk)
    assert timedelta(days=6) < deletion.due_at - timezone.now() <= timedelta(days=7)


def test_meanwhile_every_page_offers_to_keep_the_account(as_member: Client, member: User, as_owner: Client) -> None:
    ask(as_member)
    again = Client()
    again.post("/sign-in/", {"email": "mira@example.com", "password": PASSWORD})
    assert banner_in(again)
    assert not banner_in(as_owner)
    assert b"Your account is about to be deleted" in again.get(URL).content
    assert again.post(KEEP)["Location"] == URL
    assert not banner_in(again)
    assert not Deletion.objects.pending().exists()
    assert again.post(KEEP).status_code == 302, "once more is nothing"


def test_its_person_is_told_and_finds_the_receipt_afterwards(
    as_member: Client, member: User, settings: Any, client: Client
) -> None:
    settings.DELETION_GRACE_DAYS = 0
    SparePhone.objects.create(user=member, phone="+351912000111", expires_at=timezone.now() + timedelta(days=1))
    ask(as_member)
    page = as_member.get(URL)
    link = page.context["page_url"].removeprefix(settings.CONSOLE_ORIGIN)
    send_all()
    assert mail.outbox[-1].to == ["mira@example.com"]
    assert link in str(mail.outbox[-1].body)
    soon = timezone.now() + timedelta(minutes=1)
    assert carry_out(Deletion.objects.get(), soon) is Outcome.WAITING
    send_all()
    assert carry_out(Deletion.objects.get(), soon) is Outcome.DONE
    assert b"Download the receipt" in client.get(link).content
    assert as_member.get(URL)["Location"].startswith("/sign-in/")
    assert not SparePhone.objects.exists()


def test_once_it_is_being_carried_out_it_is_told_that_nothing_helps(as_member: Client, member: User) -> None:
    ask(as_member)
    Deletion.objects.update(began_at=timezone.now())
    assert b"can\xe2\x80\x99t be cancelled any more" in as_member.get(URL).content
    assert b"Keep my account" not in as_member.get(URL).content
    assert "can’t be cancelled any more" in as_member.post(KEEP, follow=True).content.decode()
    assert Deletion.objects.pending().exists()


def test_who_alone_owns_an_organization_is_led_there_first(
    as_owner: Client, owner: User, organization: Organization, member: User
) -> None:
    other = create_organization(Actor.user(owner.pk), name="Second", owner=owner)
    add_member(Actor.operator(), organization=other, user=member, role=Role.OWNER)
    page = as_owner.get(URL)
    assert [each.slug for each in page.context["alone"]] == [organization.slug]
    assert f'href="/o/{organization.slug}/settings/"'.encode() in page.content
    assert b'name="word"' not in page.content
    assert ask(as_owner) == 422
    assert not Deletion.objects.exists()
    schedule_deletion(Actor.user(owner.pk), subject=organization, requested_by=owner)
    assert ask(as_owner) == 302


def test_one_persons_page_touches_nobody_elses_deletion(as_member: Client, as_outsider: Client, outsider: User) -> None:
    ask(as_member)
    assert b"about to be deleted" not in as_outsider.get(URL).content
    as_outsider.post(KEEP)
    assert Deletion.objects.pending().count() == 1


def test_asking_takes_signing_in_and_a_recent_sign_in(client: Client, member: User) -> None:
    for url in (URL, KEEP):
        assert client.post(url)["Location"].startswith("/sign-in/")
    client.force_login(member)
    assert client.get(URL)["Location"].startswith("/account/confirm/")
    assert client.post(URL, {"word": "delete"})["Location"].startswith("/account/confirm/")
    assert not Deletion.objects.exists()
    assert not LeafBody.objects.filter(actor=f"user:{member.pk}", type="opening").exists()

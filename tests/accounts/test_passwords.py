"""A new password: asked for by link, or by who knows the present one."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core import mail
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.actions import hash_token
from accounts.actions.passwords import issue_reset, reset_password
from accounts.models import BrowserSession, PasswordReset, User
from ledger.models import AuditEvent
from notifications.models import OutboxMessage
from tests.conftest import PASSWORD
from tests.support.outbox import send_all
from tests.support.planted import planted_in

pytestmark = pytest.mark.django_db
NEW = "another sentence of many words"


def ask(email: str = "olivia@example.com") -> Any:
    return Client().post("/reset/", {"email": email})


def link() -> str:
    """Send what waits, and return the newest letter's link."""
    send_all()
    (found,) = set(re.findall(r"/reset/[\w-]{43}/", str(mail.outbox[-1].body)))
    return found


def sign_in(password: str) -> int:
    status: int = Client().post("/sign-in/", {"email": "olivia@example.com", "password": password}).status_code
    return status


def test_a_link_gives_a_new_password_once_and_signs_nobody_in(owner: User, as_owner: Client) -> None:
    ask()
    browser, found = Client(), link()
    assert browser.get(found)["Location"] == "/reset/password/"
    assert browser.post("/reset/password/", {"password": NEW})["Location"] == "/sign-in/"
    assert browser.get("/account/sessions/")["Location"].startswith("/sign-in/")
    assert (sign_in(NEW), sign_in(PASSWORD)) == (302, 422)
    assert as_owner.get("/account/sessions/").status_code == 302, "all sessions end"
    again = Client()
    again.get(found)
    assert again.get("/reset/password/").status_code == 410


def test_the_token_is_in_no_table_no_page_and_no_further_address(owner: User) -> None:
    ask()
    found = link()
    token = found.split("/")[2]
    browser = Client()
    page = browser.get(found, follow=True)
    assert token not in page.content.decode()
    assert token not in str(list(PasswordReset.objects.values())) + str(list(OutboxMessage.objects.values()))
    assert token not in str(dict(browser.session))


def test_who_has_no_account_gets_the_same_answer_and_no_letter(owner: User) -> None:
    User.objects.create_user("new@example.com", None)  # whose address nobody has proven
    answers = [ask(email) for email in ("olivia@example.com", "nobody@example.com", "new@example.com")]
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert [message.recipient_id for message in OutboxMessage.objects.all()] == [owner.pk]
    assert AuditEvent.objects.filter(action="password:reset-requested").count() == 1


def test_the_newest_link_alone_works_and_for_an_hour(owner: User) -> None:
    older, newer = issue_reset(owner), issue_reset(owner)
    assert reset_password(hash_token(older), NEW) is None
    PasswordReset.objects.update(expires_at=timezone.now())
    assert reset_password(hash_token(newer), NEW) is None
    assert sign_in(PASSWORD) == 302


def test_a_made_up_link_is_answered_alike_and_leaves_no_session(client: Client) -> None:
    assert client.get(f"/reset/{'x' * 43}/")["Location"] == "/reset/password/"
    assert client.get("/reset/password/").status_code == 410
    assert not BrowserSession.objects.exists()


def test_a_session_that_somebody_planted_does_not_get_the_link(owner: User, client: Client) -> None:
    attacker = planted_in(client)
    ask()
    client.get(link())
    assert attacker.post("/reset/password/", {"password": NEW}).status_code == 410
    assert client.post("/reset/password/", {"password": NEW})["Location"] == "/sign-in/"


def test_a_mailbox_is_not_flooded(owner: User) -> None:
    for _ in range(8):
        ask()
    assert OutboxMessage.objects.filter(kind="password-reset").count() == 5


def test_a_weak_password_is_refused_and_the_link_stays_good(owner: User) -> None:
    browser = Client()
    browser.get(f"/reset/{issue_reset(owner)}/")
    assert browser.post("/reset/password/", {"password": "short"}).status_code == 422
    assert browser.post("/reset/password/", {"password": NEW}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_link_used_twice_at_the_same_moment_counts_once_by_the_lock_on_its_row(owner: User) -> None:
    token_hash = hash_token(issue_reset(owner))

    def use(password: str) -> bool:
        try:
            return reset_password(token_hash, password) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, [f"{NEW} {n}" for n in range(4)])) == 1


def test_changing_it_needs_the_present_one_and_ends_all_other_sessions(owner: User) -> None:
    here, there = Client(), Client()
    for browser in (here, there):
        browser.post("/sign-in/", {"email": "olivia@example.com", "password": PASSWORD})
    assert here.post("/account/password/", {"current": "wrong", "password": NEW}).status_code == 422
    assert here.post("/account/password/", {"current": PASSWORD, "password": NEW}).status_code == 302
    assert here.get("/account/sessions/").status_code == 200
    assert there.get("/account/sessions/").status_code == 302
    assert BrowserSession.objects.filter(user_id=owner.pk).count() == 1
    assert sign_in(NEW) == 302


def test_a_change_is_told_and_ends_links_that_are_on_their_way(owner: User, as_owner: Client) -> None:
    token = issue_reset(owner)
    as_owner.post("/account/password/", {"current": PASSWORD, "password": NEW})
    assert reset_password(hash_token(token), "a third sentence of words") is None
    send_all()
    assert mail.outbox[-1].to == ["olivia@example.com"]
    assert NEW not in str([letter.message() for letter in mail.outbox])


def test_changing_a_password_needs_a_session(client: Client) -> None:
    assert client.post("/account/password/", {"current": PASSWORD, "password": NEW})["Location"].startswith("/sign-in/")

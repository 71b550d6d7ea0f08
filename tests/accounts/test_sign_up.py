"""Signing up and verifying: nobody learns who has an account, and an address counts only once it is proven."""

from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import issue_verification, verify_by_code, verify_by_token
from accounts.models import EmailVerification, Organization, User
from ledger.models import AuditEvent, LeafBody
from notifications import outbox
from notifications.models import OutboxMessage
from tests.conftest import PASSWORD, person
from tests.support.planted import planted_in

pytestmark = pytest.mark.django_db
FORM = {"email": "new@example.com", "password": PASSWORD, "organization": "Llamas of Lisbon"}


def sign_up(client: Client, **changes: Any) -> Any:
    return client.post("/sign-up/", FORM | changes)


def send_mail() -> Any:
    for claim in outbox.claim_due(timezone.now()):
        outbox.send(claim.id, claim.attempt)
    return mail.outbox[-1]


def test_a_new_person_gets_an_organization_with_a_project_and_an_email(client: Client) -> None:
    answer = sign_up(client)
    assert answer["Location"] == "/verify/"
    organization = Organization.objects.get()
    assert (organization.slug, organization.projects.get().slug) == ("llamas-of-lisbon", "default")
    message = send_mail()
    assert message.to == ["new@example.com"]
    assert "/verify/" in message.body


def test_following_the_link_in_the_same_browser_leads_to_the_organization(client: Client) -> None:
    sign_up(client)
    link = next(word for word in send_mail().body.split() if "/verify/" in word)
    answer = client.get(link.partition("localhost:8000")[2], follow=True)
    assert answer.redirect_chain[-1][0] == "/o/llamas-of-lisbon/"
    assert User.objects.get().is_verified


def test_the_six_digits_verify_as_well(client: Client) -> None:
    sign_up(client)
    _, code = issue_verification(User.objects.get())
    answer = client.post("/verify/", {"code": f"{code[:3]} {code[3:]}"})
    assert answer["Location"] == "/"


def test_the_link_in_another_browser_asks_for_the_password_first(client: Client) -> None:
    sign_up(client)
    token, _ = issue_verification(User.objects.get())
    other = Client()
    assert other.get(f"/verify/{token}/")["Location"] == "/sign-in/?from=verification"
    assert not User.objects.get().is_verified
    assert token not in str(dict(other.session))
    assert other.post("/sign-in/", {"email": FORM["email"], "password": PASSWORD})["Location"] == "/"
    assert User.objects.get().is_verified


def test_a_session_that_somebody_planted_does_not_get_the_link(client: Client) -> None:
    """They signed up with the address; its owner opens the letter, and would prove it for them."""
    attacker = planted_in(client)
    sign_up(Client())
    token, _ = issue_verification(User.objects.get())
    client.get(f"/verify/{token}/")
    assert attacker.post("/sign-in/", {"email": FORM["email"], "password": PASSWORD}).status_code == 422
    assert not User.objects.get().is_verified


def test_the_waiting_page_moves_on_when_another_device_verified(client: Client) -> None:
    sign_up(client)
    assert client.get("/verify/status/").status_code == 204
    User.objects.update(email_verified_at=timezone.now())
    assert client.get("/verify/status/")["HX-Redirect"] == "/"
    assert client.get("/", follow=True).status_code == 200


def test_signing_up_with_a_known_address_looks_the_same_and_changes_nothing(client: Client) -> None:
    known = person("new@example.com")
    password = known.password
    answer, fresh = sign_up(client), sign_up(Client(), email="other@example.com")
    assert (answer.status_code, answer["Location"]) == (fresh.status_code, fresh["Location"])
    known.refresh_from_db()
    assert known.password == password
    assert client.get("/verify/status/").status_code == 204
    assert OutboxMessage.objects.filter(kind="already-registered", subject_id=known.pk).count() == 1


@pytest.mark.parametrize("address", ["NEW@example.com", " new@EXAMPLE.com ", "\uff4e\uff45\uff57@example.com"])
def test_spellings_of_one_mailbox_are_one_account(address: str) -> None:
    known = person("new@example.com")
    assert User.objects.find_by_email(address) == known
    assert User.objects.find_by_email("new+tag@example.com") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "short password"},
        {"password": "x" * 5000},
        {"password": "a\x00b" * 10},
        {"email": "not an address"},
        {"email": "a@example.com\r\nBcc: b@example.com"},
        {"organization": "Lla\r\nmas"},
        {"organization": "Acme \u202eevil"},
        {"organization": "Ac\u200bme"},
    ],
)
def test_bad_input_is_refused_with_a_message(client: Client, changes: dict[str, str]) -> None:
    answer = sign_up(client, **changes)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not User.objects.exists()


def test_a_proof_works_once_and_only_for_its_person() -> None:
    user, other = (User.objects.create_user(f"{name}@example.com", None) for name in ("one", "two"))
    token, code = issue_verification(user)
    assert not verify_by_token(other, token)
    assert verify_by_token(user, token)
    assert not verify_by_token(user, token)
    assert not verify_by_code(user.pk, code)


def test_a_new_email_ends_the_older_proofs() -> None:
    user = User.objects.create_user("one@example.com", None)
    token, _ = issue_verification(user)
    issue_verification(user)
    assert not verify_by_token(user, token)


def test_an_expired_proof_does_not_count() -> None:
    user = User.objects.create_user("one@example.com", None)
    token, code = issue_verification(user)
    EmailVerification.objects.update(expires_at=timezone.now())
    assert not verify_by_token(user, token)
    assert not verify_by_code(user.pk, code)


def test_guessing_the_code_spends_it() -> None:
    user = User.objects.create_user("one@example.com", None)
    _, code = issue_verification(user)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert not any(verify_by_code(user.pk, wrong) for _ in range(5))
    assert not verify_by_code(user.pk, code)


def test_asking_again_and_again_does_not_flood_the_mailbox(client: Client) -> None:
    sign_up(client)
    for _ in range(20):
        client.post("/verify/again/")
    assert OutboxMessage.objects.count() <= 5


def test_the_address_opens_for_the_email_alone_and_that_is_recorded(client: Client) -> None:
    sign_up(client)
    user = User.objects.get()
    assert not LeafBody.objects.filter(tenant=user.pk).exists()
    send_mail()
    leaf = LeafBody.objects.get(tenant=user.pk)
    assert leaf.purpose == "email-notification"
    assert "accounts.User.email" in leaf.text


def test_the_story_is_in_the_audit_log(client: Client) -> None:
    sign_up(client)
    token, _ = issue_verification(User.objects.get())
    client.get(f"/verify/{token}/")
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"account:created", "organization:created", "project:created", "member:added", "email:verified"} <= actions


def test_an_unverified_address_is_free_and_the_latest_sign_up_counts(client: Client) -> None:
    squatter = Client()
    sign_up(squatter, password="the squatter chose this one", organization="Squatters")
    sign_up(client)
    user = User.objects.get()
    assert user.check_password(PASSWORD)
    assert Organization.objects.get().name == "Llamas of Lisbon"
    token, code = issue_verification(user)
    assert squatter.post("/verify/", {"code": code}).status_code == 422
    assert squatter.get(f"/verify/{token}/")["Location"] == "/verify/?state=expired"
    assert client.get(f"/verify/{token}/")["Location"] == "/"


def test_a_sign_up_while_the_owner_waits_cannot_take_the_verified_account(client: Client) -> None:
    sign_up(client)
    sign_up(Client(), password="the squatter chose this one")
    token, _ = issue_verification(User.objects.get())
    assert client.get(f"/verify/{token}/")["Location"] == "/verify/?state=expired"
    assert not User.objects.get().is_verified


def test_mail_scanners_do_not_use_the_link_up(client: Client) -> None:
    sign_up(client)
    token, _ = issue_verification(User.objects.get())
    assert client.head(f"/verify/{token}/").status_code == 200
    assert client.get(f"/verify/{token}/")["Location"] == "/"


@pytest.mark.parametrize("path", ["x" * 6000, "short", "a" * 44])
def test_what_cannot_be_a_token_is_not_kept(client: Client, path: str) -> None:
    assert client.get(f"/verify/{path}/").status_code == 404
    assert not client.session.keys()


def test_asking_again_costs_the_same_for_a_registration_of_nobody(client: Client) -> None:
    person("known@example.com")
    counts = []
    for browser, email in ((client, "new@example.com"), (Client(), "known@example.com")):
        sign_up(browser, email=email)
        with CaptureQueriesContext(connection) as queries:
            browser.post("/verify/again/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("pt,fr;q=0.5", "fr"),
        ("zh", "en"),
        ("", "en"),
        ("x" * 600, "en"),
        ("es\x00;q=nothing", "en"),
    ],
)
def test_messages_come_in_the_first_language_of_the_browser_that_there_is(
    client: Client, asked: str, language: str
) -> None:
    client.post("/sign-up/", FORM, headers={"Accept-Language": asked})
    assert User.objects.get().language == language


def test_the_latest_sign_up_of_an_unverified_address_decides_on_the_language(client: Client) -> None:
    client.post("/sign-up/", FORM, headers={"Accept-Language": "de"})
    Client().post("/sign-up/", FORM, headers={"Accept-Language": "fr"})
    assert User.objects.get().language == "fr"
    User.objects.update(email_verified_at=timezone.now())
    Client().post("/sign-up/", FORM, headers={"Accept-Language": "es"})
    assert User.objects.get().language == "fr"

"""The second step: nothing opens before it, tries are bounded, and nothing leads around it."""

import threading

import pytest
from django.contrib.auth.signals import user_logged_in
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts import half_signed
from accounts.actions import issue_verification, sign_up
from accounts.actions.factors import add_passkey
from accounts.factors import limits
from accounts.factors.passkeys import NewPasskey
from accounts.models import BrowserSession, Passkey, User
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from tests.conftest import PASSWORD
from tests.support.factors import code, is_signed_in, type_password, with_app, with_codes, with_passkey, wrong

pytestmark = pytest.mark.django_db
SECOND = "/sign-in/second/"


@pytest.fixture
def secret(owner: User) -> str:
    return with_app(owner)


def test_the_right_password_leads_to_the_second_step_under_a_new_session_id(client: Client, secret: str) -> None:
    client.post("/sign-in/passkey/options/")
    before = client.session.session_key
    answer = type_password(client, next="/account/sessions/")
    assert answer["Location"] == SECOND + "?next=%2Faccount%2Fsessions%2F"
    assert client.session.session_key != before
    half = client.session.session_key
    done = client.post(answer["Location"], {"code": code(secret)})
    assert done["Location"] == "/account/sessions/"
    assert is_signed_in(client)
    assert client.session.session_key != half
    assert AuditEvent.objects.get(action=Action.SIGNED_IN).payload == {"by": "password+totp"}


def test_nothing_else_is_reachable_half_signed(client: Client, secret: str, organization: object) -> None:
    type_password(client)
    pages = ("/", "/account/", "/account/security/", "/account/confirm/", "/account/sessions/", "/o/llamas-of-lisbon/")
    for page in (*pages, "/o/llamas-of-lisbon/keys/new/"):
        for answer in (client.get(page), client.post(page)):
            assert answer["Location"].startswith("/sign-in/?next="), page
    row = BrowserSession.objects.get()
    assert row.user_id is None
    assert PASSWORD not in str(row.get_decoded())
    assert not AuditEvent.objects.filter(action=Action.SIGNED_IN).exists()


def test_without_the_password_there_is_no_second_step(client: Client, secret: str) -> None:
    assert client.get(SECOND)["Location"] == "/sign-in/"
    assert client.post(SECOND, {"code": code(secret)})["Location"] == "/sign-in/"
    assert client.post(SECOND + "passkey/options/").status_code == 403
    client.post("/sign-in/", {"email": "olivia@example.com", "password": "wrong horse"})
    assert client.post(SECOND, {"code": code(secret)})["Location"] == "/sign-in/"
    assert not is_signed_in(client)


def test_five_wrong_codes_end_the_half_session(client: Client, owner: User, secret: str) -> None:
    codes = with_codes(owner)
    type_password(client)
    for _ in range(4):
        assert client.post(SECOND, {"code": wrong(secret)}).status_code == 422
    assert client.post(SECOND, {"code": "AAAA-AAAA-AAAA"})["Location"] == "/sign-in/"
    assert client.post(SECOND, {"code": codes[0]})["Location"] == "/sign-in/"
    assert not is_signed_in(client)


def test_guesses_in_many_sessions_are_counted_together_and_lock_nobody_out(
    client: Client, owner: User, secret: str
) -> None:
    codes = with_codes(owner)
    for _ in range(4):
        thief = Client()
        type_password(thief)
        for _ in range(4):
            thief.post(SECOND, {"code": wrong(secret)})
    type_password(client)
    refused = client.post(SECOND, {"code": code(secret)})
    assert refused.status_code == 422
    assert "Too many wrong codes" in refused.content.decode()
    assert client.post(SECOND, {"code": codes[0]}).status_code == 302
    assert is_signed_in(client)


def test_right_codes_do_not_count(owner: User) -> None:
    for _ in range(40):
        assert limits.admits_code(owner.pk)
        limits.give_back(owner.pk)
    assert [limits.admits_code(owner.pk) for _ in range(11)] == [True] * 10 + [False]


def test_it_waits_for_five_minutes(client: Client, secret: str) -> None:
    type_password(client)
    session = client.session
    half = session["half_signed"]
    half["at"] = (timezone.now() - half_signed.LASTS).isoformat()
    session["half_signed"] = half
    session.save()
    assert client.post(SECOND, {"code": code(secret)})["Location"] == "/sign-in/"
    assert not is_signed_in(client)


@pytest.mark.parametrize("change", ["password", "inactive", "demo"])
def test_who_may_not_sign_in_any_more_does_not(
    client: Client, owner: User, secret: str, change: str, settings: object
) -> None:
    type_password(client)
    if change == "password":
        owner.set_password("another sentence that works")
    owner.is_active, owner.is_demo = change != "inactive", change == "demo"
    owner.save()
    settings.DEVELOPMENT = False  # type: ignore[attr-defined]
    assert client.post(SECOND, {"code": code(secret)})["Location"] == "/sign-in/"
    assert not is_signed_in(client)


def test_a_recovery_code_finishes_and_says_how_many_are_left(client: Client, owner: User, secret: str) -> None:
    codes = with_codes(owner)
    type_password(client)
    client.post(SECOND, {"code": codes[0]})
    assert "9 are left" in client.get("/account/security/").content.decode()
    assert AuditEvent.objects.get(action=Action.SIGNED_IN).payload == {"by": "password+recovery-code"}
    thief = Client()
    type_password(thief)
    assert thief.post(SECOND, {"code": codes[0]}).status_code == 422


def test_a_passkey_finishes_and_only_one_of_their_own(client: Client, as_owner: Client, as_outsider: Client) -> None:
    mine, other = with_passkey(as_owner), with_passkey(as_outsider)
    for device, expected in ((other, SECOND), (mine, "/")):
        type_password(client)
        options = client.post(SECOND + "passkey/options/").json()
        assert len(options["allowCredentials"]) == 1
        answer = client.post(SECOND + "passkey/", {"credential": device.sign(options)})
        assert answer["Location"] == expected
    assert is_signed_in(client)


def test_a_challenge_of_signing_in_does_not_serve_the_second_step(client: Client, as_owner: Client) -> None:
    device = with_passkey(as_owner)
    type_password(client)
    options = client.post("/sign-in/passkey/options/").json()
    assert client.post(SECOND + "passkey/", {"credential": device.sign(options)})["Location"] == SECOND
    assert not is_signed_in(client)


@pytest.mark.parametrize("way", ["status", "code"])
def test_a_browser_that_waited_for_verification_is_asked_too(client: Client, way: str) -> None:
    registration = sign_up(email="new@example.com", password=PASSWORD)
    user = User.objects.get(pk=registration.user_id)
    client.post("/sign-up/", {"email": "new@example.com", "password": PASSWORD})
    with_app(user)
    if way == "status":  # verified elsewhere in the meantime
        User.objects.update(email_verified_at=timezone.now())
        answer = client.get("/verify/status/")
        assert answer["HX-Redirect"] == SECOND
    else:
        user.refresh_from_db()
        _, digits = issue_verification(user)
        assert client.post("/verify/", {"code": digits})["Location"] == SECOND
    assert not is_signed_in(client)


def test_a_session_has_five_tries() -> None:
    tries = limits.Tries("second-step", "one", timezone.now())
    assert [tries.take() for _ in range(6)] == [True] * 5 + [False]
    assert tries.are_spent()
    assert limits.Tries("second-step", "another", timezone.now()).take()


@pytest.mark.django_db(transaction=True)
def test_a_factor_that_is_added_while_somebody_signs_in_without_it_ends_their_session(owner: User) -> None:
    def add() -> None:
        new = NewPasskey(credential_id=b"id", public_key=b"key", sign_count=0, transports=[])
        add_passkey(Actor.user(owner.pk), owner, new=new, name="Laptop", session="another")
        connections.close_all()

    def meanwhile(**_: object) -> None:
        thread.start()
        thread.join(0.5)  # it has ended by then, or waits until the session is stored

    thread = threading.Thread(target=add)
    user_logged_in.connect(meanwhile)
    try:
        client = Client()
        type_password(client)
    finally:
        user_logged_in.disconnect(meanwhile)
        thread.join()
    assert Passkey.objects.filter(user=owner).exists()
    assert not is_signed_in(client)

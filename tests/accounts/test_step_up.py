"""Sudo: what hands out secrets or changes how somebody signs in asks again who they are."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts import step_up
from accounts.factors.limits import admits_code
from accounts.models import Organization, Passkey, Project, User
from keys.actions import issue_key
from keys.models import ApiKey
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from tests.conftest import PASSWORD
from tests.support.factors import (
    code,
    is_signed_in,
    passkey_of,
    type_password,
    with_app,
    with_codes,
    with_passkey,
    wrong,
)

pytestmark = pytest.mark.django_db
CONFIRM, SECURITY, KEYS = "/account/confirm/", "/account/security/", "/o/llamas-of-lisbon/keys/"


def age(client: Client, minutes: int = 16) -> Client:
    """Let the last confirmation be so long ago."""
    session = client.session
    session["confirmed_at"] = (timezone.now() - timedelta(minutes=minutes)).isoformat()
    session.save()
    return client


def asks(client: Client, path: str) -> bool:
    """Tell whether getting and posting both lead to confirming."""
    return all(answer["Location"].startswith(CONFIRM) for answer in (client.get(path), client.post(path)))


@pytest.fixture
def stale(as_owner: Client) -> Client:
    return age(as_owner)


def test_what_would_send_the_organizations_messages_elsewhere_asks(as_owner: Client) -> None:
    age(as_owner)
    for path in (f"webhooks/{uuid4()}/change/", f"webhooks/{uuid4()}/deletion/", "billing-contacts/new/"):
        assert asks(as_owner, "/o/llamas-of-lisbon/" + path), path


def test_everything_that_touches_keys_secrets_or_factors_asks(as_owner: Client, project: Project, owner: User) -> None:
    key, secret = issue_key(Actor.user(owner.pk), project=project, name="ci")
    device = with_passkey(as_owner)
    own = f"{SECURITY}passkeys/{passkey_of(device).pk}/"
    webhooks = "/o/llamas-of-lisbon/webhooks/"
    paths = [
        KEYS + "new/", f"{KEYS}{key.pk}/revocation/", webhooks + "new/", f"{webhooks}{uuid4()}/rotation/",
        SECURITY + "passkeys/new/", SECURITY + "passkeys/new/options/", own + "name/", own + "removal/",
        SECURITY + "authenticator/", SECURITY + "authenticator/removal/",
        SECURITY + "recovery-codes/",
    ]  # fmt: skip
    # Whoever confirmed is led back by a link: each but what a script asks for has to be a page.
    pages = [path for path in paths if not path.endswith("options/")]
    assert [path for path in pages if as_owner.get(path).status_code == 405] == []
    age(as_owner)
    assert [path for path in paths if not asks(as_owner, path)] == []
    assert find_caller(secret)
    assert ApiKey.objects.count() == Passkey.objects.count() == 1


def test_the_rest_does_not_ask(stale: Client) -> None:
    for path in (KEYS, SECURITY, "/account/sessions/", "/o/llamas-of-lisbon/usage/"):
        assert stale.get(path).status_code == 200
    assert stale.post("/account/sessions/end-others/")["Location"] == "/account/sessions/"


def test_signing_in_counts_for_fifteen_minutes(client: Client, organization: Organization) -> None:
    type_password(client)
    assert client.get(KEYS + "new/").status_code == 200
    age(client, 14)
    assert client.get(KEYS + "new/").status_code == 200
    age(client, 15)
    assert asks(client, KEYS + "new/")


def test_the_password_confirms_under_a_new_session_id_and_leads_back(stale: Client) -> None:
    before = stale.session.session_key
    where = stale.get(KEYS + "new/?a=b")["Location"]
    answer = stale.post(where, {"password": PASSWORD})
    assert answer["Location"] == KEYS + "new/?a=b"
    assert stale.session.session_key != before
    assert stale.get(KEYS + "new/").status_code == 200
    assert AuditEvent.objects.get(action=Action.STEPPED_UP).payload == {"by": "password"}
    old = Client()
    old.cookies["sessionid"] = str(before)
    assert not is_signed_in(old)


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_confirming_never_leads_to_another_site(stale: Client, target: str) -> None:
    assert stale.post(CONFIRM, {"password": PASSWORD, "next": target})["Location"] == "/"


def test_who_has_an_app_confirms_with_both(stale: Client, owner: User) -> None:
    secret = with_app(owner)
    codes = with_codes(owner)
    for form in (
        {"password": PASSWORD},
        {"password": PASSWORD, "code": wrong(secret)},
        {"password": "x", "code": code(secret)},
    ):
        answer = stale.post(CONFIRM, form)
        assert answer.status_code == 422
        assert "Password or code is not right" in answer.content.decode()
    assert not step_up.is_recent(stale)  # type: ignore[arg-type]  # a client has the session, too
    assert stale.post(CONFIRM, {"password": PASSWORD, "code": code(secret)}).status_code == 302
    age(stale)
    assert stale.post(CONFIRM, {"password": PASSWORD, "code": code(secret)}).status_code == 422
    assert stale.post(CONFIRM, {"password": PASSWORD, "code": codes[0]}).status_code == 302
    assert stale.get(KEYS + "new/").status_code == 200


def test_a_wrong_password_uses_no_recovery_code_up(stale: Client, owner: User) -> None:
    with_app(owner)
    codes = with_codes(owner)
    stale.post(CONFIRM, {"password": "wrong horse", "code": codes[0]})
    assert stale.post(CONFIRM, {"password": PASSWORD, "code": codes[0]}).status_code == 302


def test_a_passkey_alone_confirms_and_only_ones_own(as_owner: Client, as_outsider: Client) -> None:
    mine, other = with_passkey(as_owner), with_passkey(as_outsider)
    age(as_owner)
    options = as_owner.post(CONFIRM + "passkey/options/").json()
    refused = as_owner.post(CONFIRM + "passkey/", {"credential": other.sign(options), "next": KEYS})
    assert refused["Location"].startswith(CONFIRM)
    assert asks(as_owner, KEYS + "new/")
    options = as_owner.post(CONFIRM + "passkey/options/").json()
    answer = as_owner.post(CONFIRM + "passkey/", {"credential": mine.sign(options), "next": KEYS})
    assert answer["Location"] == KEYS
    assert as_owner.get(KEYS + "new/").status_code == 200
    assert AuditEvent.objects.get(action=Action.STEPPED_UP).payload == {"by": "passkey"}


def test_five_wrong_tries_end_the_session(stale: Client) -> None:
    for _ in range(4):
        assert stale.post(CONFIRM, {"password": "wrong horse"}).status_code == 422
    assert stale.post(CONFIRM, {"password": "wrong horse", "next": KEYS})["Location"].startswith("/sign-in/")
    assert not is_signed_in(stale)


def test_codes_of_an_app_are_counted_with_those_of_signing_in(stale: Client, owner: User) -> None:
    secret = with_app(owner)
    while admits_code(owner.pk):
        pass
    answer = stale.post(CONFIRM, {"password": PASSWORD, "code": code(secret)})
    assert answer.status_code == 422
    assert "Too many wrong codes" in answer.content.decode()


def test_confirming_needs_somebody_who_is_signed_in(client: Client) -> None:
    for path in (CONFIRM, CONFIRM + "passkey/", CONFIRM + "passkey/options/"):
        assert client.post(path, {"password": PASSWORD})["Location"].startswith("/sign-in/")


def test_one_persons_confirmation_is_of_their_session_alone(as_owner: Client, owner: User) -> None:
    other = Client()
    other.force_login(owner)
    assert as_owner.get(KEYS + "new/").status_code == 200
    assert asks(other, KEYS + "new/")


def test_the_list_of_keys_opens_its_dialog_only_where_it_can_be_sent(as_owner: Client, project: Project) -> None:
    assert 'data-dialog="create"' in as_owner.get(KEYS).content.decode()
    assert 'data-dialog="create"' not in age(as_owner).get(KEYS).content.decode()


def test_signing_out_and_in_as_somebody_else_starts_anew(as_owner: Client, member: User) -> None:
    as_owner.post("/sign-out/")
    as_owner.force_login(member)
    assert asks(as_owner, SECURITY + "passkeys/new/")

"""Passkeys: they sign in alone, only from our own page, with the person verified, and each answer once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from fido2.utils import websafe_encode

from accounts.models import User
from ledger.models import Action, AuditEvent
from notifications import outbox
from notifications.models import OutboxMessage
from tests.accounts.passkeys.conftest import options, sign_in
from tests.support.authenticator import PRESENT, VERIFIED, Device
from tests.support.factors import is_signed_in, passkey_of, with_passkey

pytestmark = pytest.mark.django_db
CHALLENGE = "challenge sign-in"
REFUSED = "That passkey did not work here"


def test_a_passkey_signs_in_without_an_address_under_a_new_session_id(client: Client, device: Device) -> None:
    asked = options(client)
    assert "allowCredentials" not in asked
    assert asked["userVerification"] == "required"
    before = client.session.session_key
    assert sign_in(client, device.sign(asked), next="/account/sessions/") == "/account/sessions/"
    assert client.session.session_key != before
    assert is_signed_in(client)
    assert AuditEvent.objects.get(action=Action.SIGNED_IN).payload == {"by": "passkey"}
    assert passkey_of(device).last_used_at


def test_signing_in_with_one_never_leads_to_another_site(client: Client, device: Device) -> None:
    assert sign_in(client, device.sign(options(client)), next="//evil.example") == "/"


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:1"},
        {"cross_origin": True},
        {"kind": "webauthn.create"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"challenge": websafe_encode(bytes(32))},
        {"signature": b"no signature"},
        {"user_handle": websafe_encode(bytes(16))},
        {"user_handle": "AA"},
    ],
)
def test_a_lie_is_refused_in_one_way(client: Client, device: Device, lies: dict[str, Any]) -> None:
    assert sign_in(client, device.sign(options(client), **lies)) == "/sign-in/"
    assert REFUSED in client.get("/sign-in/").content.decode()
    assert not is_signed_in(client)


def test_the_signature_of_another_device_under_its_id_is_refused(client: Client, device: Device) -> None:
    thief = Device(credential_id=device.credential_id, user_handle=device.user_handle, counter=40)
    assert sign_in(client, thief.sign(options(client))) == "/sign-in/"
    assert sign_in(client, Device().sign(options(client))) == "/sign-in/"
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "1",
        '"x"',
        "{}",
        '{"rawId": 1}',
        "[" * 10_000,
        '{"id":"AA","rawId":"AA","response":{}}',
        "\x00",
    ],
)
def test_whatever_else_is_sent_is_refused(client: Client, device: Device, text: str) -> None:
    options(client)
    assert sign_in(client, text) == "/sign-in/"


def test_every_field_of_an_answer_may_be_of_any_type(client: Client, device: Device) -> None:
    for name in ("clientDataJSON", "authenticatorData", "signature", "userHandle"):
        for value in (None, 1, [], {}, "", "A", "ÄÖ", "A" * 5000):
            answer = json.loads(device.sign(options(client)))
            answer["response"][name] = value
            assert sign_in(client, json.dumps(answer)) == "/sign-in/", (name, value)
    assert not is_signed_in(client)


def test_an_answer_counts_once_and_for_its_own_challenge(client: Client, as_owner: Client) -> None:
    device = with_passkey(as_owner, device=Device(counter=0))
    answer = device.sign(options(client))
    assert sign_in(client, answer) == "/"
    client.post("/sign-out/")
    assert sign_in(client, answer) == "/sign-in/"
    options(client)
    assert sign_in(client, answer) == "/sign-in/"


def test_an_answer_counts_once_even_in_a_session_that_is_put_back(client: Client, as_owner: Client) -> None:
    device = with_passkey(as_owner, device=Device(counter=0))
    answer = device.sign(options(client))
    kept = client.session[CHALLENGE]
    assert sign_in(client, answer) == "/"
    other = Client()
    session = other.session
    session[CHALLENGE] = kept
    session.save()
    other.cookies["sessionid"] = session.session_key
    assert sign_in(other, answer) == "/sign-in/"


def test_a_challenge_lasts_five_minutes(client: Client, device: Device) -> None:
    answer = device.sign(options(client))
    session = client.session
    session[CHALLENGE] = [session[CHALLENGE][0], (timezone.now() - timedelta(minutes=5)).isoformat()]
    session.save()
    assert sign_in(client, answer) == "/sign-in/"


def test_without_a_challenge_of_this_browser_nothing_counts(client: Client, device: Device) -> None:
    assert sign_in(Client(), device.sign(options(client))) == "/sign-in/"


def test_a_counter_that_goes_back_is_refused_recorded_and_told(
    client: Client, device: Device, owner: User, mailoutbox: list[Any]
) -> None:
    OutboxMessage.objects.all().delete()
    sign_in(client, device.sign(options(client)))
    for counter in (0, 1):
        device.counter = counter
        thief = Client()
        assert sign_in(thief, device.sign(options(thief))) == "/sign-in/"
        assert not is_signed_in(thief)
    assert AuditEvent.objects.filter(action=Action.PASSKEY_REFUSED, target=str(passkey_of(device).pk)).count() == 2
    for claim in outbox.claim_due(timezone.now()):
        outbox.send(claim.id, claim.attempt)
    assert ["passkey" in mail.subject for mail in mailoutbox] == [True]  # once a day
    assert "Laptop" in mailoutbox[0].body


def test_one_that_never_counts_is_fine(client: Client, as_owner: Client) -> None:
    device = with_passkey(as_owner, device=Device(counter=0))
    for _ in range(2):
        assert sign_in(client, device.sign(options(client))) == "/"
        client.post("/sign-out/")


@pytest.mark.parametrize("change", [{"email_verified_at": None}, {"is_active": False}, {"is_demo": True}])
def test_who_may_not_sign_in_does_not_with_a_passkey_either(
    client: Client, device: Device, change: dict[str, Any], settings: Any
) -> None:
    settings.DEVELOPMENT = False
    User.objects.update(**change)
    answer = sign_in(client, device.sign(options(client)))
    assert answer == "/sign-in/"
    assert not is_signed_in(client)


def test_no_log_tells_whose_passkey_was_used(client: Client, device: Device, caplog: pytest.LogCaptureFixture) -> None:
    sign_in(client, device.sign(options(client)))
    assert device.credential_id.hex() not in caplog.text
    assert websafe_encode(device.credential_id) not in caplog.text

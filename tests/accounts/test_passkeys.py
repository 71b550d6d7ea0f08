"""Passkeys: they sign in alone, only from our own page, with the person verified, and each answer once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from fido2.utils import websafe_encode

from accounts.models import BrowserSession, Passkey, User
from ledger.models import Action, AuditEvent
from notifications import outbox
from notifications.models import OutboxMessage
from tests.accounts.test_browsers import SAFARI
from tests.support.authenticator import PRESENT, VERIFIED, Device
from tests.support.factors import NEW, is_signed_in, passkey_of, with_app, with_passkey

pytestmark = pytest.mark.django_db
SECURITY, URL = "/account/security/", "/sign-in/passkey/"
CHALLENGE = "challenge sign-in"
REFUSED = "That passkey did not work here"


def options(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.post(URL + "options/").json()
    return found


def sign_in(client: Client, credential: str, **more: str) -> str:
    location: str = client.post(URL, {"credential": credential} | more)["Location"]
    return location


@pytest.fixture
def device(as_owner: Client) -> Device:
    return with_passkey(as_owner)


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


def test_adding_one_asks_for_the_right_kind_and_names_the_account(
    as_owner: Client, owner: User, device: Device
) -> None:
    asked = as_owner.post(NEW + "options/").json()
    assert asked["rp"] == {"id": "localhost", "name": "Llama console"}
    assert asked["user"] == {
        "id": websafe_encode(owner.pk.bytes),
        "name": "olivia@example.com",
        "displayName": "olivia@example.com",
    }
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert [each["id"] for each in asked["excludeCredentials"]] == [websafe_encode(device.credential_id)]
    assert passkey_of(device).transports == ["internal"]


@pytest.mark.parametrize(
    "lies", [{"origin": "https://evil.example"}, {"flags": PRESENT}, {"kind": "webauthn.get"}, {"challenge": "AAAA"}]
)
def test_a_passkey_made_with_a_lie_is_not_added(as_owner: Client, lies: dict[str, Any]) -> None:
    credential = Device().make(as_owner.post(NEW + "options/").json(), **lies)
    answer = as_owner.post(NEW, {"name": "Laptop", "credential": credential})
    assert answer.status_code == 422
    assert "did not make a passkey" in answer.content.decode()
    assert not Passkey.objects.exists()


def test_one_passkey_belongs_to_one_account(as_owner: Client, as_outsider: Client, device: Device) -> None:
    credential = device.make(as_outsider.post(NEW + "options/").json())
    assert as_outsider.post(NEW, {"name": "Mine", "credential": credential}).status_code == 422
    assert Passkey.objects.get().user.pk == passkey_of(device).user_id


def test_there_is_an_end_to_how_many(as_owner: Client, owner: User) -> None:
    for number in range(20):
        owner.passkeys.create(name="x", credential_id=bytes([number]), public_key=b"", sign_count=0)
    credential = Device().make(as_owner.post(NEW + "options/").json())
    answer = as_owner.post(NEW, {"name": "One more", "credential": credential})
    assert answer.status_code == 422
    assert "20 passkeys" in answer.content.decode()


def test_several_are_named_renamed_and_removed_and_a_removed_one_signs_nobody_in(
    as_owner: Client, client: Client, device: Device
) -> None:
    other = with_passkey(as_owner, "Security key")
    page = as_owner.get(SECURITY).content.decode()
    assert "Laptop" in page
    assert "Security key" in page
    passkey = passkey_of(device)
    assert (
        as_owner.post(f"{SECURITY}passkeys/{passkey.pk}/name/", {"name": "Old <b>laptop</b>"})["Location"] == SECURITY
    )
    page = as_owner.get(SECURITY).content.decode()
    assert "Old &lt;b&gt;laptop" in page
    as_owner.post(f"{SECURITY}passkeys/{passkey.pk}/removal/")
    assert sign_in(client, device.sign(options(client))) == "/sign-in/"
    assert sign_in(client, other.sign(options(client))) == "/"


@pytest.mark.parametrize("name", ["", "a\r\nb", "x" * 61, "\x00"])
def test_bad_names_are_refused(as_owner: Client, device: Device, name: str) -> None:
    path = f"{SECURITY}passkeys/{passkey_of(device).pk}/name/"
    assert as_owner.post(path, {"name": name}).status_code == 422
    assert passkey_of(device).name == "Laptop"


def test_nobody_names_or_removes_somebody_elses(
    as_owner: Client, as_outsider: Client, as_member: Client, device: Device
) -> None:
    pk, missing = passkey_of(device).pk, "01900000-0000-7000-8000-000000000000"
    for client in (as_outsider, as_member):
        for route, form in (("name", {"name": "Mine"}), ("removal", {})):
            foreign = client.post(f"{SECURITY}passkeys/{pk}/{route}/", form)
            absent = client.post(f"{SECURITY}passkeys/{missing}/{route}/", form)
            assert foreign.status_code == absent.status_code == 404
            assert foreign.content == absent.content
            assert client.get(f"{SECURITY}passkeys/{pk}/{route}/").status_code == 404
    assert passkey_of(device).name == "Laptop"


def test_adding_and_removing_end_all_other_sessions_and_are_recorded_and_told(
    as_owner: Client, owner: User, mailoutbox: list[Any]
) -> None:
    def elsewhere() -> Client:
        other = Client(headers={"user-agent": SAFARI})
        other.force_login(owner)
        return other

    there = elsewhere()
    device = with_passkey(as_owner)
    assert not is_signed_in(there)
    there = elsewhere()
    as_owner.post(f"{SECURITY}passkeys/{passkey_of(device).pk}/removal/")
    assert not is_signed_in(there)
    assert is_signed_in(as_owner)
    assert BrowserSession.objects.filter(user_id=owner.pk).count() == 1
    told = AuditEvent.objects.filter(action__startswith="factor:").order_by("pk")
    assert [(event.action, event.payload) for event in told] == [
        (Action.FACTOR_ADDED, {"factor": "passkey"}),
        (Action.FACTOR_REMOVED, {"factor": "passkey"}),
    ]
    for claim in outbox.claim_due(timezone.now()):
        outbox.send(claim.id, claim.attempt)
    assert len(mailoutbox) == 2
    assert all("Passkey" in mail.body for mail in mailoutbox)


def test_without_the_last_factor_recovery_codes_end(as_owner: Client, owner: User, device: Device) -> None:
    as_owner.post(SECURITY + "recovery-codes/")
    with_app(owner)
    as_owner.post(f"{SECURITY}passkeys/{passkey_of(device).pk}/removal/")
    assert owner.recovery_codes.count() == 10
    as_owner.post(SECURITY + "authenticator/removal/")
    assert not owner.recovery_codes.exists()


def test_no_log_tells_whose_passkey_was_used(client: Client, device: Device, caplog: pytest.LogCaptureFixture) -> None:
    sign_in(client, device.sign(options(client)))
    assert device.credential_id.hex() not in caplog.text
    assert websafe_encode(device.credential_id) not in caplog.text

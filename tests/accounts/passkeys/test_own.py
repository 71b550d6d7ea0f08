"""One's own passkeys: added, named and removed by their person alone, and each time said."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from fido2.utils import websafe_encode

from accounts.models import BrowserSession, Passkey, User
from ledger.models import Action, AuditEvent
from notifications import outbox
from tests.accounts.passkeys.conftest import options, sign_in
from tests.accounts.test_browsers import SAFARI
from tests.support.authenticator import PRESENT, Device
from tests.support.factors import NEW, is_signed_in, passkey_of, with_app, with_passkey

pytestmark = pytest.mark.django_db
SECURITY = "/account/security/"


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

"""One value opened by itself: its leaf first, no scope left behind, and refused whatever a scope would not open."""

import json

import pytest

from accounts.models import User
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import LeafBody, LeafType
from tests.vault.unsealer.running import EMAIL, own, sealed
from vault.disclosure import open_once
from vault.errors import VaultError
from vault.purposes import Purpose
from vault.unsealer import Unsealer
from vault.unsealer.messages import Opening, Value

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = Actor.system("notifications")


def leaves(tenant: object) -> list[tuple[str, str]]:
    return list(LeafBody.objects.filter(tenant=tenant).order_by("position").values_list("type", "text"))


def test_a_value_opens_under_one_leaf(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    assert unsealer.open_once(own(one), [one]) == [b'"zoe@example.com"']
    assert [each for each, _ in leaves(one.tenant)] == [LeafType.OPENING]


def test_what_the_purpose_does_not_open_is_refused_and_recorded(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    with pytest.raises(VaultError, match="refused"):
        unsealer.open_once(Opening("sms", str(WORKER), one.tenant, [EMAIL], [one.pk]), [one])
    ((kind, text),) = leaves(one.tenant)
    assert kind == LeafType.REFUSAL
    assert '"code":"refused"' in text


def test_a_value_of_another_row_opens_not_and_the_attempt_stands_after_the_opening(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    other = Value(one.label, new_id(), one.tenant, one.data)
    with pytest.raises(VaultError, match="outside-scope"):
        unsealer.open_once(own(one), [other])
    assert [each for each, _ in leaves(one.tenant)] == [LeafType.OPENING, LeafType.REFUSAL]


def test_a_record_that_was_changed_opens_not(unsealer: Unsealer) -> None:
    one = sealed(unsealer)
    broken = Value(one.label, one.pk, one.tenant, one.data[:-1] + bytes([one.data[-1] ^ 1]))
    with pytest.raises(VaultError, match="tampered"):
        unsealer.open_once(own(one), [broken])
    assert '"code":"tampered"' in leaves(one.tenant)[-1][1]


def test_a_field_says_itself_whose_it_is_and_the_leaf_names_the_message(member: User) -> None:
    message, stored = new_id(), User.objects.get(pk=member.pk)
    assert open_once(Purpose.EMAIL_NOTIFICATION, stored.email, actor=WORKER, message=message) == "mira@example.com"
    opening = LeafBody.objects.filter(tenant=member.pk, purpose="email-notification").get()
    said = json.loads(opening.text)
    assert (said["message"], said["fields"]) == (str(message), [EMAIL])


def test_plaintext_that_is_not_saved_has_nothing_to_open(member: User) -> None:
    member.email = "new@example.com"
    with pytest.raises(VaultError, match="refused"):
        open_once(Purpose.EMAIL_NOTIFICATION, member.email, actor=WORKER)

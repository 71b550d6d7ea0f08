"""Programs ask for the end of the organization and take it back, if an owner gave them just that."""

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import change_role
from accounts.models import Deletion, Organization, Role, User
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from notifications.models import OutboxMessage
from tests.admin_api.conftest import Caller, program

pytestmark = pytest.mark.django_db
PATH = "organization/deletion/"
SLUG = {"slug": "llamas-of-lisbon"}


def test_it_is_asked_for_told_and_taken_back(olivia: Caller, organization: Organization, owner: User) -> None:
    assert olivia.ask(PATH).status_code == 404
    asked = olivia.make(PATH, SLUG)
    assert asked.status_code == 202
    assert asked.json()["requested_by"] == str(owner.pk)
    assert olivia.ask(PATH).json() == olivia.make(PATH, SLUG).json() == asked.json()
    assert OutboxMessage.objects.filter(kind="organization-deletion-scheduled", recipient_id=owner.pk).count() == 1
    assert olivia.delete(f"/api/v1/{PATH}").status_code == 204
    assert olivia.ask(PATH).status_code == olivia.delete(f"/api/v1/{PATH}").status_code == 404
    actions = AuditEvent.objects.filter(action__startswith="deletion:").order_by("pk").values_list("action", "actor")
    key = str(Actor.key(organization.admin_keys.get().pk))
    assert list(actions) == [(Action.DELETION_SCHEDULED, key), (Action.DELETION_CANCELLED, key)]


def test_the_address_in_the_answer_is_its_page(olivia: Caller, client: Client) -> None:
    url = olivia.make(PATH, SLUG).json()["url"]
    assert client.get(url.removeprefix("http://localhost:8000")).status_code == 200


def test_the_same_request_again_asks_once(olivia: Caller) -> None:
    once = {"Idempotency-Key": str(uuid4())}
    first = olivia.make(PATH, SLUG, **once).json()
    olivia.delete(f"/api/v1/{PATH}")
    again = olivia.make(PATH, SLUG, **once).json()
    assert again.pop("cancelled_at")
    assert again == {name: value for name, value in first.items() if name != "cancelled_at"}
    assert Deletion.objects.count() == 1


@pytest.mark.parametrize("slug", ["outsiders", "Llamas-of-Lisbon", "llamas-of-lisbon "])
def test_another_slug_ends_nothing(olivia: Caller, outsider: User, slug: str) -> None:
    assert olivia.make(PATH, {"slug": slug}).status_code == 409
    assert not Deletion.objects.exists()


def test_what_is_being_carried_out_is_not_taken_back(olivia: Caller) -> None:
    olivia.make(PATH, SLUG)
    Deletion.objects.update(began_at=timezone.now())
    assert olivia.delete(f"/api/v1/{PATH}").status_code == 409
    assert Deletion.objects.get().cancelled_at is None


def test_a_key_of_an_admin_ends_nothing_and_keeps_nothing(organization: Organization, member: User) -> None:
    """Though its scopes say so: an owner who made it was made an admin since."""
    change_role(Actor.operator(), membership=organization.memberships.get(user=member), role=Role.ADMIN)
    key = program(organization, member)
    for answer in (key.ask(PATH), key.make(PATH, SLUG), key.delete(f"/api/v1/{PATH}")):
        assert answer.status_code == 403
    assert not Deletion.objects.exists()


def test_a_program_sees_nothing_of_another_organizations_end(olivia: Caller, otto: Caller) -> None:
    olivia.make(PATH, SLUG)
    assert otto.ask(PATH).status_code == otto.delete(f"/api/v1/{PATH}").status_code == 404
    assert Deletion.objects.get().cancelled_at is None

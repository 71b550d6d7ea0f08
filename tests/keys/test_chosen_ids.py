"""Nobody chooses the id of what a form makes: others' limits and budgets stand under ids without a foreign key."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from accounts.actions import change_role
from accounts.models import Organization, Project, Role, User
from billing.actions.budgets import Plan, set_budget
from billing.models import Budget
from catalog.money import PICO
from keys.actions import issue_key, set_limits
from keys.actions.limiting import Ceiling
from keys.models import AdminKey, ApiKey, Limits
from keys.subjects import of_organization, of_project
from keys.verification import find_caller
from tests.keys.conftest import OPERATOR
from tests.keys.test_pages import FORM, URL

pytestmark = pytest.mark.django_db
GREEDY = {"requests_per_minute": "9999", "period": "month", "hard": "100000"}


def test_a_key_takes_the_place_of_no_organization_and_no_project(
    as_member: Client, member: User, organization: Organization, project: Project
) -> None:
    change_role(OPERATOR, membership=organization.memberships.get(user=member), role=Role.DEVELOPER)
    set_limits(OPERATOR, of_organization(organization), Ceiling(5))
    set_budget(OPERATOR, of_organization(organization), Plan("month", PICO))
    set_limits(OPERATOR, of_project(project), Ceiling(5))
    for taken in (organization.pk, project.pk):
        assert as_member.post(URL + "new/", FORM | GREEDY | {"once": str(taken)}).status_code == 200
        assert not ApiKey.objects.filter(pk=taken).exists()
        assert Limits.objects.get(subject_id=taken).requests_per_minute == 5
    assert Budget.objects.get(pk=organization.pk).hard == PICO


def test_a_key_takes_no_place_in_another_organization(
    as_outsider: Client, organization: Organization, project: Project
) -> None:
    _, secret = issue_key(OPERATOR, project=project, name="ci")
    form = FORM | {"requests_per_minute": "1", "once": str(organization.pk)}
    assert as_outsider.post("/o/outsiders/keys/new/", form).status_code == 200
    caller = find_caller(secret)
    assert caller
    assert caller.rules == ()


@pytest.mark.parametrize("made", ["hex", "plain", "signed otherwise"])
def test_a_successor_and_an_admin_key_have_ids_of_their_own(as_owner: Client, key: ApiKey, made: str) -> None:
    chosen = uuid4()
    once = {"hex": chosen.hex, "plain": str(chosen), "signed otherwise": f"{chosen.hex}:x"}[made]
    assert as_owner.post(f"{URL}{key.pk}/rotation/", {"overlap": "0", "once": once}).status_code == 200
    form: dict[str, Any] = {"name": "terraform", "scopes": ["projects:view"], "life": "90", "once": once}
    assert as_owner.post("/o/llamas-of-lisbon/admin-keys/new/", form).status_code == 200
    made_ids: set[UUID] = {ApiKey.objects.get(predecessor=key).pk, AdminKey.objects.get().pk}
    assert chosen not in made_ids

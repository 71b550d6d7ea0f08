"""Admin keys on their pages and at the command line."""

from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import change_role
from accounts.models import Organization, Project, Role, User
from accounts.once import new_once
from accounts.policy import Permission
from keys.admin.actions import issue_admin_key
from keys.admin.caller import find_admin
from keys.admin.scopes import OF_GATEWAYS, SCOPES
from keys.models import AdminKey
from keys.secrets import ADMIN_PREFIX, hash_secret, is_well_formed, new_secret
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.models import AuditEvent
from notifications.models import OutboxMessage

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
URL = "/o/llamas-of-lisbon/admin-keys/"
FORM = {"name": "terraform", "life": "90", "scopes": ["keys:view", "keys:manage"]}


def test_the_owner_makes_an_admin_key_and_sees_its_secret_once(
    as_owner: Client, organization: Organization, owner: User
) -> None:
    answer = as_owner.post(URL + "new/", FORM)
    secret = answer.context["secret"]
    caller = find_admin(secret)
    assert caller
    assert (caller.organization, caller.key.created_by) == (organization, owner)
    assert caller.may(Permission.MANAGE_KEYS)
    assert not caller.may(Permission.VIEW_PROJECTS)
    assert caller.key.expires_at
    assert "no-store" in answer["Cache-Control"]
    assert secret not in as_owner.get(URL).content.decode()
    row = str(list(AdminKey.objects.values_list()))
    assert secret[4:-4] not in row
    event = AuditEvent.objects.get(action="admin-key:created")
    assert event.payload == {"keys": "manage,view"}


def test_its_maker_is_told_of_the_beginning_and_the_end(as_owner: Client, organization: Organization) -> None:
    as_owner.post(URL + "new/", FORM)
    key = AdminKey.objects.get()
    as_owner.post(f"{URL}{key.pk}/revocation/", {"confirmation": "terraform"})
    kinds = OutboxMessage.objects.filter(subject_id=key.pk).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["key-created", "key-revoked"]


def test_the_same_form_twice_makes_one_key(as_owner: Client, organization: Organization) -> None:
    once = {"once": new_once()}
    assert as_owner.post(URL + "new/", FORM | once).status_code == 200
    assert as_owner.post(URL + "new/", FORM | once).status_code == 302
    assert AdminKey.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"scopes": []},
        {"scopes": ["ownership:transfer"]},
        {"scopes": ["x"]},
        {"life": "7"},
    ],
)
def test_a_form_that_makes_no_key(as_owner: Client, organization: Organization, wrong: dict[str, Any]) -> None:
    assert as_owner.post(URL + "new/", FORM | wrong).status_code == 422
    assert not AdminKey.objects.exists()


def test_the_owner_revokes_a_key_by_typing_its_name(as_owner: Client, organization: Organization) -> None:
    key, secret = issue_admin_key(OPERATOR, organization=organization, name="ci", scopes=list(SCOPES))
    path = f"{URL}{key.pk}/revocation/"
    assert as_owner.get(path).status_code == 200
    assert as_owner.post(path, {"confirmation": "wrong"}).status_code == 422
    assert find_admin(secret)
    assert as_owner.post(path, {"confirmation": "ci"}).status_code == 302
    assert find_admin(secret) is None
    assert as_owner.get(path).status_code == 302
    assert AuditEvent.objects.filter(action="admin-key:revoked").count() == 1


def test_a_member_with_a_lower_role_is_refused(as_member: Client, organization: Organization) -> None:
    key, secret = issue_admin_key(OPERATOR, organization=organization, name="ci", scopes=list(SCOPES))
    for path in ("", "new/", f"{key.pk}/revocation/"):
        assert as_member.get(URL + path).status_code == 403
    assert as_member.post(URL + "new/", FORM).status_code == 403
    assert as_member.post(f"{URL}{key.pk}/revocation/", {"confirmation": "ci"}).status_code == 403
    assert find_admin(secret)
    assert AdminKey.objects.count() == 1


def test_an_outsider_finds_neither_the_page_nor_the_key(as_outsider: Client, organization: Organization) -> None:
    key, secret = issue_admin_key(OPERATOR, organization=organization, name="ci", scopes=list(SCOPES))
    for path in ("", "new/", f"{key.pk}/revocation/"):
        assert as_outsider.get(URL + path).status_code == 404
    own = "/o/outsiders/admin-keys/"
    foreign, missing = (as_outsider.post(f"{own}{pk}/revocation/", {"confirmation": "ci"}) for pk in (key.pk, uuid4()))
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content
    assert find_admin(secret)


def test_making_and_revoking_ask_again_who_one_is(as_owner: Client, organization: Organization) -> None:
    key, _ = issue_admin_key(OPERATOR, organization=organization, name="ci", scopes=[])
    session = as_owner.session
    del session["confirmed_at"]
    session.save()
    for path in ("new/", f"{key.pk}/revocation/"):
        assert as_owner.get(URL + path)["Location"].startswith("/account/confirm/")
    assert as_owner.get(URL).status_code == 200


def test_the_list_asks_no_more_for_more_keys(as_owner: Client, organization: Organization) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            as_owner.get(URL)
        return len(asked)

    issue_admin_key(OPERATOR, organization=organization, name="ci", scopes=list(SCOPES))
    as_owner.get(URL)
    few = queries()
    for _ in range(5):
        issue_admin_key(OPERATOR, organization=organization, name="ci", scopes=list(SCOPES))
    assert queries() == few


def test_the_two_sorts_of_keys_are_told_apart(organization: Organization) -> None:
    _, secret = issue_admin_key(OPERATOR, organization=organization, name="ci", scopes=list(SCOPES))
    assert is_well_formed(secret, ADMIN_PREFIX)
    assert not is_well_formed(secret)
    assert find_caller(secret) is None
    assert find_admin(new_secret()) is None
    assert hash_secret(secret) != hash_secret("llk_" + secret[4:])


def test_the_commands_that_operators_script(project: Project) -> None:
    out = StringIO()
    asked: dict[str, Any] = {"organization": "llamas-of-lisbon", "name": "script", "admin": True}
    call_command("issue_key", **asked, stdout=out, stderr=StringIO())
    secret = out.getvalue().splitlines()[-1]
    caller = find_admin(secret)
    assert caller
    assert {scope for scope in SCOPES if not caller.may(scope)} == {
        Permission.DELETE_ORGANIZATION,
        Permission.OPEN_CONTENT,
        *OF_GATEWAYS,
    }
    call_command("issue_key", **asked, scope=["organization:delete"], stdout=StringIO(), stderr=StringIO())
    assert AdminKey.objects.filter(scopes=["organization:delete"]).count() == 1
    call_command("issue_key", **asked, scope=["keys:view"], days=7, stdout=StringIO(), stderr=StringIO())
    assert AdminKey.objects.filter(scopes=["keys:view"], expires_at__isnull=False).count() == 1
    call_command("revoke_key", secret, stdout=StringIO())
    assert find_admin(secret) is None
    for wrong in ({"organization": "nobody"}, {"project": "default"}, {"name": ""}, {"days": 0}):
        with pytest.raises(CommandError):
            call_command("issue_key", **{**asked, **wrong})
    with pytest.raises(CommandError):
        call_command("issue_key", organization="llamas-of-lisbon", name="neither")


def test_an_admin_gives_what_an_admin_may(as_member: Client, organization: Organization, member: User) -> None:
    change_role(OPERATOR, membership=organization.memberships.get(user=member), role=Role.ADMIN)
    choices = as_member.get(URL + "new/").context["form"].fields["scopes"].choices
    assert {value for value, _ in choices} == {scope.value for scope in SCOPES} - {"organization:delete", "sso:manage"}


def test_an_owner_gives_what_an_owner_may(as_owner: Client, organization: Organization) -> None:
    choices = as_owner.get(URL + "new/").context["form"].fields["scopes"].choices
    assert {value for value, _ in choices} == {scope.value for scope in SCOPES}

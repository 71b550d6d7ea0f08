"""Keys: shown once, found by a keyed hash, ended at once."""

from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Organization, Project
from keys.actions import issue_key, revoke_key
from keys.models import ApiKey
from keys.secrets import LENGTH, is_well_formed, new_secret
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.models import AuditEvent
from tests.usage.test_report_page import record

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
URL = "/o/llamas-of-lisbon/keys/"


def test_a_new_key_verifies_and_its_secret_is_nowhere(project: Project) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci")
    caller = find_caller(secret)
    assert caller
    assert (caller.key_id, caller.project_id, caller.organization_id) == (key.pk, project.pk, project.organization_id)
    row = str(list(ApiKey.objects.values_list()))
    assert secret not in row
    assert secret[4:-4] not in row


def test_a_revoked_key_is_refused_at_once_and_stays_revoked(project: Project) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci")
    assert revoke_key(OPERATOR, key)
    assert find_caller(secret) is None
    assert not revoke_key(OPERATOR, key)
    assert AuditEvent.objects.filter(action="key:revoked").count() == 1


@pytest.mark.parametrize("secret", ["", "llk_", "llk_" + "a" * 38, "' OR 1=1 --", "llk_\x00", "ключ", "x" * 10_000])
def test_anything_else_is_nobody(project: Project, secret: str) -> None:
    assert find_caller(secret) is None


@given(st.integers(4, LENGTH - 1), st.sampled_from("0aZ"))
def test_a_mistyped_secret_is_recognised_by_its_checksum(position: int, letter: str) -> None:
    secret = new_secret()
    typed = secret[:position] + letter + secret[position + 1 :]
    assert is_well_formed(secret)
    assert is_well_formed(typed) == (typed == secret)


def test_demo_keys_are_refused_in_production(project: Project, settings: object) -> None:
    Organization.objects.update(is_demo=True)
    _, secret = issue_key(OPERATOR, project=project, name="demo")
    assert find_caller(secret)
    settings.DEVELOPMENT = False  # type: ignore[attr-defined]
    assert find_caller(secret) is None


def test_the_commands_that_operators_script(project: Project) -> None:
    out = StringIO()
    call_command(
        "issue_key", organization="llamas-of-lisbon", project="default", name="script", stdout=out, stderr=StringIO()
    )
    secret = out.getvalue().splitlines()[-1]
    assert find_caller(secret)
    call_command("revoke_key", secret, stdout=StringIO())
    assert find_caller(secret) is None
    for wrong in ({"organization": "nobody"}, {"project": "nothing"}, {"name": ""}):
        with pytest.raises(CommandError):
            call_command(
                "issue_key", **{"organization": "llamas-of-lisbon", "project": "default", "name": "x", **wrong}
            )
    with pytest.raises(CommandError):
        call_command("revoke_key", new_secret())


def test_the_owner_makes_a_key_and_sees_its_secret_once(as_owner: Client, project: Project) -> None:
    answer = as_owner.post(URL + "new/", {"name": "ci-runner", "project": "default", "scopes": ["chat"]})
    secret = answer.context["secret"]
    assert find_caller(secret)
    assert secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert secret not in as_owner.get(URL).content.decode()


def test_the_owner_revokes_a_key_by_typing_its_name(as_owner: Client, project: Project) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci")
    path = f"{URL}{key.pk}/revocation/"
    assert as_owner.get(path).status_code == 200
    assert as_owner.post(path, {"confirmation": "wrong"}).status_code == 422
    assert find_caller(secret)
    assert as_owner.post(path, {"confirmation": "ci"}).status_code == 302
    assert find_caller(secret) is None


def test_a_member_with_a_lower_role_sees_keys_but_changes_none(as_member: Client, project: Project) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci")
    page = as_member.get(URL).content.decode()
    assert "ci" in page
    assert f"{URL}new/" not in page
    for path in ("new/", f"{key.pk}/revocation/"):
        assert as_member.get(URL + path).status_code == 403
        assert as_member.post(URL + path, {"confirmation": "ci", "name": "x", "project": "default"}).status_code == 403
    assert find_caller(secret)
    assert ApiKey.objects.count() == 1


def test_an_outsider_finds_neither_the_page_nor_the_key(as_outsider: Client, project: Project) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci")
    for path in (URL, URL + "new/", f"{URL}{key.pk}/revocation/"):
        assert as_outsider.get(path).status_code == 404
    own = "/o/outsiders/keys/"
    foreign, missing = (as_outsider.post(f"{own}{pk}/revocation/", {"confirmation": "ci"}) for pk in (key.pk, uuid4()))
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content
    assert find_caller(secret)


def test_a_foreign_project_in_the_form_is_refused(as_outsider: Client, organization: Organization) -> None:
    organization.projects.create(name="Secret", slug="secret")
    assert as_outsider.post("/o/outsiders/keys/new/", {"name": "x", "project": "secret"}).status_code == 422
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("name", ["", "a\r\nb", "x" * 81, "\x00", "\u200b", "a\u202eb"])
def test_bad_names_are_refused(as_owner: Client, project: Project, name: str) -> None:
    assert as_owner.post(URL + "new/", {"name": name, "project": "default", "scopes": ["chat"]}).status_code == 422


def test_hostile_names_are_inert(as_owner: Client, project: Project) -> None:
    issue_key(OPERATOR, project=project, name="<script>alert(1)</script>")
    assert "<script>alert" not in as_owner.get(URL).content.decode()


def test_queries_do_not_grow_with_keys(
    as_owner: Client, project: Project, django_assert_max_num_queries: object
) -> None:
    for number in range(40):
        issue_key(OPERATOR, project=project, name=f"key-{number}")
    as_owner.get(URL)  # notes, once an hour, that its reader was here
    with django_assert_max_num_queries(22):  # type: ignore[operator]
        as_owner.get(URL)


def test_the_list_filters_by_state_name_and_project(as_owner: Client, project: Project) -> None:
    key, _ = issue_key(OPERATOR, project=project, name="old")
    issue_key(OPERATOR, project=project, name="new")
    revoke_key(OPERATOR, key)

    def names(**query: str) -> list[str]:
        return [row.name for row in as_owner.get(URL, query).context["keys"]]

    assert names() == ["new", "old"]
    assert names(state="active") == names(q="ne") == ["new"]
    assert names(state="revoked") == ["old"]
    assert names(project="nothing") == []


def test_one_request_is_told_in_the_singular(as_owner: Client, project: Project) -> None:
    once, _ = issue_key(OPERATOR, project=project, name="once")
    twice, _ = issue_key(OPERATOR, project=project, name="twice")
    record(project, once)
    record(project, twice, 2)
    assert {row.name: row.requests for row in as_owner.get(URL).context["keys"]} == {
        "once": "1 request",
        "twice": "2 requests",
    }
    said = [as_owner.get(f"{URL}{key.pk}/revocation/").context["effect"] for key in (once, twice)]
    assert ["1 request in" in said[0], "2 requests in" in said[1]] == [True, True]


def test_sending_the_form_again_makes_no_second_key(as_owner: Client, project: Project) -> None:
    once = as_owner.get(URL + "new/").context["form"]["once"].value()
    form = {"name": "ci-runner", "project": "default", "scopes": ["chat"], "once": str(once)}
    assert as_owner.post(URL + "new/", form).status_code == 200
    assert as_owner.post(URL + "new/", form).status_code == 302
    assert ApiKey.objects.count() == 1

"""The pages of keys: making one with all that holds for it, changing it, finding it, and ending many at once."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import change_role, create_project
from accounts.models import Organization, Project, Role, User
from accounts.policy import Access, givable_scopes
from billing.models import Budget
from catalog.data_policy import DataPolicy
from catalog.money import PICO
from keys.actions import issue_key, mark_leaked, revoke_key
from keys.models import ApiKey, Limits
from keys.rules import Rules
from keys.scopes import all_scopes
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import AuditEvent
from tests.catalog.conftest import served

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
URL = "/o/llamas-of-lisbon/keys/"
FORM = {"name": "ci", "project": "default", "scopes": ["chat", "models"], "life": "90", "reach": "all"}
FULL = FORM | {
    "reach": "these",
    "networks": "203.0.113.9\n2001:DB8::/32",
    "requests_per_minute": "600",
    "tokens_per_minute": "200000",
    "concurrent": "4",
    "period": "day",
    "hard": "12.50",
    "soft": "10",
    "rotate_every": "90",
}


def test_a_key_is_made_with_all_that_holds_for_it(as_owner: Client, project: Project, owner: User) -> None:
    model = served()
    answer = as_owner.post(URL + "new/", FULL | {"models": [model.name]})
    caller = find_caller(answer.context["secret"])
    assert caller
    assert (caller.scopes, caller.models) == ({"chat", "models"}, {model.name})
    assert [str(network) for network in caller.networks] == ["203.0.113.9/32", "2001:db8::/32"]
    (rule,) = caller.rules
    assert (rule.requests_per_minute, rule.tokens_per_minute, rule.concurrent) == (600, 200000, 4)
    assert caller.over_at
    assert timedelta(days=89) < caller.over_at - timezone.now() <= timedelta(days=90)
    budget = Budget.objects.get(pk=caller.subject_id)
    assert (budget.period, budget.hard, budget.soft) == ("day", 12.5 * PICO, 10 * PICO)
    key = ApiKey.objects.get()
    assert (key.created_by, key.is_personal, key.rotate_every) == (owner, True, 90)
    actions = AuditEvent.objects.filter(target=str(key.pk)).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["key:created", "limits:set", "budget:set"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"scopes": []}, "Choose at least one scope."),
        ({"scopes": ["keys:manage"]}, "Select a valid choice"),
        ({"reach": "these"}, "Choose at least one model, or all of them."),
        ({"reach": "these", "models": ["nothing"]}, "Select a valid choice"),
        ({"networks": "10.0.0.1/8"}, "Did you mean 10.0.0.0/8?"),
        ({"networks": "0.0.0.0/0"}, "is every address"),
        ({"life": "date"}, "Choose the last day"),
        ({"life": "date", "until": "2001-01-01"}, "Choose a day from today on"),
        ({"life": "date", "until": "x"}, "Enter a valid date."),
        ({"life": "8"}, "Select a valid choice"),
        ({"requests_per_minute": "0"}, "greater than or equal to 1"),
        ({"tokens_per_minute": "-5"}, "greater than or equal to 1"),
        ({"concurrent": "1.5"}, "Enter a whole number."),
        ({"hard": "5", "soft": "6"}, "is at most the one that stops"),
        ({"hard": "nothing"}, "Enter an amount"),
        ({"rotate_every": "31"}, "Select a valid choice"),
        ({"service_account": str(uuid4())}, "Select a valid choice"),
    ],
)
def test_a_wrong_choice_makes_no_key_and_says_why(
    as_owner: Client, project: Project, wrong: dict[str, Any], said: str
) -> None:
    answer = as_owner.post(URL + "new/", FORM | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ApiKey.objects.exists()
    assert not Limits.objects.exists()


@pytest.mark.parametrize("page", ["", "keys/", "usage/", "requests/", "playground/"])
def test_a_call_to_paste_names_no_model_that_the_organization_blocks(
    as_owner: Client, project: Project, page: str
) -> None:
    served("A-Model-That-Is-First", policy=DataPolicy.OUTSIDE)
    served("The-Only-One")
    project.organization.blocked_policies = [DataPolicy.OUTSIDE.value]
    project.organization.save()
    context = as_owner.get(f"/o/{project.organization.slug}/{page}").context
    shown = context.get("snippet") or " ".join(each.text for each in context["snippets"])
    assert "The-Only-One" in shown
    assert "A-Model-That-Is-First" not in shown


def test_the_first_call_to_paste_names_a_model_that_the_key_may_call(as_owner: Client, project: Project) -> None:
    served("A-Model-That-Is-First")
    allowed = served("The-Only-One")
    answer = as_owner.post(URL + "new/", FORM | {"reach": "these", "models": [allowed.name]})
    assert "A-Model-That-Is-First" not in answer.content.decode()
    assert all(allowed.name in snippet.text for snippet in answer.context["snippets"])
    key = ApiKey.objects.get()
    rotated = as_owner.post(f"{URL}{key.pk}/rotation/", {"overlap": "3600"})
    assert all(allowed.name in snippet.text for snippet in rotated.context["snippets"])
    assert "<dd>Rotated</dd>" in as_owner.get(f"{URL}{key.pk}/").content.decode()


def test_the_first_wrong_field_of_the_page_has_the_focus(as_owner: Client, project: Project) -> None:
    page = as_owner.post(URL + "new/", FORM | {"networks": "0.0.0.0/0", "requests_per_minute": "0"}).content.decode()
    assert re.findall(r'<(?:input|textarea|select) name="(\w+)"[^>]* autofocus', page) == ["networks"]


def test_a_key_works_all_through_its_last_day(as_owner: Client, project: Project) -> None:
    day = timezone.now().date() + timedelta(days=3)
    as_owner.post(URL + "new/", FORM | {"life": "date", "until": day.isoformat()})
    end = ApiKey.objects.get().expires_at
    assert end
    assert (end - timedelta(microseconds=1)).date() == day


def test_what_a_key_may_do_never_exceeds_what_its_maker_may() -> None:
    """The rule stands in the policy: nobody gives scopes without making keys there, nor more than their role has."""
    here, there = new_id(), new_id()
    for role in Role:
        makes = role in {Role.OWNER, Role.ADMIN, Role.DEVELOPER}
        assert givable_scopes(Access(role), here) == (set(all_scopes()) if makes else set())
    narrowed = Access(Role.DEVELOPER, {here: Role.DEVELOPER, there: Role.VIEWER})
    assert givable_scopes(narrowed, here) == set(all_scopes())
    assert givable_scopes(narrowed, there) == givable_scopes(narrowed, new_id()) == givable_scopes(None, here) == set()


def test_a_developer_of_one_project_makes_keys_in_no_other(
    as_member: Client, organization: Organization, project: Project, member: User
) -> None:
    other = create_project(OPERATOR, organization=organization, name="Other")
    membership = organization.memberships.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.DEVELOPER, projects={project.pk: Role.DEVELOPER})
    foreign, _ = issue_key(OPERATOR, project=other, name="theirs")
    assert as_member.post(URL + "new/", FORM | {"project": "other"}).status_code == 422
    for path in ("", "change/", "rotation/", "revocation/", "leak/"):
        assert as_member.get(f"{URL}{foreign.pk}/{path}").status_code == 404
    assert as_member.post(URL + "new/", FORM).status_code == 200


def test_a_key_is_changed_and_keeps_its_secret(as_owner: Client, project: Project) -> None:
    secret = as_owner.post(URL + "new/", FULL | {"models": [served().name]}).context["secret"]
    key = ApiKey.objects.get()
    path = f"{URL}{key.pk}/change/"
    shown = as_owner.get(path).context["form"]
    assert (shown["name"].value(), shown["life"].value(), shown["hard"].value()) == ("ci", "keep", "12.50")
    body = {"name": "renamed", "life": "never", "scopes": ["chat"], "reach": "all", "networks": "", "hard": "20"}
    assert as_owner.post(path, body).status_code == 302
    caller = find_caller(secret)
    assert caller
    assert (caller.scopes, caller.models, caller.networks, caller.over_at, caller.rules) == (
        {"chat"},
        None,
        (),
        None,
        (),
    )
    budget = Budget.objects.get()
    assert (budget.period, budget.hard, budget.soft) == ("month", 20 * PICO, None)
    assert as_owner.post(path, body | {"scopes": []}).status_code == 422
    # The same again changes nothing, and is no event.
    events = AuditEvent.objects.count()
    as_owner.post(path, body)
    assert AuditEvent.objects.count() == events


def test_to_keep_the_end_keeps_it_to_the_microsecond(as_owner: Client, project: Project) -> None:
    end = timezone.now() + timedelta(days=2)
    key, _ = issue_key(OPERATOR, project=project, name="ci", rules=Rules(expires_at=end))
    as_owner.post(f"{URL}{key.pk}/change/", {"name": "x", "life": "keep", "scopes": ["chat"], "reach": "all"})
    key.refresh_from_db()
    assert (key.name, key.expires_at) == ("x", end)


def test_a_key_that_has_ended_is_not_changed(as_owner: Client, key: ApiKey) -> None:
    revoke_key(OPERATOR, key)
    for path in ("change/", "rotation/"):
        assert as_owner.post(f"{URL}{key.pk}/{path}", FORM | {"overlap": "0"}).status_code == 302
    assert ApiKey.objects.get().name == "ci"


def test_the_page_of_a_key_shows_what_holds_and_what_it_did(as_owner: Client, project: Project, use: Any) -> None:
    as_owner.post(URL + "new/", FULL | {"models": [served().name]})
    key = ApiKey.objects.get()
    use(key.pk, network="198.51.100.0/24")
    Budget.objects.update(spent=11 * PICO, began=timezone.now().date())
    page = as_owner.get(f"{URL}{key.pk}/").content.decode()
    for part in ("203.0.113.9/32", "600 req", "4 at once", "$11.00", "of $12.50 today", "and at $10.00", "You"):
        assert part in page
    assert "198.51.100.0/24" in page
    assert "just now" in page


def test_the_list_is_filtered_by_flag_state_and_the_keys_tail(as_owner: Client, project: Project, use: Any) -> None:
    names = ["fresh", "leaked", "soon", "rested", "gone"]
    keys = {name: issue_key(OPERATOR, project=project, name=name)[0] for name in names}
    mark_leaked(OPERATOR, keys["leaked"])
    ApiKey.objects.filter(name="soon").update(expires_at=timezone.now() + timedelta(days=2))
    ApiKey.objects.filter(name="rested").update(created_at=timezone.now() - timedelta(days=91))
    revoke_key(OPERATOR, keys["gone"])

    def listed(**query: str) -> set[str]:
        return {row.name for row in as_owner.get(URL, query).context["keys"]}

    assert listed(state="attention") == {"leaked", "soon", "rested"}
    assert listed(state="revoked") == {"gone"}
    assert listed(state="active") == set(names) - {"gone"}
    assert listed(flag="unused") == {"rested"}
    assert listed(flag="expiring") == {"soon"}
    assert listed(flag="leaked") == {"leaked"}
    assert listed(flag="nonsense", state="nonsense") == set(names)
    assert listed(q=keys["fresh"].tail) >= {"fresh"}
    use(keys["fresh"].pk, ago=timedelta(minutes=5))
    assert "5 minutes ago" in as_owner.get(URL).content.decode()


def test_the_list_asks_no_more_for_more_keys(as_owner: Client, project: Project, use: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            as_owner.get(URL)
        return len(asked)

    as_owner.post(URL + "new/", FORM | {"requests_per_minute": "5", "hard": "5"})
    few = queries()
    for number in range(10):
        as_owner.post(URL + "new/", FORM | {"name": f"{number}", "requests_per_minute": "5", "hard": "5"})
    for key in ApiKey.objects.all():
        use(key.pk)
        use(key.pk, ago=timedelta(days=1))
    assert queries() == few


def test_many_keys_are_revoked_after_typing_how_many(as_owner: Client, project: Project) -> None:
    made = [issue_key(OPERATOR, project=project, name=f"key-{number}") for number in range(4)]
    chosen = [str(key.pk) for key, _ in made[:3]]
    page = as_owner.get(URL + "revocations/", {"key": chosen}).content.decode()
    assert "Revoke 3 keys" in page
    assert "key-3" not in page
    assert as_owner.post(URL + "revocations/", {"key": chosen, "confirmation": "4"}).status_code == 422
    assert all(find_caller(secret) for _, secret in made)
    assert as_owner.post(URL + "revocations/", {"key": chosen, "confirmation": "3"}).status_code == 302
    assert [bool(find_caller(secret)) for _, secret in made] == [False, False, False, True]
    assert AuditEvent.objects.filter(action="key:revoked").count() == 3


def test_with_a_foreign_or_missing_key_among_them_none_is_revoked(
    as_owner: Client, as_member: Client, as_outsider: Client, project: Project, outsider: User
) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci")
    theirs = Project.objects.get(organization__slug="outsiders")
    foreign, foreign_secret = issue_key(OPERATOR, project=theirs, name="theirs")
    for other in (foreign.pk, uuid4(), "x"):
        body = {"key": [str(key.pk), str(other)], "confirmation": "2"}
        assert as_owner.post(URL + "revocations/", body).status_code == 404
        assert as_owner.get(URL + "revocations/", body).status_code == 404
    body = {"key": [str(key.pk)], "confirmation": "1"}
    assert as_member.post(URL + "revocations/", body).status_code == 403
    assert as_outsider.post(URL + "revocations/", body).status_code == 404
    assert as_outsider.post("/o/outsiders/keys/revocations/", body).status_code == 404
    assert find_caller(secret)
    assert find_caller(foreign_secret)
    assert as_owner.get(URL + "revocations/").status_code == 302

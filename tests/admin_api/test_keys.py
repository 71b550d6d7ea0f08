"""API keys for programs: made with everything, changed, rotated, revoked together, and what they were leaked to."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.actions import change_role
from accounts.models import Organization, Project, Role, User
from billing.models import Budget
from keys.actions import issue_key, mark_leaked, revoke_key
from keys.models import ApiKey, Limits
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import AuditEvent
from tests.admin_api.conftest import Caller, program
from tests.catalog.conftest import served
from tests.keys.conftest import use  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def _body(project: Project, **more: Any) -> dict[str, Any]:
    return {"name": "ci", "project_id": str(project.pk), **more}


def test_a_key_is_made_with_all_that_holds_for_it_and_shown_so(olivia: Caller, project: Project) -> None:
    model = served().name
    end = (timezone.now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = _body(
        project,
        scopes=["models", "chat"],
        models=[model],
        networks=["2001:DB8::/32", "203.0.113.9"],
        expires_at=end,
        rotate_every_days=30,
        limits={"requests_per_minute": 60},
        budget={"period": "day", "hard": "5000000000000"},
    )
    made = olivia.make("keys/", body)
    assert made.status_code == 201
    caller = find_caller(made.json()["secret"])
    assert caller
    assert (caller.scopes, caller.models) == ({"chat", "models"}, {model})
    shown = olivia.ask(f"keys/{made.json()['id']}/").json()
    assert "secret" not in shown
    assert shown["networks"] == ["203.0.113.9/32", "2001:db8::/32"]
    assert (shown["expires_at"], shown["rotate_every_days"], shown["state"]) == (end, 30, "active")
    assert shown["limits"] == {"requests_per_minute": 60, "tokens_per_minute": None, "concurrent": None}
    assert shown["budget"] == {"period": "day", "hard": "5000000000000", "soft": None, "spent": "0", "held": "0"}


def test_a_key_without_choices_has_all_scopes_and_no_limit(olivia: Caller, project: Project) -> None:
    shown = olivia.make("keys/", _body(project)).json()
    assert (shown["scopes"], shown["models"], shown["budget"]) == (["chat", "models", "moderations"], None, None)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"scopes": []}, 400),
        ({"scopes": ["keys:manage"]}, 400),
        ({"networks": ["everywhere"]}, 400),
        ({"networks": ["10.0.0.1/8"]}, 409),
        ({"models": ["nothing"]}, 409),
        ({"models": []}, 400),
        ({"expires_at": "tomorrow"}, 400),
        ({"expires_at": "2026-99-99T00:00:00Z"}, 400),
        ({"expires_at": "2026-02-31T00:00:00Z"}, 409),
        ({"expires_at": "2001-01-01T00:00:00Z"}, 409),
        ({"limits": {"requests_per_minute": 0}}, 400),
        ({"limits": {"requests_per_minute": True}}, 400),
        ({"limits": {"requests": 1}}, 400),
        ({"budget": {"period": "week", "hard": "1"}}, 400),
        ({"budget": {"period": "day"}}, 409),
        ({"budget": {"period": "day", "hard": "0"}}, 409),
        ({"budget": {"period": "day", "hard": 5}}, 400),
        ({"budget": {"period": "day", "hard": "1", "soft": "2"}}, 409),
        ({"service_account_id": str(uuid4())}, 409),
        ({"rotate_every_days": 0}, 400),
    ],
)
def test_what_is_wrong_is_refused_and_makes_nothing(
    olivia: Caller, project: Project, wrong: dict[str, Any], status: int
) -> None:
    answer = olivia.make("keys/", _body(project, **wrong))
    assert answer.status_code == status, answer.content
    assert not ApiKey.objects.exists()
    assert not Limits.objects.exists()


def test_what_a_change_leaves_out_stays(olivia: Caller, project: Project) -> None:
    made = olivia.make(
        "keys/",
        _body(project, networks=["10.0.0.0/8"], limits={"concurrent": 3}, budget={"period": "day", "soft": "7"}),
    ).json()
    path = f"keys/{made['id']}/"
    changed = olivia.change(path, {"name": "new", "scopes": ["chat"]}).json()
    assert (changed["name"], changed["scopes"], changed["networks"]) == ("new", ["chat"], ["10.0.0.0/8"])
    assert (changed["limits"]["concurrent"], changed["budget"]["soft"]) == (3, "7")
    changed = olivia.change(path, {"networks": [], "limits": {}, "budget": None}).json()
    assert (changed["networks"], changed["limits"]["concurrent"], changed["budget"]) == ([], None, None)
    assert not Budget.objects.exists()
    revoke_key(OPERATOR, ApiKey.objects.get())
    assert olivia.change(path, {"name": "x"}).status_code == 409


def test_scopes_never_exceed_those_of_who_made_the_admin_key(
    organization: Organization, project: Project, member: User
) -> None:
    change_role(OPERATOR, membership=organization.memberships.get(user=member), role=Role.ADMIN)
    mira = program(organization, member)
    assert mira.make("keys/", _body(project, scopes=["chat"])).status_code == 201
    change_role(OPERATOR, membership=organization.memberships.get(user=member), role=Role.VIEWER)
    assert mira.make("keys/", _body(project, scopes=["models"])).status_code == 403
    assert ApiKey.objects.count() == 1


def test_a_rotation_answers_with_the_successor_once(olivia: Caller, project: Project) -> None:
    key, secret = issue_key(OPERATOR, project=project, name="ci")
    once = {"Idempotency-Key": str(uuid4())}
    path, body = f"keys/{key.pk}/rotation/", {"overlap_seconds": 3600}
    answer = olivia.make(path, body, **once)
    assert answer.status_code == 201
    assert answer.json()["predecessor_id"] == str(key.pk)
    assert find_caller(answer.json()["secret"])
    assert find_caller(secret)
    again = olivia.make(path, body, **once)
    assert (again.status_code, again.json()["id"], again.json()["secret"]) == (201, answer.json()["id"], None)
    assert olivia.make(path, body).status_code == 409
    assert olivia.make(path, {"overlap_seconds": 7200}).status_code == 400
    former = olivia.ask(f"keys/{key.pk}/").json()
    assert (former["state"], former["successor_id"]) == ("rotating", answer.json()["id"])


def test_several_keys_are_revoked_or_none(olivia: Caller, otto: Caller, project: Project) -> None:
    made = [issue_key(OPERATOR, project=project, name=f"{n}") for n in range(3)]
    ids = [str(key.pk) for key, _ in made]
    assert olivia.make("keys/revocations/", {"keys": [*ids, str(uuid4())]}).status_code == 404
    assert otto.make("keys/revocations/", {"keys": ids}).status_code == 404
    assert olivia.make("keys/revocations/", {"keys": []}).status_code == 400
    assert all(find_caller(secret) for _, secret in made)
    answer = olivia.make("keys/revocations/", {"keys": ids[:2]})
    assert {each["state"] for each in answer.json()["data"]} == {"revoked"}
    assert [bool(find_caller(secret)) for _, secret in made] == [False, False, True]


def test_lists_are_filtered_by_state_flag_and_owner(olivia: Caller, project: Project) -> None:
    account = olivia.make("service-accounts/", {"name": "nightly", "project_id": str(project.pk)}).json()
    olivia.make("keys/", _body(project, service_account_id=account["id"]))
    key, _ = issue_key(OPERATOR, project=project, name="leaked")
    mark_leaked(OPERATOR, key)
    old, _ = issue_key(OPERATOR, project=project, name="old")
    ApiKey.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=99), orphaned_at=timezone.now())

    def names(**query: str) -> list[str]:
        return [each["name"] for each in olivia.ask("keys/", **query).json()["data"]]

    assert names(state="leaked") == ["leaked"]
    assert names(state="active") == ["old", "leaked", "ci"]
    assert names(flag="orphaned") == names(flag="unused") == ["old"]
    assert names(service_account_id=account["id"]) == ["ci"]


def test_service_accounts_are_made_listed_and_ended_with_their_keys(
    olivia: Caller, otto: Caller, project: Project
) -> None:
    account = olivia.make("service-accounts/", {"name": "nightly", "project_id": str(project.pk)}).json()
    secret = olivia.make("keys/", _body(project, service_account_id=account["id"])).json()["secret"]
    assert olivia.ask("service-accounts/", project_id=str(project.pk)).json()["data"] == [account]
    assert otto.ask("service-accounts/").json()["data"] == []
    assert otto.make(f"service-accounts/{account['id']}/ending/").status_code == 404
    assert find_caller(secret)
    for _ in range(2):
        assert olivia.make(f"service-accounts/{account['id']}/ending/").json()["ended_at"]
    assert find_caller(secret) is None
    assert olivia.make("keys/", _body(project, service_account_id=account["id"])).status_code == 409
    assert AuditEvent.objects.filter(action="service-account:ended").count() == 1


def test_a_leak_tells_by_network_and_model(olivia: Caller, project: Project, use: Any) -> None:  # noqa: F811
    key, _ = issue_key(OPERATOR, project=project, name="ci")
    assert olivia.ask(f"keys/{key.pk}/leak/").status_code == 404
    use(key.pk, ago=timedelta(days=2), network="203.0.113.0/24")
    mark_leaked(OPERATOR, key, host="github.com")
    use(key.pk, network="198.51.100.0/24", requests=4, amount=9)
    shown = olivia.ask(f"keys/{key.pk}/leak/").json()
    assert shown["host"] == "github.com"
    (network,) = shown["networks"]
    assert (network["name"], network["requests"], network["amount"], network["is_new"]) == (
        "198.51.100.0/24",
        4,
        "9",
        True,
    )
    assert [each["name"] for each in shown["networks_before"]] == ["203.0.113.0/24"]
    assert shown["models"][0]["name"] == "Llama"


@pytest.mark.parametrize("whose", ["organization/limits/", "projects/{}/limits/"])
def test_limits_and_budgets_are_set_in_part_and_shown_whole(olivia: Caller, project: Project, whose: str) -> None:
    path, model = whose.format(project.pk), served().name
    olivia.change(path, {"limits": {"requests_per_minute": 5}, "budget": {"period": "month", "hard": "9"}})
    shown = olivia.change(path, {"model": model, "limits": {"concurrent": 2}}).json()
    assert shown["limits"]["requests_per_minute"] == 5
    assert shown["models"] == [
        {"model": model, "requests_per_minute": None, "tokens_per_minute": None, "concurrent": 2}
    ]
    assert shown["budget"]["hard"] == "9"
    assert olivia.change(path, {"budget": None}).json()["budget"] is None
    assert olivia.change(path, {"model": "nothing", "limits": {}}).status_code == 409
    assert olivia.change(path, {"budget": {"period": "day", "hard": "0"}}).status_code == 409
    assert olivia.ask(path).json()["limits"]["requests_per_minute"] == 5


def test_a_page_of_keys_costs_as_many_queries_as_one(
    olivia: Caller,
    project: Project,
    django_assert_max_num_queries: Any,
    use: Any,  # noqa: F811
) -> None:
    for number in range(20):
        key, _ = issue_key(OPERATOR, project=project, name=f"{number}")
        use(key.pk)
        Limits.objects.create(
            subject_id=key.pk, level="key", organization_id=project.organization_id, requests_per_minute=1
        )
    Budget.objects.create(
        subject_id=new_id(), level="key", organization_id=project.organization_id, period="day", hard=1
    )
    with django_assert_max_num_queries(16):
        assert len(olivia.ask("keys/").json()["data"]) == 20

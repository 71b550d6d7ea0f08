"""What programs see and change."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import add_member, change_role, create_project, invite
from accounts.actions.invitations import Offer
from accounts.entries import Contact
from accounts.models import Organization, Project, Role, User
from accounts.policy import Access, Permission
from admin_api.frame.served import document
from keys.actions import issue_key
from keys.models import AdminKey
from keys.verification import find_caller
from ledger.actor import Actor
from ledger.models import AuditEvent, LeafBody, LeafType
from notifications.models import Delivery, Endpoint
from notifications.webhooks.actions import create_endpoint
from tests.admin_api.conftest import Caller, program
from tests.catalog.conftest import price, served
from tests.conftest import person
from tests.support.factors import with_app

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


@pytest.fixture
def endpoint(organization: Organization) -> Endpoint:
    return create_endpoint(OPERATOR, organization_id=organization.pk, url="https://a.example", kinds=["key.created"])[0]


def test_a_program_makes_a_project_a_key_and_ends_it(olivia: Caller, owner: User) -> None:
    project = olivia.make("projects/", {"name": "Search", "retention_days": 7}).json()
    assert olivia.ask(f"projects/{project['id']}/").json() == project
    assert Project.objects.get(slug="search").retention_days == 7
    made = olivia.make("keys/", {"name": "ci", "project_id": project["id"]})
    key = made.json()
    assert made.status_code == 201
    caller = find_caller(key["secret"])
    assert caller
    assert caller.project_id == UUID(project["id"])
    assert key["created_by"] == str(owner.pk)
    shown = olivia.ask(f"keys/{key['id']}/").json()
    assert "secret" not in shown
    ended = olivia.make(f"keys/{key['id']}/revocation/").json()
    assert ended["revoked_at"]
    assert find_caller(key["secret"]) is None
    assert olivia.make(f"keys/{key['id']}/revocation/").json() == ended
    actor = str(Actor.key(AdminKey.objects.get().pk))
    done = AuditEvent.objects.filter(actor=actor).order_by("pk").values_list("action", flat=True)
    assert list(done) == ["project:created", "key:created", "key:revoked"]


def test_a_project_is_changed_put_away_and_taken_up_again(olivia: Caller, project: Project) -> None:
    path = f"projects/{project.pk}/"
    assert olivia.change(path, {"retention_days": 7}).json()["name"] == "Default"
    assert olivia.change(path, {"name": "Platform"}).json()["retention_days"] == 7
    assert olivia.make(path + "archiving/").json()["archived_at"]
    assert olivia.make("keys/", {"name": "x", "project_id": str(project.pk)}).status_code == 409
    assert olivia.make(path + "restoring/").json()["archived_at"] is None
    done = AuditEvent.objects.filter(target=str(project.pk)).order_by("pk").values_list("action", flat=True)
    assert list(done)[1:] == [
        "project:retention-changed",
        "project:renamed",
        "project:archived",
        "project:unarchived",
    ]


def test_the_organization_is_renamed(olivia: Caller, organization: Organization) -> None:
    renamed = olivia.change("organization/", {"name": "Llamas of Porto"}).json()
    assert (renamed["name"], renamed["slug"]) == ("Llamas of Porto", "llamas-of-lisbon")
    assert olivia.ask("organization/").json() == renamed


def test_a_key_gives_no_more_than_its_maker_may(organization: Organization, owner: User, member: User) -> None:
    """An admin makes, unmakes and removes no owner, with a key or without."""
    membership = organization.memberships.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.ADMIN)
    key, before = program(organization, member), AuditEvent.objects.count()
    for answer in (
        key.change(f"members/{member.pk}/", {"role": "owner"}),
        key.change(f"members/{owner.pk}/", {"role": "viewer"}),
        key.delete(f"/api/v1/members/{owner.pk}/"),
    ):
        assert answer.status_code == 403
    assert AuditEvent.objects.count() == before
    assert key.change(f"members/{member.pk}/", {"role": "developer"}).status_code == 200


def test_the_only_owner_stays(olivia: Caller, owner: User) -> None:
    assert olivia.change(f"members/{owner.pk}/", {"role": "admin"}).status_code == 409
    assert olivia.delete(f"/api/v1/members/{owner.pk}/").status_code == 409


def test_members_are_limited_to_projects_and_removed(olivia: Caller, member: User, project: Project) -> None:
    path, limited = f"members/{member.pk}/", [{"project_id": str(project.pk), "role": "viewer"}]
    changed = olivia.change(path, {"role": "developer", "projects": limited}).json()
    assert (changed["role"], changed["projects"]) == ("developer", limited)
    assert olivia.change(path, {"role": "admin", "projects": limited}).status_code == 409
    unknown = [{"project_id": str(uuid4()), "role": "viewer"}]
    assert olivia.change(path, {"role": "developer", "projects": unknown}).status_code == 409
    for wrong in ([None], [{}], "all", [{"project_id": 1, "role": "viewer"}]):
        assert olivia.change(path, {"role": "developer", "projects": wrong}).status_code == 400
    assert olivia.delete(f"/api/v1/{path}").status_code == 204
    assert olivia.ask(path).status_code == 404


def test_a_key_of_somebody_limited_to_projects_stays_in_them(organization: Organization, member: User) -> None:
    here, away = (create_project(OPERATOR, organization=organization, name=name) for name in ("Here", "Away"))
    membership = organization.memberships.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.DEVELOPER, projects={here.pk: Role.DEVELOPER})
    there, _ = issue_key(OPERATOR, project=away, name="theirs")
    key = program(organization, member)
    assert [each["name"] for each in key.ask("projects/").json()["data"]] == ["Here"]
    assert key.ask("keys/").json()["data"] == []
    assert key.make("keys/", {"name": "x", "project_id": str(away.pk)}).status_code == 404
    assert key.make(f"keys/{there.pk}/revocation/").status_code == 404
    assert key.make("keys/", {"name": "x", "project_id": str(here.pk)}).status_code == 201


def test_invitations_are_listed(olivia: Caller, organization: Organization, owner: User) -> None:
    offer = Offer(Access(Role.VIEWER), "en", owner)
    invite(Actor.user(owner.pk), organization=organization, addresses=["nina@example.com"], offer=offer)
    (shown,) = olivia.ask("invitations/").json()["data"]
    assert (shown["email"], shown["role"], shown["invited_by"]) == ("nina@example.com", "viewer", str(owner.pk))


def test_members_open_for_the_key_and_that_is_recorded(olivia: Caller, owner: User, member: User) -> None:
    before = LeafBody.objects.count()
    members = olivia.ask("members/").json()["data"]
    assert [(each["id"], each["email"], each["role"]) for each in members] == [
        (str(member.pk), "mira@example.com", "viewer"),
        (str(owner.pk), "olivia@example.com", "owner"),
    ]
    actor = str(Actor.key(AdminKey.objects.get().pk))
    leaves = LeafBody.objects.filter(type=LeafType.OPENING, position__gte=before)
    assert {leaf.actor for leaf in leaves} == {actor}
    assert sorted(leaf.purpose for leaf in leaves) == ["authorization", "authorization", "team-administration"]
    assert olivia.ask(f"members/{member.pk}/").json() == members[0]


def test_how_members_sign_in_is_for_who_manages_them(
    olivia: Caller, organization: Organization, owner: User, member: User
) -> None:
    with_app(member)
    organization.memberships.filter(user=member).update(seen_at=timezone.now())
    mira, own = olivia.ask("members/").json()["data"]
    assert (mira["second_factor"], own["second_factor"]) == ("app", "none")
    assert mira["last_seen_at"]
    assert olivia.ask(f"members/{member.pk}/").json() == mira
    for key in (program(organization, owner, [Permission.VIEW_MEMBERS]), program(organization, member)):
        hidden = key.ask("members/").json()["data"][0]
        assert hidden == mira | {"second_factor": None, "last_seen_at": None}


def test_webhooks_change_by_what_is_named_alone(olivia: Caller, endpoint: Endpoint) -> None:
    changed = olivia.change(f"webhooks/{endpoint.pk}/", {"enabled": False}).json()
    assert (changed["enabled"], changed["disabled_because"]) == (False, "by-hand")
    assert changed["url"] == "https://a.example"
    assert olivia.make(f"webhooks/{endpoint.pk}/test-event/").status_code == 409
    olivia.change(f"webhooks/{endpoint.pk}/", {"enabled": True, "description": "Inventory"})
    assert olivia.make(f"webhooks/{endpoint.pk}/test-event/").status_code == 202
    secret = olivia.make(f"webhooks/{endpoint.pk}/secret-rotation/").json()["secret"]
    assert secret.startswith("whsec_")
    assert endpoint.secrets.count() == 2
    assert olivia.delete(f"/api/v1/webhooks/{endpoint.pk}/").status_code == 204
    assert olivia.ask(f"webhooks/{endpoint.pk}/").status_code == 404


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "http://a.example/", "https://user@a.example/", "gopher://a"])
def test_webhooks_go_through_the_guard(olivia: Caller, endpoint: Endpoint, url: str) -> None:
    assert olivia.make("webhooks/", {"url": url, "events": ["key.created"]}).status_code == 409
    assert olivia.change(f"webhooks/{endpoint.pk}/", {"url": url}).status_code == 409
    assert Endpoint.objects.get().url == "https://a.example"


def test_deliveries_are_listed_and_sent_again(olivia: Caller, endpoint: Endpoint) -> None:
    sent = olivia.make(f"webhooks/{endpoint.pk}/test-event/").json()["message_id"]
    delivery = Delivery.objects.create(
        endpoint=endpoint, message_id=UUID(sent), kind="webhook.test", duration=41, status=500
    )
    (shown,) = olivia.ask(f"webhooks/{endpoint.pk}/deliveries/").json()["data"]
    assert (shown["message_id"], shown["status"], shown["succeeded"]) == (sent, 500, False)
    again = olivia.make(f"webhooks/{endpoint.pk}/deliveries/{delivery.pk}/redelivery/")
    assert again.status_code == 409  # it waits for its first try


def test_contacts_are_asked_and_removed(olivia: Caller, organization: Organization) -> None:
    made = olivia.make("billing-contacts/", {"email": "money@example.com", "language": "de"}).json()
    assert (made["email"], made["confirmed_at"]) == ("money@example.com", None)
    assert olivia.ask("billing-contacts/").json()["data"] == [made]
    assert olivia.make("billing-contacts/", {"email": "MONEY@example.com"}).status_code == 409
    assert olivia.delete(f"/api/v1/billing-contacts/{made['id']}/").status_code == 204
    assert not organization.billing_contacts.exists()


def test_a_key_may_end_itself(olivia: Caller) -> None:
    own = AdminKey.objects.get().pk
    assert olivia.make(f"admin-keys/{own}/revocation/").json()["revoked_at"]
    assert olivia.ask("organization/").status_code == 401


def test_no_key_makes_another(olivia: Caller) -> None:
    assert olivia.make("admin-keys/", {"name": "successor"}).status_code == 405


def test_the_audit_log_and_the_ledger_are_read(olivia: Caller, member: User) -> None:
    (event,) = olivia.ask("audit-events/", action="member:added", target=str(member.pk)).json()["data"]
    assert event["actor"] == "operator:command-line"
    opened = olivia.ask("data-access/", type="opening", purpose="team-administration").json()["data"]
    assert opened
    assert {entry["purpose"] for entry in opened} == {"team-administration"}
    bundle = b"".join(olivia.ask("data-access/proof/").streaming_content)
    assert bundle.startswith(b'{"format":"llama-console-ledger/')


def test_a_list_is_walked_without_gaps_while_it_grows(olivia: Caller, organization: Organization) -> None:
    for number in range(5):
        create_project(OPERATOR, organization=organization, name=f"P{number}")
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = olivia.ask("projects/", limit=2, **cursor).json()
        seen += [project["name"] for project in page["data"]]
        create_project(OPERATOR, organization=organization, name=f"new {len(seen)}")
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == ["P4", "P3", "P2", "P1", "P0", "Default"]


@pytest.mark.parametrize("path", ["projects/", "audit-events/", "data-access/"])
def test_a_made_up_cursor_gives_nothing_of_others(olivia: Caller, otto: Caller, path: str) -> None:
    """The last place that there is: everything follows it."""
    own, others = (each.ask(path, cursor="_" * 21 + "w", limit=100).json()["data"] for each in (olivia, otto))
    assert own
    assert not [each for each in others if each in own]


LISTS = [
    "projects/",
    "members/",
    "invitations/",
    "keys/",
    "admin-keys/",
    "webhooks/",
    "billing-contacts/",
    "sso/domains/",
    "prices/",
    "audit-events/",
]


@pytest.mark.parametrize("path", [*LISTS, "audit-events/", "data-access/"])
def test_a_longer_list_asks_no_more(olivia: Caller, organization: Organization, project: Project, path: str) -> None:
    def grow(number: int) -> None:
        user = person(f"m{number}@example.com")
        contact = Contact("", f"m{number}@example.com")
        add_member(OPERATOR, organization=organization, user=user, role=Role.ADMIN, contact=contact)
        issue_key(OPERATOR, project=project, name="x", creator=user)
        create_project(OPERATOR, organization=organization, name=f"P{number}")
        create_endpoint(OPERATOR, organization_id=organization.pk, url="https://a.example", kinds=["key.created"])
        organization.billing_contacts.create(email=f"c{number}@example.com")
        organization.domains.create(domain=f"d{number}.example", token="token")
        offer = Offer(Access(Role.VIEWER), "en")
        invite(OPERATOR, organization=organization, addresses=[f"i{number}@example.com"], offer=offer)
        price(served(f"llama-{number}"))

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert olivia.ask(path).status_code == 200
        return len(asked)

    grow(1)
    olivia.ask(path)
    few = queries()
    for number in range(2, 6):
        grow(number)
    assert queries() == few


def test_the_page_of_the_api_names_every_operation(db: Any) -> None:
    page = Client().get("/docs/api/").content.decode()
    assert page.count('id="organization-title"') == 1  # a tag is one section, wherever its paths stand
    assert 'id="idempotency-key-reused"' in page
    for methods in document()["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page

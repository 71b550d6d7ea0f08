"""Who may do what: every operation of the schema, with another organization's key and with lesser ones."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import change_role, invite
from accounts.actions.invitations import Offer
from accounts.models import (
    Deletion,
    Invitation,
    Membership,
    Organization,
    Project,
    Role,
    SecuritySettings,
    User,
    VerifiedDomain,
)
from accounts.policy import Access, Permission
from admin_api.frame.served import document
from billing.models import BalanceWarning, BillingAccount, Budget, CreditLot, Invoice, Mode, Origin, Refund, TopUp
from keys.actions import issue_key, make_service_account, mark_leaked
from keys.admin.actions import issue_admin_key, revoke_admin_key
from keys.admin.scopes import OF_GATEWAYS, SCOPES
from keys.models import AdminKey, ApiKey, Limits, ServiceAccount
from keys.secrets import ADMIN_PREFIX, new_secret
from ledger.actor import Actor
from ledger.models import AuditEvent
from notifications.models import Delivery, Endpoint
from notifications.webhooks.actions import create_endpoint
from tests.admin_api.conftest import ROOT, Caller, program
from tests.catalog.conftest import price, served
from tests.tenancy.estate import _call

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
_SEALED = {"role", "email", "access"}


def _operations() -> Iterator[Any]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            scopes = next(iter(operation["security"][0].values()))
            yield pytest.param(method, path, operation, scopes, id=operation["operationId"])


OPERATIONS = list(_operations())


def _example(operation: Any) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return next((each["value"] for each in content.get("examples", {}).values()), None)


@pytest.fixture
def ids(organization: Organization, project: Project, member: User) -> dict[str, Any]:
    """One thing of each kind in Olivia's organization, by the name of its place in addresses."""
    endpoint, _ = create_endpoint(
        OPERATOR, organization_id=organization.pk, url="https://a.example", kinds=["key.created"]
    )
    admin_key, _ = issue_admin_key(OPERATOR, organization=organization, name="another", scopes=[])
    return {
        "project_id": project.pk,
        "key_id": leaked(issue_key(OPERATOR, project=project, name="ci")[0]).pk,
        "account_id": make_service_account(OPERATOR, project=project, name="nightly").pk,
        "admin_key_id": admin_key.pk,
        "member_id": member.pk,
        "endpoint_id": endpoint.pk,
        "delivery_id": Delivery.objects.create(
            endpoint=endpoint, message_id=uuid4(), kind="key.created", duration=1
        ).pk,
        "domain_id": organization.domains.create(domain="example.com", token="token").pk,
        "invitation_id": _invitation(organization).pk,
        "top_up_id": (top_up := _top_up(organization)).pk,
        "refund_id": _refund(top_up).pk,
        "number": _invoice(organization),
        "contact_id": organization.billing_contacts.create(email="money@example.com").pk,
        "model": price(served()).model_id,
        "request_id": _call(project, issue_key(OPERATOR, project=project, name="caller")[0]),
    }


def leaked(key: ApiKey) -> ApiKey:
    mark_leaked(OPERATOR, key)
    return key


def _invitation(organization: Organization) -> Invitation:
    offer = Offer(Access(Role.VIEWER), "en")
    invite(OPERATOR, organization=organization, addresses=["nina@example.com"], offer=offer)
    return organization.invitations.get()


def _top_up(organization: Organization) -> TopUp:
    BillingAccount.objects.create(pk=organization.pk, mode=Mode.PREPAID)
    return TopUp.objects.create(
        organization_id=organization.pk, cents=2500, origin=Origin.CHECKOUT, expires_at=timezone.now()
    )


def _refund(top_up: TopUp) -> Refund:
    lot = CreditLot.objects.create(organization_id=top_up.organization_id, kind="paid", granted=5, remaining=0)
    return Refund.objects.create(organization_id=top_up.organization_id, lot=lot, top_up=top_up, cents=1)


def _invoice(organization: Organization) -> int:
    start = timezone.now()
    Invoice.objects.create(
        organization_id=organization.pk,
        number=736_251,
        status="paid",
        start=start,
        end=start + timedelta(1),
        closed_at=start,
    )
    return 736_251


def _state() -> list[Any]:
    kept = (
        ApiKey,
        ServiceAccount,
        Limits,
        Budget,
        AdminKey,
        Endpoint,
        Membership,
        Project,
        Invitation,
        VerifiedDomain,
        SecuritySettings,
        Deletion,
        TopUp,
        Refund,
        BillingAccount,
        BalanceWarning,
        AuditEvent,
    )
    return [sorted(model.objects.values_list(*_columns(model)), key=str) for model in kept]


def _columns(model: Any) -> list[str]:
    return [field.attname for field in model._meta.fields if field.attname not in {"last_used_at", *_SEALED}]


@pytest.mark.parametrize(("method", "path", "operation", "scopes"), OPERATIONS)
def test_a_foreign_key_finds_what_is_not_there_and_changes_nothing(
    method: str, path: str, operation: Any, scopes: list[str], ids: dict[str, Any], otto: Caller
) -> None:
    body, before = _example(operation), _state()
    named = {
        "project_id": str(ids["project_id"]),
        "members": [str(ids["member_id"])],
        "keys": [str(ids["key_id"])],
    }
    body, names = body and {**body, **{name: named[name] for name in named.keys() & body}}, named.keys() & (body or {})
    if not names and ("{" not in path or path.endswith("{model}/")):  # prices are the same for everybody
        shown = _text(otto.get(path.format(**ids))) if method == "get" and "proof" not in path else ""
        assert not any(str(pk) in shown for name, pk in ids.items() if name != "model")
        return
    foreign = otto.generic(method.upper(), path.format(**ids), _json(body), "application/json")
    assert foreign.status_code == 404
    assert foreign["Content-Type"] == "application/problem+json"
    if "{" in path:
        missing = otto.generic(
            method.upper(),
            path.format(**{name: 999 if name == "number" else uuid4() for name in ids}),
            _json(body),
            "application/json",
        )
        alike = {"type", "title", "status", "detail"}
        assert {name: foreign.json()[name] for name in alike} == {name: missing.json()[name] for name in alike}
    assert _state() == before


@pytest.mark.parametrize(("method", "path", "operation", "scopes"), OPERATIONS)
def test_a_key_without_the_scope_is_refused_and_changes_nothing(
    method: str,
    path: str,
    operation: Any,
    scopes: list[str],
    ids: dict[str, Any],
    owner: User,
    organization: Organization,
) -> None:
    others = program(organization, owner, [scope for scope in SCOPES if scope.value not in scopes])
    before = _state()
    answer = others.generic(method.upper(), path.format(**ids), _json(_example(operation)), "application/json")
    if not scopes:
        assert answer.status_code == 200
        return
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("#insufficient-scope")
    assert f'scope="{scopes[0]}"' in answer["WWW-Authenticate"]
    assert _state() == before


@pytest.mark.parametrize(("method", "path", "operation", "scopes"), OPERATIONS)
def test_nobody_gets_in_without_a_key(
    method: str, path: str, operation: Any, scopes: list[str], ids: dict[str, Any], as_owner: Client
) -> None:
    answer = as_owner.generic(method.upper(), path.format(**ids), _json(_example(operation)), "application/json")
    assert answer.status_code == 401  # a session counts for nothing
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_every_scope_opens_an_operation() -> None:
    elsewhere = {scope.value for scope in OF_GATEWAYS}  # under /control/v1
    assert {scope.value for scope in SCOPES} - elsewhere == {scope for each in OPERATIONS for scope in each.values[3]}


def test_whatever_is_no_usable_key_is_refused_alike(organization: Organization, project: Project, owner: User) -> None:
    revoked, revoked_secret = issue_admin_key(OPERATOR, organization=organization, name="x", scopes=list(SCOPES))
    revoke_admin_key(OPERATOR, revoked)
    yesterday = timezone.now() - timedelta(days=1)
    _, expired = issue_admin_key(
        OPERATOR, organization=organization, name="x", scopes=list(SCOPES), expires_at=yesterday
    )
    _, api_key = issue_key(OPERATOR, project=project, name="x")
    good = program(organization, owner).secret
    wrong = [
        "",
        "Bearer",
        f"Basic {good}",
        good,
        f"Bearer {good} {good}",
        f"Bearer {new_secret(ADMIN_PREFIX)}",
        f"Bearer {revoked_secret}",
        f"Bearer {expired}",
        f"Bearer {api_key}",
        "Bearer lla_ü",
    ]
    answers = [Client(headers={"Authorization": each}).get(ROOT + "organization/") for each in wrong]
    assert {answer.status_code for answer in answers} == {401}
    assert len({tuple(sorted({**answer.json(), "instance": ""}.items())) for answer in answers}) == 1
    assert Client(headers={"Authorization": f"bearer {good}"}).get(ROOT + "organization/").status_code == 200


def test_a_demo_key_is_refused_in_production(olivia: Caller, organization: Organization, settings: Any) -> None:
    Organization.objects.update(is_demo=True)
    assert olivia.ask("organization/").status_code == 200
    settings.DEVELOPMENT = False
    assert olivia.ask("organization/").status_code == 401


def test_who_is_demoted_takes_the_rights_of_their_keys_along(organization: Organization, member: User) -> None:
    mira = organization.memberships.get(user=member)
    change_role(OPERATOR, membership=mira, role=Role.ADMIN)
    key = program(organization, member)
    assert key.ask("audit-events/").status_code == 200
    change_role(OPERATOR, membership=mira, role=Role.VIEWER)
    assert key.ask("projects/").status_code == 200
    refused = key.ask("audit-events/")
    assert refused.status_code == 403
    assert "role" in refused.json()["detail"]


@pytest.mark.parametrize("end", ["membership", "account"])
def test_who_left_leaves_a_key_that_may_do_nothing(organization: Organization, member: User, end: str) -> None:
    key = program(organization, member)
    assert key.ask("projects/").status_code == 200
    if end == "membership":
        organization.memberships.filter(user=member).delete()
    else:
        User.objects.filter(pk=member.pk).update(is_active=False)
    assert key.ask("projects/").status_code == 403


def test_a_key_of_an_organization_without_members_is_nobodys(organization: Organization) -> None:
    key = program(organization, None)
    assert key.ask("organization/").status_code == 200
    organization.memberships.all().delete()
    assert key.ask("organization/").status_code == 401


def test_an_unknown_scope_in_the_row_gives_nothing(organization: Organization, owner: User) -> None:
    key = program(organization, owner, [Permission.VIEW_KEYS])
    AdminKey.objects.update(scopes=["everything", "*", "keys"])
    assert key.ask("keys/").status_code == 403


def test_a_use_is_noted_once_in_five_minutes(olivia: Caller) -> None:
    olivia.ask("organization/")
    first = AdminKey.objects.get().last_used_at
    assert first
    olivia.ask("organization/")
    assert AdminKey.objects.get().last_used_at == first
    AdminKey.objects.update(last_used_at=timezone.now() - timedelta(minutes=6))
    olivia.ask("organization/")
    assert AdminKey.objects.get().last_used_at > first


def _text(answer: Any) -> str:
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def _json(body: Any) -> str:
    return "" if body is None else json.dumps(body)

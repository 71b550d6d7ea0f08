"""An estate: one of everything that an organization or its owner has, found by the part of an address that names it."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.actions import add_contact, add_member, create_project, invite
from accounts.actions.invitations import Offer
from accounts.models import BrowserSession, DataExport, Organization, Passkey, Project, Role, User
from accounts.policy import Access
from billing.actions.promotions import give_promotion
from billing.models import BillingAccount, CreditLot, Invoice, InvoiceStatus, Mode, Origin, Refund, TopUp
from catalog.models import Model
from catalog.money import PICO
from content.actions import keep_exchanges
from content.exchanges import Exchange
from keys.actions import issue_key, make_service_account
from keys.admin.actions import issue_admin_key
from keys.admin.scopes import SCOPES
from keys.models import ApiKey
from ledger.actor import Actor
from ledger.ids import new_id
from notifications.webhooks.actions import create_endpoint
from notifications.webhooks.publish import send_test
from tests.conftest import person
from usage.actions import record_calls
from usage.calls import Call, Outcome
from usage.models import SavedView

_SNAPSHOT = json.dumps(
    {
        "mode": "prepaid",
        "lines": [],
        "amounts": dict.fromkeys(("usage", "credit", "carried", "rounding"), 0),
        "cents": dict.fromkeys(("total", "credit", "carried", "due"), 0),
        "usage": {"events": 0, "root": "0" * 64},
    }
).encode()


@dataclass(frozen=True)
class Estate:
    """`things` are ids by the part of an address before them; `api` are those that the admin API names otherwise."""

    organization: Organization
    owner: User
    secret: str
    things: dict[str, Any]
    api: dict[str, Any]


def estate(organization: Organization, owner: User, name: str) -> Estate:
    actor = Actor.user(owner.pk)
    project = create_project(actor, organization=organization, name=f"Only of {name}", retention_days=7)
    helper = person(f"helper@{name}.example")
    membership = add_member(Actor.operator(), organization=organization, user=helper, role=Role.VIEWER)
    key, _ = issue_key(actor, project=project, name="key", creator=owner)
    admin_key, secret = issue_admin_key(actor, organization=organization, name="program", scopes=SCOPES, creator=owner)
    endpoint, _ = create_endpoint(
        actor, organization_id=organization.pk, url=f"https://{name}.example/", kinds=["key.created"]
    )
    delivery = send_test(endpoint)
    contact = add_contact(actor, organization=organization, email=f"bills@{name}.example", language="en")
    invite(
        actor,
        organization=organization,
        addresses=[f"new@{name}.example"],
        offer=Offer(Access(Role.VIEWER), "en", owner),
    )
    account = BillingAccount.objects.create(pk=organization.pk, mode=Mode.PREPAID)
    shared = {
        "projects": project.slug,
        "keys": key.pk,
        "admin-keys": admin_key.pk,
        "service-accounts": make_service_account(actor, project=project, name=f"of {name}", creator=owner).pk,
        "webhooks": endpoint.pk,
        "deliveries": delivery.pk if delivery else None,
        "billing-contacts": contact.pk,
        "invitations": organization.invitations.get().pk,
        "members": membership.pk,
        "domains": organization.domains.create(domain=f"{name}.example", token="token").pk,
        "credits": (lot := _lot(account)).pk,
        "invoices": _invoice(account, 736_000 + len(name)),
        "credit": (top_up := _top_up(account)).pk,
        "top-ups": top_up.pk,
        "refunds": Refund.objects.create(organization_id=account.pk, lot=lot, top_up=top_up, cents=1).pk,
        "requests": _call(project, key),
        "sso": organization.pk,
        "views": _view(organization, owner).pk,
        "passkeys": _passkey(owner).pk,
        "sessions": _session(owner).pk,
        "prices": _model(name),
        "price-proposals": f"{name}/model",
        "price-versions": f"{name}/model",
        "export": DataExport.objects.create(user=owner, expires_at=timezone.now() + timedelta(days=1)).pk,
    }
    return Estate(organization, owner, secret, shared, shared | {"projects": project.pk, "members": helper.pk})


def _invoice(account: BillingAccount, number: int) -> int:
    """Make a closed invoice of a number that the other organization's has not: theirs would be one's own."""
    start = timezone.now()
    Invoice.objects.create(
        organization_id=account.pk, number=number, status=InvoiceStatus.PAID, start=start, end=start + timedelta(1),
        closed_at=start, snapshot=_SNAPSHOT, hash="0" * 64,
    )  # fmt: skip
    return number


def _call(project: Project, key: ApiKey) -> UUID:
    """Record a call, and keep its prompt and answer."""
    now, pk = timezone.now(), new_id()
    place: dict[str, Any] = {
        "id": pk,
        "organization_id": project.organization_id,
        "project_id": project.pk,
        "started_at": now,
    }
    counts = {"prompt_tokens": 1, "cached_tokens": 0, "completion_tokens": 1, "latency_ms": 1, "first_token_ms": None}
    more: dict[str, Any] = {"model": "llama", "status": 200, "outcome": Outcome.COMPLETED, "estimated": False}
    record_calls([Call(**place, key_id=key.pk, **counts, **more)])
    keep_exchanges([Exchange(**place, expires_at=now + timedelta(days=7), request="{}", response="{}")])
    return pk


def _lot(account: BillingAccount) -> CreditLot:
    give_promotion(Actor.operator(), account.pk, amount=PICO, title="Only one")
    return CreditLot.objects.get(organization_id=account.pk)


def _top_up(account: BillingAccount) -> TopUp:
    return TopUp.objects.create(
        organization_id=account.pk, cents=2500, origin=Origin.CHECKOUT, expires_at=timezone.now()
    )


def _model(name: str) -> str:
    """Return the name of a model: what everybody may look up."""
    return Model.objects.create(name=f"{name}/model", title=name).name


def _view(organization: Organization, owner: User) -> SavedView:
    membership = organization.memberships.get(user=owner)
    return SavedView.objects.create(membership=membership, name="Only one", query="range=7d")


def _passkey(user: User) -> Passkey:
    return Passkey.objects.create(user=user, name="Phone", credential_id=new_id().bytes, public_key=b"", sign_count=0)


def _session(user: User) -> BrowserSession:
    until = timezone.now() + timedelta(days=1)
    return BrowserSession.objects.create(session_key=(new_id().hex * 2)[:40], user_id=user.pk, expire_date=until)

"""Programs of the cast: Olivia's with every scope, Mira's with none of weight, Otto's of another organization."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization, User
from accounts.policy import Permission
from billing.models import BillingAccount, Mode
from keys.admin.actions import issue_admin_key
from keys.admin.scopes import SCOPES
from ledger.actor import Actor
from tests.billing.conftest import llama  # noqa: F401  a fixture
from tests.billing.rail.conftest import _simulator, stripe  # noqa: F401  fixtures

Program = Callable[..., Any]
ROOT = "/api/v1/"


class Caller(Client):
    """A program with an admin key, which speaks JSON."""

    def __init__(self, secret: str) -> None:
        super().__init__(headers={"Authorization": f"Bearer {secret}"})
        self.secret = secret

    def ask(self, path: str, **query: Any) -> Any:
        return self.get(ROOT + path, query)

    def make(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.post(ROOT + path, body, content_type="application/json", headers=headers)

    def change(self, path: str, body: Any) -> Any:
        return self.patch(ROOT + path, body, content_type="application/json")


def program(organization: Organization, creator: User | None, scopes: Iterable[Permission] = SCOPES) -> Caller:
    actor = Actor.user(creator.pk) if creator else Actor.operator()
    _, secret = issue_admin_key(actor, organization=organization, name="program", scopes=list(scopes), creator=creator)
    return Caller(secret)


@pytest.fixture
def olivia(organization: Organization, owner: User) -> Caller:
    return program(organization, owner)


@pytest.fixture
def otto(outsider: User) -> Caller:
    outsiders = Organization.objects.get(slug="outsiders")
    BillingAccount.objects.create(pk=outsiders.pk, mode=Mode.PREPAID)
    return program(outsiders, outsider)

"""Leaves as the vault writes them, and an admin for the cast."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.actions import add_member
from accounts.models import Organization, Role, User
from ledger.actor import Actor
from ledger.append import Appended, append_leaves
from ledger.ids import new_id
from ledger.leaves import Entry
from ledger.models import LeafType
from tests.conftest import person
from tests.support.ledger import unsealer_pen

URL = "/o/llamas-of-lisbon/data-access/"
HOSTILE = "<script>alert(1)</script>\u202e\"'"
Record = Callable[..., list[Appended]]


@pytest.fixture
def as_admin(organization: Organization, owner: User) -> Client:
    ada = person("ada@example.com", name="Ada Admin")
    add_member(Actor.user(owner.pk), organization=organization, user=ada, role=Role.ADMIN)
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def record(organization: Organization) -> Record:
    """Append leaves to the organization's chain: an email's opening, save for what is said."""

    def append(count: int = 1, **changes: Any) -> list[Appended]:
        values = {"type": LeafType.OPENING, "actor": "system:notifications", "purpose": "email-notification"}
        more = {"fields": ["accounts.User.email"], "subjects": [str(new_id())], "case": None}
        own = {name: changes.pop(name) for name in ("type", "actor", "purpose", "grant", "tenant") if name in changes}
        entry: Any = {"tenant": organization.pk, **values, **own}
        return append_leaves([Entry(**entry, more={**more, **changes}) for _ in range(count)], pen=unsealer_pen())

    return append

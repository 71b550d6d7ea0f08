"""The CSV: everybody who fits, in cells that no spreadsheet calculates; and that it was taken is recorded."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from accounts.actions import add_member
from accounts.models import Organization, Role, User
from ledger.models import AuditEvent
from tests.conftest import person
from tests.console.members.conftest import OPERATOR, URL

pytestmark = pytest.mark.django_db


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    answer: Any = client.get(f"{URL}export/{query}")
    assert answer.streaming
    assert answer["Cache-Control"] == "no-store"
    return list(csv.DictReader(StringIO(answer.getvalue().decode())))


def test_each_member_is_a_line(as_owner: Client, owner: User, team: dict[Role, User]) -> None:
    found = {row["email"]: row for row in rows(as_owner)}
    assert len(found) == 5
    dan = found["dan@example.com"]
    assert (dan["name"], dan["role"], dan["projects"], dan["second_factor"]) == (
        "Dan Developer",
        "developer",
        "Every project",
        "App code",
    )
    assert found["vera@example.com"]["last_seen_utc"].startswith("20")
    event = AuditEvent.objects.get(action="members:exported")
    assert (event.actor, event.payload) == (f"user:{owner.pk}", {"members": 5})


def test_filters_hold_for_the_file_too(as_owner: Client, team: dict[Role, User]) -> None:
    assert [row["email"] for row in rows(as_owner, "?role=admin")] == ["ada@example.com"]
    assert [row["email"] for row in rows(as_owner, "?factor=passkey")] == ["ada@example.com"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(as_owner: Client, organization: Organization, start: str) -> None:
    user = person("x@example.com", name=f"{start}cmd|' /C calc'!A0")
    add_member(OPERATOR, organization=organization, user=user, role=Role.VIEWER)
    (name,) = [row["name"] for row in rows(as_owner) if row["email"] == "x@example.com"]
    assert name.startswith("'" + start)

"""What is rare in a long audit log is found by an index."""

from uuid import UUID

import pytest
from django.db import connection

from accounts.models import Organization
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import AuditEvent
from trust.audit import search
from trust.audit.conditions import condition

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(connection.vendor != "postgresql", reason="looks at the plans of PostgreSQL")
@pytest.mark.parametrize(
    ("q", "index"),
    [
        ("action:webhook.deleted", "audit_by_action"),
        ("actor:me", "audit_by_actor"),
        ("actor:staff", "audit_by_actor"),
        (f"target:{UUID(int=7)}", "audit_by_target"),
    ],
)
def test_each_qualifier_has_its_index(organization: Organization, q: str, index: str) -> None:
    usual = {"organization_id": organization.pk, "actor": f"user:{new_id()}", "action": "key:created"}
    AuditEvent.objects.bulk_create(AuditEvent(**usual, target=str(number)) for number in range(3000))
    where = condition(search.read(q), organization, Actor.user(new_id()))
    assert where is not None
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_auditevent")
    assert index in AuditEvent.objects.filter(where, organization_id=organization.pk).order_by("-pk")[:51].explain()

"""The history of a tenant, where rows that somebody wrote stand in the way of reading it."""

import pytest

from ledger.history import History, Standing, _said
from ledger.ids import new_id
from ledger.models import AuditEvent, Leaf, LeafBody

pytestmark = pytest.mark.django_db


def test_a_page_before_a_row_that_the_ledger_does_not_know_holds_what_rows_say() -> None:
    tenant = new_id()
    older, newer = (
        AuditEvent.objects.create(organization_id=tenant, actor="user:x", action="key:revoked", target=target)
        for target in ("older", "newer")
    )
    page = History(tenant).page(10, before=newer.pk)
    assert [(each.id, each.standing) for each in page.happenings] == [(older.pk, Standing.UNRECORDED)]


def test_a_body_whose_salt_is_of_another_type_is_broken() -> None:
    tenant = new_id()
    body = LeafBody(position=1, tenant=tenant, event=new_id(), salt="text", text="{}")
    leaf = Leaf(position=1, tenant=tenant, sequence=1, at=1, commitment=bytes(32), hash=bytes(32))
    assert _said(body, leaf).standing is Standing.BROKEN

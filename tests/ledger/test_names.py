"""What the rows are called where a person meets them: in a shell or a log."""

from uuid import UUID

import pytest

from ledger.models import AuditEvent, Checkpoint, Erasure, Export, Head, Leaf, LeafBody, Log, PendingEvent, Subtree

TENANT = UUID(int=1)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (AuditEvent(action="key:revoked", target="k1"), "key:revoked k1"),
        (PendingEvent(event_id=TENANT), str(TENANT)),
        (Leaf(tenant=TENANT, sequence=3), f"{TENANT} #3"),
        (LeafBody(type="opening", purpose="sms"), "opening sms"),
        (Head(tenant=TENANT, sequence=3), f"{TENANT} at 3"),
        (Log(size=3), "3 leaves"),
        (Erasure(tenant=TENANT), str(TENANT)),
        (Subtree(level=1, index=2), "subtree 1/2"),
        (Checkpoint(size=3), "checkpoint at 3"),
        (Export(tenant=TENANT, checkpoint_id=3), f"{TENANT} 3"),
    ],
)
def test_a_row_is_named_by_what_identifies_it(row: object, name: str) -> None:
    assert str(row) == name

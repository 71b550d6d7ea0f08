"""Appending and checking leaves: no record, no opening."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from ledger.models import Head, Leaf

DATABASE = "vault"


def leaf_hash(tenant: UUID, sequence: int, previous: bytes, body: str) -> bytes:
    """Return the SHA-256 of a leaf; the 0x00 prefix marks it as one (RFC 6962, section 2.1)."""
    header = b"\x00" + tenant.bytes + sequence.to_bytes(8, "big") + previous
    return hashlib.sha256(header + body.encode()).digest()


def append_leaf(tenant: UUID, body: Mapping[str, object]) -> Leaf:
    """Commit a leaf to the tenant's chain and return it.

    The transaction is durable: inside another one on the vault database this raises,
    because the leaf could then vanish with it.
    """
    text = json.dumps({**body, "at": datetime.now(UTC).isoformat()}, sort_keys=True, separators=(",", ":"))
    with transaction.atomic(using=DATABASE, durable=True):
        Head.objects.using(DATABASE).bulk_create([Head(tenant=tenant)], ignore_conflicts=True)
        head = Head.objects.using(DATABASE).select_for_update().get(tenant=tenant)
        previous = bytes(head.hash)
        head.sequence += 1
        head.hash = leaf_hash(tenant, head.sequence, previous, text)
        head.save(using=DATABASE, update_fields=["sequence", "hash"])
        return Leaf.objects.using(DATABASE).create(
            tenant=tenant, sequence=head.sequence, previous=previous, hash=head.hash, body=text
        )


def chain_is_intact(tenant: UUID) -> bool:
    """Tell whether the tenant's leaves are gapless, linked and unchanged up to the head."""
    previous, sequence = bytes(32), 0
    for leaf in Leaf.objects.using(DATABASE).filter(tenant=tenant).order_by("sequence").iterator():
        sequence += 1
        expected = leaf_hash(tenant, sequence, previous, leaf.body)
        if (leaf.sequence, bytes(leaf.previous), bytes(leaf.hash)) != (sequence, previous, expected):
            return False
        previous = expected
    head = Head.objects.using(DATABASE).filter(tenant=tenant).first()
    return (head.sequence, bytes(head.hash)) == (sequence, previous) if head else sequence == 0

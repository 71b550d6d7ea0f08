"""What pages ask of the log."""

import pytest
from django.db.models import Q

from ledger.append import append_leaf
from ledger.ids import new_id
from ledger.leaves import Entry
from ledger.models import LeafType
from ledger.queries import Window

pytestmark = pytest.mark.django_db(databases=["vault"])


def test_a_window_after_the_last_leaf_is_empty() -> None:
    tenant = new_id()
    leaf = append_leaf(Entry(tenant, LeafType.OPENING, "system:worker", "sms"))
    assert len(Window.since(tenant, leaf.at).entries(LeafType, Q())) == 1
    after = Window.since(tenant, leaf.at + 1)
    assert list(after.entries(LeafType, Q())) == after.tallies() == []

"""What a caller may have recorded as an audit event: nothing that spoils a chain for its verifiers."""

from typing import Any

import pytest

from ledger.ids import new_id
from ledger.leaves import Entry
from ledger.models import LeafBody, LeafType
from vault.errors import VaultError
from vault.unsealer import Unsealer

pytestmark = pytest.mark.django_db(transaction=True)


def event(**changes: Any) -> Entry:
    fields: dict[str, Any] = {"more": {"action": "price:set", "target": "x", "payload": {"version": 1}}, **changes}
    return Entry(**{"tenant": new_id(), "type": LeafType.EVENT, "actor": "system:worker", "event": new_id(), **fields})


def test_an_event_is_recorded_as_it_is_told(unsealer: Unsealer) -> None:
    told = event()
    unsealer.record([told])
    assert LeafBody.objects.get(tenant=told.tenant).text == told.body()


@pytest.mark.parametrize(
    "changes",
    [
        {"more": {"payload": {"a": float("nan")}}},
        {"more": {"payload": {"a": 0.5}}},
        {"more": {"payload": {"a": ["b"]}}},
        {"more": {"payload": {"a": "x" * 1000}}},
        {"more": {"payload": {str(number): 1 for number in range(100)}}},
        {"more": {"payload": ["a"]}},
        {"more": {"target": 1}},
        {"more": {"fields": [1]}},
        {"more": {"case": 1}},
        {"more": {"code": "x"}},
        {"actor": "x" * 1000},
        {"event": None},
        {"grant": new_id()},
        {"purpose": "support-request"},
    ],
)
def test_an_event_in_another_form_is_not_recorded(unsealer: Unsealer, changes: dict[str, Any]) -> None:
    told = event(**changes)
    with pytest.raises(VaultError) as failure:
        unsealer.record([event(), told])
    assert failure.value.permanent
    assert not LeafBody.objects.filter(tenant=told.tenant).exists()

"""Events that somebody wrote into the console's database: recorded like any other, and no harm to those behind them."""

import json
from pathlib import Path

import pytest
from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Cast

from ledger.actor import Actor
from ledger.events import record_event
from ledger.ids import INSTALLATION
from ledger.models import Action, AuditEvent, LeafBody, PendingEvent
from tests.support.ledger import LLAMAS, bundle, checkpoint, unsealer_pen, verify
from vault.events import record_pending

pytestmark = pytest.mark.django_db


def written(payload: str, actor: str = "system:worker", organization: object = LLAMAS) -> None:
    """Insert an event whose payload is that JSON, as SQL can."""
    stored = Cast(Value(payload, models.TextField()), models.JSONField())
    event = AuditEvent.objects.create(
        organization_id=organization, actor=actor, action="price:set", target="x", payload=stored
    )
    PendingEvent.objects.create(event=event)


@pytest.mark.parametrize(
    "payload",
    [
        '{"a": 1e999}',  # which Python takes for infinity
        '{"a": 0.5}',
        '{"a": true}',
        '{"a": 18446744073709551616}',
        f'{{"a": "{"x" * 10_000}"}}',
        '{"a": {"b": [["c"]]}}',
        "{" + ", ".join(f'"{n}": {n}' for n in range(100)) + "}",
        '["a"]',
        '"a"',
        "null",
    ],
)
def test_whatever_a_payload_holds_the_chain_stays_readable(payload: str, tmp_path: Path) -> None:
    written(payload)
    assert record_pending() == 1
    assert verify(tmp_path, bundle(at=checkpoint(pen=unsealer_pen()))) == 0


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ('["a"]', {"payload": "['a']"}),
        ('{"a": 9223372036854775807}', {"a": (1 << 63) - 1}),
        ('{"a": 9223372036854775808}', {"a": "9223372036854775808"}),
    ],
)
def test_what_no_payload_holds_stands_in_the_leaf_as_text(payload: str, said: dict[str, object]) -> None:
    written(payload)
    record_pending()
    assert json.loads(LeafBody.objects.get().text)["payload"] == said


def test_an_actor_who_is_nobody_keeps_no_event_waiting() -> None:
    written("{}", actor="user:nobody", organization=None)
    with transaction.atomic():
        record_event(Actor.operator(), Action.PRICE_SET, target="a model", version=1)
    assert record_pending() == 2
    assert set(LeafBody.objects.values_list("tenant", flat=True)) == {INSTALLATION}

"""Customer content: sealed when it is kept, gone when its time is over."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from content.actions import keep_exchanges, purge_expired
from content.exchanges import Exchange
from content.models import StoredExchange
from ledger.ids import new_id
from vault.models import DataKey

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def exchange(**changes: object) -> Exchange:
    usual = Exchange(
        id=new_id(), organization_id=new_id(), project_id=new_id(), started_at=NOW,
        expires_at=NOW + timedelta(days=7), request='{"canary": "prompt"}', response='{"canary": "answer"}',
    )  # fmt: skip
    return replace(usual, **changes)  # type: ignore[arg-type]


def test_prompts_and_answers_are_sealed_under_the_content_plane() -> None:
    kept = exchange()
    keep_exchanges([kept])
    with connections["content"].cursor() as cursor:
        cursor.execute("SELECT request, response FROM content_storedexchange")
        row = b"".join(bytes(cell) for cell in cursor.fetchone())
    assert b"canary" not in row
    assert DataKey.objects.get(tenant=kept.organization_id).plane == "customer-content"


def test_keeping_an_exchange_again_changes_nothing() -> None:
    kept = exchange()
    keep_exchanges([kept])
    keep_exchanges([kept, exchange()])
    assert StoredExchange.objects.count() == 2


def test_the_purge_takes_what_has_expired_and_nothing_else() -> None:
    keep_exchanges([exchange(expires_at=NOW - timedelta(seconds=1)) for _ in range(3)] + [exchange()])
    assert purge_expired(NOW) == 3
    assert StoredExchange.objects.count() == 1
    assert purge_expired(NOW) == 0


def test_an_exchange_shows_nothing_of_itself() -> None:
    assert "canary" not in repr(exchange())


def test_no_foreign_key_leads_from_content_to_customer_data() -> None:
    assert not [field for field in StoredExchange._meta.get_fields() if field.is_relation]

"""Audit events wait for the unsealer and get their leaf once."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization
from ledger.models import LeafBody, LeafType, PendingEvent
from vault.errors import VaultError
from vault.events import record_pending
from vault.tasks import record_events
from vault.unsealer import unsealer

pytestmark = pytest.mark.django_db


@pytest.fixture
def away(settings: Any, tmp_path: Path) -> Any:
    """A call takes the unsealer away, and another one brings it back."""

    def switch(socket: Path | None = tmp_path / "nobody.sock") -> None:
        settings.UNSEALER_SOCKET = socket
        unsealer.cache_clear()

    yield switch
    switch(None)


def test_events_wait_while_the_unsealer_is_away_and_are_recorded_once(organization: Organization, away: Any) -> None:
    waiting = PendingEvent.objects.count()
    away()
    with pytest.raises(VaultError, match="unsealer-away") as failure:
        record_pending()
    assert not failure.value.permanent
    assert PendingEvent.objects.count() == waiting > 0
    away(None)
    assert record_pending() == waiting
    record_events()
    assert LeafBody.objects.filter(type=LeafType.EVENT).count() == waiting
    assert not PendingEvent.objects.exists()


def test_a_page_that_has_to_open_something_is_a_503_that_says_when_to_come_back(
    organization: Organization, as_owner: Client, away: Any
) -> None:
    as_owner.raise_request_exception = False
    away()
    answer = as_owner.get(f"/o/{organization.slug}/data-access/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")

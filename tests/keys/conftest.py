"""A model to choose, and uses of keys as calls that settle would write them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from keys.actions import issue_key
from keys.models import ApiKey, KeyUse
from ledger.actor import Actor

OPERATOR = Actor.operator()
Use = Callable[..., KeyUse]


@pytest.fixture
def key(project: Any) -> ApiKey:
    return issue_key(OPERATOR, project=project, name="ci")[0]


@pytest.fixture
def use() -> Use:
    def made(key_id: UUID, *, ago: timedelta = timedelta(), network: str = "203.0.113.0/24", **fields: Any) -> KeyUse:
        at: datetime = timezone.now() - ago
        numbers = {"requests": 1, "errors": 0, "tokens": 10, "amount": 5} | fields
        hour = at.replace(minute=0, second=0, microsecond=0)
        return KeyUse.objects.create(key_id=key_id, hour=hour, network=network, model="Llama", last_at=at, **numbers)

    return made

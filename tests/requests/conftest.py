"""Calls in projects of the cast, some with their prompt and answer kept."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import Project
from content.actions import keep_exchanges
from content.exchanges import Exchange
from keys.actions import issue_key
from keys.models import ApiKey
from ledger.actor import Actor
from ledger.ids import new_id
from tests.admin_api.conftest import olivia, otto  # noqa: F401  fixtures
from usage.actions import record_calls
from usage.calls import Call, Outcome

URL = "/o/llamas-of-lisbon/requests/"
ASKED = {
    "model": "llama",
    "temperature": 0.5,
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Where is the Louvre?"}],
}
ANSWERED = {"role": "assistant", "content": "In Paris."}
Caller = Callable[..., UUID]


@pytest.fixture
def project(project: Project) -> Project:
    """One that keeps what is said for a week."""
    Project.objects.filter(pk=project.pk).update(retention_days=7)
    project.refresh_from_db()
    return project


@pytest.fixture
def key(project: Project) -> ApiKey:
    return issue_key(Actor.operator(), project=project, name="server")[0]


@pytest.fixture
def call(project: Project, key: ApiKey) -> Caller:
    """Return what records a call; `asked` or `answered` keep its body."""

    def made(*, asked: Any = None, answered: Any = ANSWERED, of: ApiKey = key, age: Any = None, **changes: Any) -> UUID:
        pk, now = new_id(), timezone.now() - (age or timedelta())
        place: dict[str, Any] = {"id": pk, "project_id": of.project_id, "organization_id": of.project.organization_id}
        values: dict[str, Any] = {
            "model": "llama", "status": 200, "outcome": Outcome.COMPLETED, "prompt_tokens": 1234, "cached_tokens": 0,
            "completion_tokens": 567, "latency_ms": 812, "first_token_ms": 95, "estimated": False,
        }  # fmt: skip
        record_calls([Call(**place, key_id=of.pk, started_at=now, **(values | changes))])
        if asked is not None:
            body = asked if isinstance(asked, str) else json.dumps(asked)
            said = answered if isinstance(answered, str) else json.dumps(answered)
            ends = now + timedelta(days=7)
            keep_exchanges([Exchange(**place, started_at=now, expires_at=ends, request=body, response=said)])
        return pk

    return made

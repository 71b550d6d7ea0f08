"""Calls for tests of pages: recorded now, unless they say otherwise."""

from typing import Any

from django.utils import timezone

from accounts.models import Project
from keys.models import ApiKey
from ledger.ids import new_id
from usage.actions import record_calls
from usage.calls import Call, Outcome

URL = "/o/llamas-of-lisbon/usage/"


def record(project: Project, key: ApiKey, count: int = 1, **changes: Any) -> None:
    values: dict[str, Any] = {
        "organization_id": project.organization_id, "project_id": project.pk, "key_id": key.pk, "model": "llama",
        "started_at": timezone.now(), "status": 200, "outcome": Outcome.COMPLETED, "prompt_tokens": 1234,
        "cached_tokens": 0, "completion_tokens": 567, "latency_ms": 100, "first_token_ms": None, "estimated": False,
    }  # fmt: skip
    record_calls([Call(id=new_id(), **(values | changes)) for _ in range(count)])

"""States: queries and rows agree, whatever became of a key."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Project
from keys import states
from keys.actions import issue_key
from keys.models import ApiKey
from keys.states import State, state_of
from ledger.actor import Actor

pytestmark = pytest.mark.django_db
_DAY = timedelta(days=1)


def test_each_key_has_one_state_and_is_found_by_it(project: Project) -> None:
    now = timezone.now()
    key, _ = issue_key(Actor.operator(), project=project, name="ci")
    moments: list[datetime | None] = [None, now - _DAY, now + _DAY, now + 60 * _DAY]
    for expires, ends, leaked, revoked in product(moments, moments[:3], moments[:2], moments[:2]):
        values: dict[str, Any] = {"expires_at": expires, "ends_at": ends, "leaked_at": leaked, "revoked_at": revoked}
        ApiKey.objects.update(**values)
        key.refresh_from_db()
        found = [state for state in State if ApiKey.objects.filter(states.where(state, now)).exists()]
        assert found == [state_of(key, now)], values
        assert ApiKey.objects.filter(states.active(now)).exists() == key.is_active
        assert all(state.words and state.tone for state in State)


def test_a_key_is_unused_after_ninety_days_without_a_call(project: Project, use: Any) -> None:
    key, _ = issue_key(Actor.operator(), project=project, name="ci")
    now = timezone.now()
    unused = ApiKey.objects.filter(states.unused(now))
    assert not unused.exists()
    ApiKey.objects.update(created_at=now - 91 * _DAY)
    assert unused.get() == key
    use(key.pk, ago=92 * _DAY)
    assert unused.exists()
    use(key.pk, ago=3 * _DAY)
    assert not unused.exists()

"""Settling: as long as somebody may remember an older key, and no longer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from vault.rotation import settling
from vault.rotation.settling import LIFETIME, settle


@pytest.mark.parametrize(
    ("age", "expected"),
    [(timedelta(), LIFETIME), (LIFETIME / 2, LIFETIME / 2), (LIFETIME * 2, timedelta()), (-LIFETIME, LIFETIME)],
    ids=["just made", "made a while ago", "made long ago", "made after now, by a clock that was set back"],
)
def test_who_remembers_an_older_key_is_waited_for(
    age: timedelta, expected: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(settling.time, "sleep", waited.append)
    settle(timezone.now() - age)
    assert waited == [pytest.approx(expected.total_seconds(), abs=0.5)]

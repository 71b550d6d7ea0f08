"""Two kinds of message for tests: news that nobody has to get, and an alarm that nobody can switch off."""

from uuid import UUID

import pytest

from notifications import notices
from notifications.kinds import KINDS, Kind, Topic
from notifications.models import Channel, Priority
from notifications.notices import Facts
from notifications.wording import Action, Wording

_CHANNELS = (Channel.EMAIL, Channel.SMS)
GONE: set[UUID] = set()  # subjects that there is nothing to say about any more


def _word(what: str) -> Wording:
    return Wording(f"News of {what}", ["They are well."], action=Action("See them", f"https://{what}"), short="News.")


def _about(subject_id: UUID, to: object) -> Facts | None:
    return None if subject_id in GONE else {"what": f"{subject_id}.example"}


def _entered(monkeypatch: pytest.MonkeyPatch, kind: Kind) -> Kind:
    GONE.clear()
    monkeypatch.setitem(KINDS, kind.name, kind)
    monkeypatch.setitem(notices._notices, kind.name, _about)
    return kind


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> Kind:
    kind = Kind("test-news", "News of llamas", Topic.TEAM, _CHANNELS, Priority.NOTICE, False, _word, {"what": "llamas"})
    return _entered(monkeypatch, kind)


@pytest.fixture
def alarm(monkeypatch: pytest.MonkeyPatch) -> Kind:
    kind = Kind("test-alarm", "Alarm", Topic.SECURITY, _CHANNELS, Priority.SECURITY, True, _word, {"what": "llamas"})
    return _entered(monkeypatch, kind)

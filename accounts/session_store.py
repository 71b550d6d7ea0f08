"""The session engine: Django's, with the hash of the key in the database, and whose session it is beside the data."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from accounts.models import BrowserSession

AGENT, STARTED, CHALLENGE = "agent", "started", "challenge "
BY = "by"  # how its person showed who they are
# Whoever passes by can make such sessions.
_OF_NOBODY = timedelta(days=1)  # as long as a proof of an address lasts
_OF_A_CHALLENGE = timedelta(minutes=10)  # that holds nothing else; a challenge lasts five


def stored(session_key: str) -> str:
    """Return what stands in the database for a session's key: 160 bits of its SHA-256."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    seen_at: datetime | None = None  # of a session that was loaded

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def exists(self, session_key: str) -> bool:
        return super().exists(stored(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=stored(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        """Return the row to save. Who is signed in follows from the data, as Django's own login keeps it there."""
        session = cast(BrowserSession, super().create_model_instance(data))
        session.session_key = stored(session.session_key)
        if user_id := data.get(SESSION_KEY):
            session.user_id = UUID(user_id)
        else:
            only_asked = all(key.startswith(CHALLENGE) for key in data)
            kept = _OF_A_CHALLENGE if only_asked else _OF_NOBODY
            session.expire_date = min(session.expire_date, timezone.now() + kept)
        session.agent = data.get(AGENT, "")
        now = timezone.now()
        session.started_at = datetime.fromisoformat(data[STARTED]) if STARTED in data else now
        session.seen_at = now
        return session

    def _get_session_from_db(self) -> BrowserSession | None:
        key = self.session_key or ""
        found = BrowserSession.objects.filter(session_key=stored(key), expire_date__gt=timezone.now()).first()
        if found is None:
            self._session_key = None
            return None
        self.seen_at = found.seen_at
        return found

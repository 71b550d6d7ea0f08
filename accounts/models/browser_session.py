"""A browser's session. Its key is in the browser alone; here stands a hash, so that a stolen table signs nobody in."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone


class BrowserSessionManager(BaseSessionManager["BrowserSession"]):
    def of(self, user_id: UUID) -> "models.QuerySet[BrowserSession]":
        """Return the sessions in which somebody is signed in."""
        return self.filter(user_id=user_id, expire_date__gt=timezone.now())


class BrowserSession(AbstractBaseSession):
    """`session_key` is the hash. `user_id` and what follows are empty until somebody signs in."""

    user_id = models.UUIDField(null=True, db_index=True)
    agent = models.CharField(max_length=60, default="")  # "Firefox on Linux", and nothing finer
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)  # to a few minutes

    objects: ClassVar[BrowserSessionManager] = BrowserSessionManager()

    def __str__(self) -> str:
        return f"session of {self.user_id}"

    @classmethod
    def get_session_store_class(cls) -> Any:
        from accounts.session_store import SessionStore  # which needs this module

        return SessionStore

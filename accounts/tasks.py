from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore


@shared_task(name="accounts.purge_sessions")
def purge_sessions() -> None:
    SessionStore.clear_expired()

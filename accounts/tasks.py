from celery import shared_task

from accounts.session_store import SessionStore


@shared_task(name="accounts.purge_sessions")
def purge_sessions() -> None:
    SessionStore.clear_expired()

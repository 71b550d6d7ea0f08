from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.actions.billing_contacts import purge_unanswered


@shared_task(name="accounts.purge_sessions")
def purge_sessions() -> None:
    SessionStore.clear_expired()


@shared_task(name="accounts.purge_billing_contacts")
def purge_billing_contacts() -> None:
    purge_unanswered(timezone.now())

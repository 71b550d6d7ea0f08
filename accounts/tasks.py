from celery import shared_task
from django.utils import timezone

from accounts.actions import addresses, domains, invitations, phones
from accounts.actions.billing_contacts import purge_unanswered
from accounts.session_store import SessionStore


@shared_task(name="accounts.purge_sessions")
def purge_sessions() -> None:
    SessionStore.clear_expired()


@shared_task(name="accounts.purge_addresses")
def purge_addresses() -> None:
    addresses.purge(timezone.now())


@shared_task(name="accounts.purge_phones")
def purge_phones() -> None:
    phones.purge(timezone.now())


@shared_task(name="accounts.purge_billing_contacts")
def purge_billing_contacts() -> None:
    purge_unanswered(timezone.now())


@shared_task(name="accounts.recheck_domains")
def recheck_domains() -> None:
    domains.recheck_domains()


@shared_task(name="accounts.purge_invitations")
def purge_invitations() -> None:
    invitations.purge_unanswered(timezone.now())

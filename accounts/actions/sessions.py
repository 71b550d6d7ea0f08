"""Ending sessions. Whoever had one is signed out with their next request."""

from django.db import transaction

from accounts.models import BrowserSession, User
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action


def end_session(actor: Actor, user: User, key: str) -> bool:
    """End one session of a user, by what is stored of its key; False if it is none of theirs."""
    with transaction.atomic():
        if not BrowserSession.objects.of(user.pk).filter(pk=key).delete()[0]:
            return False
        record_event(actor, Action.SESSIONS_ENDED, target=user.pk, count=1)
    return True


def end_sessions(actor: Actor, user: User, *, but: str = "") -> int:
    """End all sessions of a user but one; return how many."""
    with transaction.atomic():
        ended: int = BrowserSession.objects.filter(user_id=user.pk).exclude(pk=but).delete()[0]
        if ended:
            record_event(actor, Action.SESSIONS_ENDED, target=user.pk, count=ended)
    return ended

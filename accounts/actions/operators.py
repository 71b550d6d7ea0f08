"""Who runs the installation: named and dismissed at the server's command line, never from a page."""

from django.db import transaction

from accounts.models import User
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action


def make_operator(actor: Actor, *, user: User) -> bool:
    """Let somebody into the operators' pages, from their next request on; False if they were before."""
    return _set(actor, user, True, Action.OPERATOR_MADE)


def remove_operator(actor: Actor, *, user: User) -> bool:
    """Close the operators' pages to somebody, from their next request on; False if they were closed before."""
    return _set(actor, user, False, Action.OPERATOR_REMOVED)


def _set(actor: Actor, user: User, wanted: bool, action: Action) -> bool:
    with transaction.atomic():
        if not User.objects.filter(pk=user.pk, is_operator=not wanted).update(is_operator=wanted):
            return False
        record_event(actor, action, target=user.pk)
    user.is_operator = wanted
    return True

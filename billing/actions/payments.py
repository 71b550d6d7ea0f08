"""What operators do about payments at the command line, with its event in their organization's log or the house's."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.db import transaction

from billing.models import EventState
from billing.rail import inbox, lookups, outbox
from ledger.actor import Actor
from ledger.events import listed, record_event
from ledger.ids import INSTALLATION
from ledger.models import Action
from notifications.nudge import nudge

RECONCILE = "billing.reconcile"


def replay_events(actor: Actor, event_ids: Sequence[str]) -> dict[str, EventState]:
    """Apply events of Stripe's again, whether they ever came or not; RailError for one that there is not."""
    _record(actor, INSTALLATION, None, events=listed(event_ids))
    return inbox.replay(event_ids)


def resync_organization(actor: Actor, organization_id: UUID) -> dict[str, int]:
    """Do what waits for Stripe, and ask what became of everything that is not paid; return counts by outcome."""
    _record(actor, organization_id, organization_id)
    return lookups.resync(organization_id)


def ask_for_reconciliation(actor: Actor) -> None:
    """Have a worker compare everything now, instead of at beat's next turn."""
    with transaction.atomic():
        _record(actor, INSTALLATION, None, reconciliation="asked for")
        transaction.on_commit(partial(nudge, RECONCILE), robust=True)


def retry_intents(actor: Actor, intent_ids: Sequence[UUID]) -> int:
    """Let what was parked try again; return how many."""
    with transaction.atomic():
        _record(actor, INSTALLATION, None, intents=listed(str(each) for each in intent_ids))
        return outbox.retry(intent_ids)


def _record(actor: Actor, target: UUID, organization_id: UUID | None, **payload: str) -> None:
    with transaction.atomic():
        record_event(actor, Action.PAYMENTS_RETRIED, target=target, organization_id=organization_id, **payload)

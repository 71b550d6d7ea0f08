"""Telling people that staff opened data about them, once for each grant under which anything was opened.

What was opened is read from the ledger, where it stands before anybody saw it: whoever opens data can't leave this out.
"""

import json
import logging
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Organization
from accounts.recipients import of_owners
from ledger.models import Leaf, LeafBody, LeafType
from notifications.models import Channel, OutboxMessage
from notifications.telling import tell
from vault.errors import VaultError
from vault.models import Grant
from vault.models.grant import LONGEST

logger = logging.getLogger(__name__)

KIND = "data-opened"
_AFTER = timedelta(days=1)  # that the worker may have been away after a grant has ended


def tell_openings(now: datetime) -> int:
    """Tell of the grants of these days that were used and not told of yet; return how many messages that could be."""
    recent = list(Grant.objects.filter(until__gt=now - _AFTER).values_list("pk", flat=True))
    opened = openings(recent).values_list("grant", "tenant").distinct()
    whose = {grant: tenant for grant, tenant in opened if grant}  # as the ledger says, and not the grant's row
    used = sorted(whose.keys() - _told(recent, now))
    tenants = {whose[grant] for grant in used}
    organizations = {each.pk: each for each in Organization.objects.filter(pk__in=tenants)} if tenants else {}
    to = {tenant: _owners(organizations[tenant]) if tenant in organizations else [tenant] for tenant in tenants}
    return sum(tell(KIND, grant, to[whose[grant]], key=f"{KIND}:{grant}") for grant in used)


def _owners(organization: Organization) -> list[UUID]:
    """Return whom to tell; nobody yet where roles do not open. That keeps nothing from other organizations."""
    try:
        return of_owners(organization)
    except VaultError as error:
        logger.error("openings of %s are not told of yet: %s", organization.pk, error.code)
        return []


def openings(grants: Iterable[UUID]) -> QuerySet[LeafBody]:
    return LeafBody.objects.filter(grant__in=list(grants), type=LeafType.OPENING.value)


def _told(grants: Collection[UUID], now: datetime) -> set[UUID]:
    """Return those of these grants that somebody was told of: asking who owns what opens roles, which is recorded."""
    sent = OutboxMessage.objects.filter(channel=Channel.EMAIL, kind=KIND, due_at__gt=now - LONGEST - _AFTER)
    return set(sent.filter(subject_id__in=list(grants)).values_list("subject_id", flat=True)) if grants else set()


def fields_of(bodies: Iterable[LeafBody]) -> list[str]:
    """Return the fields (app.Model.field) that these leaves opened."""
    return sorted({field for body in bodies for field in json.loads(body.text)["fields"]})


def time_of(body: LeafBody) -> datetime:
    at = Leaf.objects.only("at").get(position=body.position).at
    return datetime.fromtimestamp(at / 1_000_000, UTC)

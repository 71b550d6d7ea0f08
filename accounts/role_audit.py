"""Finding roles that no change of role gave: each membership's role is opened and held against the events in the log.

An event counts once it has its leaf: then its organization reads of it, and nobody takes it back.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from accounts.models import Membership, Organization
from accounts.roles import Given, commit_role, given_roles, stands
from ledger.actor import Actor
from ledger.models import LeafBody
from vault.disclosure import Scope, disclose
from vault.errors import VaultError
from vault.events import record_pending
from vault.purposes import Purpose

_BATCH = 1000  # memberships; each batch is one opening


def ungiven_roles(actor: Actor) -> Iterator[Membership]:
    """Yield the memberships whose role does not open, or is not the one that the member's newest event gave."""
    record_pending()
    for organization in Organization.objects.order_by("pk").iterator():
        memberships, given = list(organization.memberships.order_by("pk")), given_roles(organization.pk)
        for start in range(0, len(memberships), _BATCH):
            yield from _ungiven(actor, memberships[start : start + _BATCH], given)


def _ungiven(actor: Actor, memberships: Sequence[Membership], given: Mapping[UUID, Given]) -> Iterator[Membership]:
    stood_for = _stood_for(actor, memberships, given)
    bodies = LeafBody.objects.filter(event__in=[event for event, _ in stood_for.values()])
    recorded = {(body.event, _commitment(body.text)) for body in bodies}
    return (membership for membership in memberships if stood_for.get(membership.pk) not in recorded)


def _stood_for(
    actor: Actor, memberships: Sequence[Membership], given: Mapping[UUID, Given]
) -> dict[UUID, tuple[UUID, str]]:
    """Return the event and the commitment that stand for a role, of those memberships for which there are any."""
    tenant, subjects, found = memberships[0].vault_tenant, [each.pk for each in memberships], {}
    fields = [Membership.role]
    with disclose(Purpose.AUTHORIZATION, actor=actor, tenant=tenant, fields=fields, subjects=subjects) as scope:
        for membership in memberships:
            own = given[membership.user_id]
            text = _opened(scope, membership)
            if text is not None and stands(text, membership, own):
                commitment = commit_role(text, membership.organization_id, membership.user_id)
                found[membership.pk] = own.events[commitment], commitment
    return found


def _opened(scope: Scope, membership: Membership) -> str | None:
    try:
        return str(scope.open(membership.role))
    except VaultError as error:
        if not error.permanent:
            raise
        return None


def _commitment(text: str) -> object:
    return (json.loads(text).get("payload") or {}).get("commitment")

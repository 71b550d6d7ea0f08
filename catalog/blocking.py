"""An organization's switch over classes of models: those that it blocks are to it as if there were none of them."""

from collections.abc import Collection

from django.db import transaction

from accounts.models import Organization
from catalog.data_policy import DataPolicy
from ledger.actor import Actor
from ledger.events import changes, record_event
from ledger.models import Action


def set_blocked(actor: Actor, *, organization: Organization, policies: Collection[DataPolicy]) -> bool:
    """Block these classes and no others; False if it is so already. It holds for the next call."""
    wanted = [policy.value for policy in DataPolicy if policy in policies]
    with transaction.atomic():
        row = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        changed = changes({"blocked_policies": row.blocked_policies}, {"blocked_policies": wanted})
        if not changed:
            return False
        Organization.objects.filter(pk=row.pk).update(blocked_policies=wanted)
        record_event(actor, Action.DATA_POLICY_CHANGED, target=row.pk, organization_id=row.pk, **changed)
    organization.blocked_policies = wanted
    return True

"""Changing a key: what it is called, what it may call and from where, and when it ends."""

from django.db import transaction

from keys.models import ApiKey
from keys.rules import Rules, rules_of
from ledger.actor import Actor
from ledger.events import changes, record_event
from ledger.models import Action


def change_key(actor: Actor, key: ApiKey, *, name: str, rules: Rules) -> bool:
    """Give a key another name and other rules; False if nothing differs. Gateways know within a second.

    Whoever asks has made sure that no scope is added that is beyond theirs.
    """
    with transaction.atomic():
        current = ApiKey.objects.select_for_update(of=("self",)).select_related("project").get(pk=key.pk)
        before = {"name": current.name, **rules_of(current).recorded()}
        differs = changes(before, {"name": name, **rules.recorded()})
        if not differs:
            return False
        columns = rules.columns() | {"name": name}
        ApiKey.objects.filter(pk=key.pk).update(**columns)
        record_event(
            actor,
            Action.KEY_CHANGED,
            target=key.pk,
            organization_id=current.project.organization_id,
            project=str(current.project_id),
            **differs,
        )
    key.refresh_from_db()
    return True

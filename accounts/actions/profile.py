"""Changing what a person says of themselves. The event names the fields, never what stands in them."""

from django.db import transaction

from accounts import directory
from accounts.actions.owners import lock_person
from accounts.models import User
from accounts.profile import CHANGEABLE, Profile, open_values
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action


def change_profile(user: User, profile: Profile, *, language: str, time_zone: str) -> list[str]:
    """Change one's own profile and return the names of the fields that are new; what is None is deleted."""
    with transaction.atomic():
        current, _ = lock_person(user.pk)
        before = open_values(current, CHANGEABLE) | {"language": current.language, "time_zone": current.time_zone}
        wanted = {name: getattr(profile, name) for name in CHANGEABLE} | {"language": language, "time_zone": time_zone}
        changed = [name for name, value in wanted.items() if value != before[name]]
        if not changed:
            return []
        for name in changed:
            setattr(current, name, wanted[name])
        current.save(update_fields=changed)
        actor = Actor.user(current.pk)
        if "name" in changed:
            directory.refresh_member(actor, user=current)
        record_event(actor, Action.PROFILE_CHANGED, target=current.pk, fields=" ".join(changed))
    return changed

"""What people choose about the messages that they get."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from ledger.actor import Actor
from ledger.events import record_event
from ledger.models import Action
from notifications import preferences
from notifications.kinds import Kind
from notifications.preferences import Choices, Span


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody wants: `choices` of the kinds that they were shown, and how to speak to them."""

    choices: Choices
    quiet_hours: Span | None
    language: str  # one of LANGUAGES
    time_zone: str  # of the tz database


def change_preferences(actor: Actor, user: User, kinds: Iterable[Kind], wishes: Wishes) -> bool:
    """Change what messages a person gets, and how; False if everything is as before."""
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        choices = preferences.choose(locked.pk, kinds, wishes.choices)
        quiet_hours = preferences.set_quiet_hours(locked.pk, wishes.quiet_hours)
        language, time_zone = locked.language != wishes.language, locked.time_zone != wishes.time_zone
        if not (choices or quiet_hours or language or time_zone):
            return False
        locked.language, locked.time_zone = wishes.language, wishes.time_zone
        locked.save(update_fields=["language", "time_zone"])
        record_event(
            actor,
            Action.PREFERENCES_CHANGED,
            target=locked.pk,
            choices=choices,
            quiet_hours=int(quiet_hours),
            language=int(language),
            time_zone=int(time_zone),
        )
    return True

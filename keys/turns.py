"""Taking turns at the playground: one answer at a time for each person, over all processes of the console."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from keys.models import Turn
from ledger.ids import new_id

LASTS = timedelta(seconds=30)  # without being prolonged: whoever held it has died


def take_turn(user: User) -> UUID | None:
    """Begin a person's turn and return what ends it; None while another one of theirs is under way."""
    now, holder = timezone.now(), new_id()
    if Turn.objects.filter(pk=user.pk, until__lt=now).update(holder=holder, until=now + LASTS):
        return holder
    try:
        with transaction.atomic():
            Turn.objects.create(user_id=user.pk, holder=holder, until=now + LASTS)
    except IntegrityError:
        return None
    return holder


def prolong_turn(holder: UUID) -> None:
    Turn.objects.filter(holder=holder).update(until=timezone.now() + LASTS)


def end_turn(holder: UUID) -> None:
    Turn.objects.filter(holder=holder).delete()

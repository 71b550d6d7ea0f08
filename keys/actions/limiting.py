"""Setting limits on calls, of an organization, a project or a key, for all models or for one."""

from dataclasses import dataclass

from django.db import transaction

from keys.models import Limits
from keys.subjects import Subject
from ledger.actor import Actor
from ledger.events import changes, record_event
from ledger.models import Action

MOST_REQUESTS, MOST_TOKENS, MOST_AT_ONCE = 10_000_000, 10**12, 100_000


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What one subject may do; None limits nothing."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    concurrent: int | None = None

    def __bool__(self) -> bool:
        return any(value is not None for value in self.columns().values())

    def columns(self) -> dict[str, int | None]:
        return {
            "requests_per_minute": self.requests_per_minute,
            "tokens_per_minute": self.tokens_per_minute,
            "concurrent": self.concurrent,
        }


NO_CEILING = Ceiling()


def set_limits(actor: Actor, subject: Subject, ceiling: Ceiling, *, model: str = "") -> bool:
    """Set the limits of a subject for a model, or for all together; False if nothing differs. Nothing: no limit.

    They hold within a second.
    """
    with transaction.atomic():
        rows = Limits.objects.select_for_update().filter(subject_id=subject.id, model=model)
        former = ceiling_of(rows.first())
        differs = changes(former.columns(), ceiling.columns())
        if not differs:
            return False
        if ceiling:
            place = {"level": subject.level, "organization_id": subject.organization_id}
            Limits.objects.update_or_create(subject_id=subject.id, model=model, defaults={**place, **ceiling.columns()})
        else:
            rows.delete()
        named = {"model": model} if model else {}
        record_event(
            actor,
            Action.LIMITS_SET,
            target=subject.target,
            organization_id=subject.organization_id,
            level=subject.level.value,
            **subject.place,
            **named,
            **differs,
        )
    return True


def ceiling_of(row: Limits | None) -> Ceiling:
    return Ceiling(row.requests_per_minute, row.tokens_per_minute, row.concurrent) if row else NO_CEILING

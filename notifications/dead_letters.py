"""Dead letters: messages that were given up. Choosing among them, and letting them try again on the record."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from ledger.actor import Actor
from ledger.events import record_event
from ledger.ids import INSTALLATION
from ledger.models import Action
from notifications import outbox
from notifications.models import OutboxMessage
from notifications.models.outbox import OutboxQuerySet


@dataclass(frozen=True, slots=True)
class Group:
    """How many letters of one kind and channel were given up with one code."""

    channel: str
    kind: str
    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Which letters: empty means all of them."""

    channel: str = ""
    kind: str = ""
    code: str = ""
    ids: Collection[UUID] | None = None

    def letters(self) -> OutboxQuerySet:
        wanted = {"channel": self.channel, "kind": self.kind, "error": self.code}
        found = OutboxMessage.objects.dead().filter(**{name: value for name, value in wanted.items() if value})
        return found if self.ids is None else found.filter(pk__in=self.ids)

    def holds(self, group: Group) -> bool:
        pairs = ((self.channel, group.channel), (self.kind, group.kind), (self.code, group.code))
        return all(mine in {"", theirs} for mine, theirs in pairs)


def groups() -> list[Group]:
    """Return all that was given up, counted in one query, the most first."""
    counted = OutboxMessage.objects.dead().values_list("channel", "kind", "error").annotate(count=Count("pk"))
    return [Group(*row) for row in counted.order_by("-count", "kind", "error")]


def requeue(actor: Actor, choice: Choice) -> int:
    """Let the letters try again from the start; return how many. The event says which were chosen, and of nobody."""
    with transaction.atomic():
        count = outbox.requeue(choice.letters())
        if count:
            record_event(
                actor,
                Action.MESSAGES_REQUEUED,
                target="outbox",
                organization_id=INSTALLATION,
                count=count,
                channel=choice.channel,
                kind=choice.kind,
                code=choice.code,
            )
    return count

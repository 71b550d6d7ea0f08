"""Lists what waits for an operator: events that do not fit or were given up, and what Stripe did not do."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from billing.actions.payments import retry_intents
from billing.models import StripeEvent, StripeIntent, TopUp
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retry", nargs="+", metavar="INTENT_ID", help="try these again from the start")

    def handle(self, *args: Any, retry: list[str] | None, **options: Any) -> None:
        if retry:
            self.stdout.write(f"{retry_intents(Actor.operator(), _ids(retry))} tried again.")
            return
        for state, code, what, whose, trouble_id in _troubles():
            self.stdout.write(f"{state:12} {code:24} {what:44} {whose} {trouble_id}")


def _troubles() -> Iterator[tuple[str, str, str, object, object]]:
    """Yield of each trouble its state, its reason, what and whose it is, and its id."""
    for event in StripeEvent.objects.troubled().order_by("received_at").iterator():
        yield event.state, event.reason, event.type, event.object_id, event.pk
    for top_up in TopUp.objects.troubled().order_by("pk").iterator():
        yield top_up.status, top_up.failure, "top-up", top_up.organization_id, top_up.pk
    for intent in StripeIntent.objects.parked().order_by("pk").iterator():
        yield intent.state, intent.error, intent.kind, intent.organization_id, intent.pk


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise CommandError("That is no intent's id.") from None

"""Lists what waits for an operator: events that do not fit or were given up, and what Stripe did not do."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from billing.actions.payments import retry_intents
from billing.models import StripeEvent, StripeIntent
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retry", nargs="+", metavar="INTENT_ID", help="try these again from the start")

    def handle(self, *args: Any, retry: list[str] | None, **options: Any) -> None:
        if retry:
            self.stdout.write(f"{retry_intents(Actor.operator(), _ids(retry))} tried again.")
            return
        for event in StripeEvent.objects.troubled().order_by("received_at").iterator():
            self.stdout.write(f"{event.state:12} {event.reason:24} {event.type:44} {event.object_id} {event.pk}")
        for intent in StripeIntent.objects.parked().order_by("pk").iterator():
            self.stdout.write(
                f"{intent.state:12} {intent.error:24} {intent.kind:44} {intent.organization_id} {intent.pk}"
            )


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise CommandError("That is no intent's id.") from None

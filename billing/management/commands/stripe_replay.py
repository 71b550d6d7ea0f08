"""Applies events of Stripe's again, by their ids; those that never came are asked for."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.actions.payments import replay_events
from billing.rail.errors import RailError
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("events", nargs="+", metavar="EVENT_ID")

    def handle(self, *args: Any, events: list[str], **options: Any) -> None:
        try:
            states = replay_events(Actor.operator(), events)
        except RailError as error:
            raise CommandError(error.message) from None
        for event, state in states.items():
            self.stdout.write(f"{event} {state.value}")

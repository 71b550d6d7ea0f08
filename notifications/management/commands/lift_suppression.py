"""Lets messages go to an address or number again that was suppressed; - reads it from the prompt or standard input."""

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.actor import Actor
from notifications import fingerprints, suppressions
from notifications.models import Channel


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--email", metavar="ADDRESS")
        whose.add_argument("--phone", metavar="NUMBER", help="with its country code, such as +351 912 345 678")

    def handle(self, *args: Any, email: str | None, phone: str | None, **options: Any) -> None:
        channel = Channel.EMAIL if email is not None else Channel.SMS
        found = suppressions.find(channel, _fingerprint(channel, _typed(email or phone or "")))
        if found is None or not suppressions.lift_by_hand(Actor.operator(), found):
            raise CommandError("Nothing is suppressed there.")
        self.stdout.write(f"Lifted. It was {found.reason} since {found.at:%Y-%m-%d}.")


def _typed(value: str) -> str:
    """Return the value, or what is typed in its place: that stays out of the process list and the shell's history."""
    if value != "-":
        return value
    return (getpass("Address or number: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()


def _fingerprint(channel: Channel, typed: str) -> str:
    found = fingerprints.of_typed(channel, typed)
    if found is None:
        raise CommandError(
            "That is no address." if channel == Channel.EMAIL else "That is no number with a country code."
        )
    return found

"""Lets messages that were given up try again; without arguments it lists them by kind and error."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.actor import Actor
from notifications.dead_letters import Choice, groups, requeue


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", help="of single messages")
        parser.add_argument("--kind", help="all of a kind")
        parser.add_argument("--error", help="all with an error")

    def handle(self, *args: Any, ids: list[str], kind: str | None, error: str | None, **options: Any) -> None:
        if not (ids or kind or error):
            self._list()
            return
        try:
            named = [UUID(each) for each in ids] or None
        except ValueError:
            raise CommandError("That is no message's id.") from None
        count = requeue(Actor.operator(), Choice(kind=kind or "", code=error or "", ids=named))
        self.stdout.write(f"{count} requeued.")

    def _list(self) -> None:
        found = groups()
        for group in found:
            self.stdout.write(f"{group.count:8} {group.channel:8} {group.kind:24} {group.code}")
        if not found:
            self.stdout.write("Nothing was given up.")

"""Lets messages that were given up try again; without arguments it lists them by kind and error."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count

from notifications import outbox
from notifications.models import OutboxMessage


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", help="of single messages")
        parser.add_argument("--kind", help="all of a kind")
        parser.add_argument("--error", help="all with an error")

    def handle(self, *args: Any, ids: list[str], kind: str | None, error: str | None, **options: Any) -> None:
        dead = OutboxMessage.objects.dead()
        if not (ids or kind or error):
            self._list(dead)
            return
        wanted = {"pk__in": ids or None, "kind": kind, "error": error}
        try:
            found = dead.filter(**{name: value for name, value in wanted.items() if value is not None})
            count = outbox.requeue(found)
        except ValidationError:
            raise CommandError("That is no message's id.") from None
        self.stdout.write(f"{count} requeued.")

    def _list(self, dead: Any) -> None:
        for row in dead.values("kind", "channel", "error").annotate(count=Count("pk")).order_by("-count", "kind"):
            self.stdout.write("{count:8} {channel:8} {kind:24} {error}".format(**row))
        if not dead.exists():
            self.stdout.write("Nothing was given up.")

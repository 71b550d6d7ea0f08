"""Builds the sealed member directory of each organization from its members; one leaf a member.

Needed once after an upgrade from a version without directories, and harmless at any other time.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.directory import rebuild
from accounts.models import Organization
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="this one alone")
        parser.add_argument("--missing", action="store_true", help="only those that have none")

    def handle(self, *args: Any, organization: str | None, missing: bool, **options: Any) -> None:
        chosen = Organization.objects.order_by("slug")
        if organization:
            chosen = chosen.filter(slug=organization)
            if not chosen.exists():
                raise CommandError(f"There is no organization {organization}.")
        if missing:
            chosen = chosen.filter(directory=None)
        count = chosen.count()
        for number, each in enumerate(chosen.iterator(), start=1):
            members = each.memberships.count()
            self.stdout.write(f"{number} of {count}: {each.slug}, {members} member{'' if members == 1 else 's'}")
            rebuild(Actor.operator(), organization=each)

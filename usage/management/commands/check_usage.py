"""Counts all calls again and compares them with the rollups that pages and the API read. Exits 1 if they differ.

With --repair it writes the days that differ again from their calls.
"""

import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Organization
from usage.checking import check, spans
from vault.rotation.progress import Bar


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="this one alone")
        parser.add_argument("--repair", action="store_true", help="write what differs again")

    def handle(self, *args: Any, organization: str | None, repair: bool, **options: Any) -> None:
        progress, different = Bar(self.stderr), 0
        chosen = spans(_id_of(organization) if organization else None)
        for number, span in enumerate(chosen, start=1):
            for difference in check(span, repair=repair):
                different += 1
                self.stdout.write(f"{span.organization_id} {difference}")
            progress("days", number, len(chosen))
        verdict = f"{different:,} buckets {'repaired' if repair else 'differ'}" if different else "all as their calls"
        self.stdout.write(f"{len(chosen):,} days of organizations: {verdict}.")
        if different and not repair:
            sys.exit(1)


def _id_of(slug: str) -> UUID:
    found = Organization.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no organization {slug}.")
    return found.pk

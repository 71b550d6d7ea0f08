"""Sets how many members an organization may have; open invitations count. Nobody is removed by a lower number."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.organizations import set_seats
from accounts.models import Organization
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("seats", type=int, nargs="?", metavar="N", help="without it there is no limit")

    def handle(self, *args: Any, organization: str, seats: int | None, **options: Any) -> None:
        found = Organization.objects.filter(slug=organization).first()
        if found is None:
            raise CommandError(f"There is no organization {organization}.")
        if seats is not None and seats < 1:
            raise CommandError("An organization has at least one seat.")
        set_seats(Actor.operator(), organization=found, seats=seats)
        members = found.memberships.count()
        said = "no limit of seats" if seats is None else f"{seats:,} seats"
        self.stdout.write(f"{found.slug} has {said} and {members:,} member{'' if members == 1 else 's'}.")

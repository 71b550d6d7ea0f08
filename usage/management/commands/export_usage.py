"""Writes usage events as Parquet files, one for each organization and day, for DuckDB, ClickHouse and their like.

Run it again to bring the files up to date: days that are complete are let be. Needs pyarrow.
"""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Organization


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="the folder; it is made")
        parser.add_argument("--organization", metavar="SLUG", help="this one alone")
        parser.add_argument("--since", type=date.fromisoformat, metavar="DATE", help="the first day, in UTC")
        parser.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="the first day that is too late")

    def handle(
        self, *args: Any, to: Path, organization: str | None, since: date | None, until: date | None, **options: Any
    ) -> None:
        try:
            from usage.parquet.days import days
            from usage.parquet.files import Busy, alone, write_day
        except ImportError:
            raise CommandError("This needs pyarrow: .venv/bin/pip install 'pyarrow>=22'") from None
        outcomes: Counter[str] = Counter()
        try:
            with alone(to):
                for day in days(_id_of(organization) if organization else None, since, until):
                    outcomes[write_day(to, day)] += 1
        except Busy:
            raise CommandError(f"Another export writes into {to}.") from None
        told = f"{outcomes['written']:,} days written, {outcomes['kept']:,} as they were"
        gone = f", {outcomes['gone']:,} whose calls are gone" if outcomes["gone"] else ""
        self.stdout.write(f"{told}{gone}.")


def _id_of(slug: str) -> UUID:
    found = Organization.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no organization {slug}.")
    return found.pk

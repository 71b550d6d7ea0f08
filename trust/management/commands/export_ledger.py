"""Writes the proof bundle of an organization or a person to standard output, for verify_ledger.py."""

import os
import sys
from argparse import ArgumentParser
from typing import Any, TextIO, cast
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization, User
from ledger.bundle import was_exported
from trust.proof import write_proof


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--organization", metavar="SLUG")
        whose.add_argument("--user", type=UUID, metavar="UUID", help="a person, as `find_person` names them")
        parser.add_argument("--earlier", type=int, metavar="SIZE", help="list the former export of this size for sure")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant, earlier = _tenant(options), options["earlier"]
        if earlier is not None and not was_exported(tenant, earlier):
            raise CommandError(f"There is no former export of {earlier:,} leaves.")
        self.stdout.ending = ""  # the bundle is written in pieces
        try:
            write_proof(cast(TextIO, self.stdout), tenant, earlier=earlier)
            self.stdout.flush()
        except BrokenPipeError:  # whoever reads has read enough: no traceback, and no word of success either
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)


def _tenant(options: dict[str, Any]) -> UUID:
    if options["user"]:
        if not User.objects.filter(pk=options["user"]).exists():
            raise CommandError(f"There is no user {options['user']}.")
        return UUID(str(options["user"]))
    organization = Organization.objects.filter(slug=options["organization"]).first()
    if organization is None:
        raise CommandError(f"There is no organization {options['organization']}.")
    return organization.pk

"""Asks for leave to open named fields of named rows for a case. Nothing opens until somebody else approves it."""

from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser

from vault.grants import request_grant
from vault.management.command import VaultCommand, actor_of, describe


class Command(VaultCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--purpose", required=True)
        parser.add_argument("--case", required=True, help="the ticket, or the reference of the authority")
        parser.add_argument("--tenant", required=True, type=UUID)
        parser.add_argument("--field", required=True, nargs="+", action="extend", help="app.Model.field")
        parser.add_argument("--subject", required=True, nargs="+", action="extend", type=UUID, help="row")
        parser.add_argument("--requester", required=True, help="staff:name")
        parser.add_argument("--maximum", required=True, type=int, help="openings")

    def handle(self, *args: Any, **options: Any) -> None:
        grant = request_grant(
            actor_of(options["requester"]),
            purpose=options["purpose"],
            case=options["case"],
            tenant=options["tenant"],
            fields=options["field"],
            subjects=options["subject"],
            maximum=options["maximum"],
        )
        for line in describe(grant):
            self.stdout.write(line)

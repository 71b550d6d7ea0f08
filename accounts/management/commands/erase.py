"""Erases a person or an organization for good, and writes a receipt of the keys that were destroyed.

Run again after it was killed, it goes on where it was and writes the same receipt.
"""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import LastOwner, erase_organization, erase_user
from accounts.models import Organization, User
from ledger.actor import Actor
from ledger.erasure import receipt
from vault.errors import VaultError
from vault.events import record_pending
from vault.management.command import answer
from vault.unsealer import unsealer


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        whom = parser.add_mutually_exclusive_group(required=True)
        whom.add_argument("--user", type=UUID, metavar="UUID")
        whom.add_argument("--organization", metavar="SLUG")
        parser.add_argument("--receipt", type=Path, required=True, metavar="FILE")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        subject, file = _subject(options), options["receipt"]
        _check_place(file)
        if not options["yes"] and answer(f"This cannot be undone. Type {subject.pk} to erase: ") != str(subject.pk):
            raise CommandError("Nothing was erased.")
        try:
            if isinstance(subject, User):
                erase_user(Actor.operator(), subject)
            else:
                erase_organization(Actor.operator(), subject)
            _write(file, receipt(subject.pk))
            record_pending()  # else the erasure's own event would get its leaf, and a body, after this
            dropped = unsealer().drop_bodies(subject.pk)
        except (LastOwner, VaultError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{subject.pk} is erased. {dropped:,} leaves keep their hash alone. Receipt: {file}")


def _subject(options: dict[str, Any]) -> User | Organization:
    subject: User | Organization | None
    if options["user"]:
        subject = User.objects.filter(pk=options["user"]).first()
    else:
        subject = Organization.objects.filter(slug=options["organization"]).first()
    if subject is None:
        raise CommandError("There is nobody of that name.")
    return subject


def _check_place(file: Path) -> None:
    """Raise before anything is destroyed if the receipt would find no place."""
    if file.exists():
        raise CommandError(f"{file} exists; a receipt overwrites nothing.")
    if not os.access(file.absolute().parent, os.W_OK):
        raise CommandError(f"{file.absolute().parent} is no folder that can be written to.")


def _write(file: Path, said: dict[str, object]) -> None:
    """Write the receipt whole or not at all."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    temporary.write_text(json.dumps(said, indent=1) + "\n")
    temporary.replace(file)

"""Lets a person into the operators' pages under /staff/, or with --remove out of them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import make_operator, remove_operator
from accounts.people import find_person
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="their sign-in address, or - to read it from standard input")
        parser.add_argument("--remove", action="store_true", help="take it back")

    def handle(self, *args: Any, email: str, remove: bool, **options: Any) -> None:
        # What is said names the id: an address does not go into the output, which may be kept.
        user = find_person(email)
        if remove:
            changed = remove_operator(Actor.operator(), user=user)
            self.stdout.write(f"{user.pk} is no operator any more." if changed else f"{user.pk} was no operator.")
            return
        if not (user.is_active and user.is_verified):
            raise CommandError("This address is not verified yet.")
        changed = make_operator(Actor.operator(), user=user)
        self.stdout.write(f"{user.pk} is an operator now." if changed else f"{user.pk} was an operator before.")

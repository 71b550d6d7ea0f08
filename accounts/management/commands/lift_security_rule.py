"""Takes a security rule of an organization away, for people who have shut themselves out. Their audit log says so."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.security import lift_rule
from accounts.models import Organization
from accounts.security_rules import Rule
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("rule", choices=[rule.value for rule in Rule])

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization {options['organization']}.")
        lifted = lift_rule(Actor.operator(), organization=organization, rule=Rule(options["rule"]))
        self.stdout.write("Lifted, from the next request on." if lifted else "There was no such rule.")

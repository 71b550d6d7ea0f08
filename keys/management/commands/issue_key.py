"""Makes an API key and prints it once, on the last line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Project
from keys.actions import issue_key
from keys.forms import KeyForm
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        places = Project.objects.select_related("organization")
        project = places.filter(organization__slug=options["organization"], slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']} in {options['organization']}.")
        form = KeyForm(
            {"name": options["name"], "project": project.slug}, projects=project.organization.projects.active()
        )
        if not form.is_valid():
            raise CommandError("; ".join(str(error) for errors in form.errors.values() for error in errors))
        _, secret = issue_key(Actor.operator(), project=project, name=form.cleaned_data["name"])
        self.stderr.write(f"Key made for {options['organization']}/{project.slug}. It is shown only this once:")
        self.stdout.write(secret)

"""Makes an API key, or with --admin an admin key, and prints it once, on the last line."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.forms import Form
from django.utils import timezone

from accounts.models import Organization, Project
from accounts.policy import Permission
from keys.actions import issue_key
from keys.admin.actions import issue_admin_key
from keys.admin.forms import AdminKeyForm
from keys.admin.scopes import NAMED_ALONE, SCOPES
from keys.forms import KeyForm
from ledger.actor import Actor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--project", metavar="SLUG", help="whose calls the key makes; not with --admin")
        parser.add_argument("--name", required=True)
        parser.add_argument("--admin", action="store_true", help="a key for the admin API")
        parser.add_argument(
            "--scope",
            action="append",
            choices=[scope.value for scope in SCOPES],
            help=f"of an admin key; without it all but {', '.join(sorted(NAMED_ALONE))}",
        )
        parser.add_argument("--days", type=int, help="after how many days an admin key ends; never without it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["admin"]:
            self._admin_key(options)
        elif options["project"]:
            self._api_key(options)
        else:
            raise CommandError("Name the project with --project, or ask for an admin key with --admin.")

    def _api_key(self, options: dict[str, Any]) -> None:
        places = Project.objects.select_related("organization")
        project = places.filter(organization__slug=options["organization"], slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']} in {options['organization']}.")
        form = KeyForm(
            {"name": options["name"], "project": project.slug}, projects=project.organization.projects.active()
        )
        _, secret = issue_key(Actor.operator(), project=project, name=_checked(form)["name"])
        self._show(f"{options['organization']}/{project.slug}", secret)

    def _admin_key(self, options: dict[str, Any]) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None or options["project"]:
            raise CommandError("An admin key is of an organization that there is, and of no project.")
        days = options["days"]
        if days is not None and not 0 < days < 36_500:
            raise CommandError("--days must be a whole number of days from now.")
        scopes = options["scope"] or [scope.value for scope in SCOPES if scope not in NAMED_ALONE]
        form = AdminKeyForm({"name": options["name"], "scopes": scopes}, allowed=list(Permission))
        data = _checked(form)
        _, secret = issue_admin_key(
            Actor.operator(),
            organization=organization,
            name=data["name"],
            scopes=data["scopes"],
            expires_at=timezone.now() + timedelta(days=days) if days else None,
        )
        self._show(organization.slug, secret)

    def _show(self, place: str, secret: str) -> None:
        self.stderr.write(f"Key made for {place}. It is shown only this once:")
        self.stdout.write(secret)


def _checked(form: Form) -> dict[str, Any]:
    if not form.is_valid():
        raise CommandError("; ".join(str(error) for errors in form.errors.values() for error in errors))
    return form.cleaned_data

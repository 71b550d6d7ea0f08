"""Makes an API key, or with --admin an admin key, and prints it once, on the last line."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.forms import Form
from django.utils import timezone

from accounts.models import Organization, Project
from accounts.policy import Permission
from billing.actions.budgets import NO_PLAN, Plan
from billing.actions.limited_keys import Allowance, issue_limited_key
from billing.errors import BillingError
from billing.models import Period
from catalog.money import PICO
from catalog.served import served_models
from keys.actions.limiting import MOST_REQUESTS, MOST_TOKENS, Ceiling
from keys.admin.actions import issue_admin_key
from keys.admin.forms import AdminKeyForm
from keys.admin.scopes import NAMED_ALONE, SCOPES
from keys.forms import KeyForm
from keys.models import ServiceAccount
from keys.networks import BadNetwork, normalised
from keys.rules import Rules
from keys.scopes import Scope, all_scopes
from ledger.actor import Actor

_OF_API_KEYS = ("service_account", "model", "network", "requests_per_minute", "tokens_per_minute", "budget")


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
            choices=[*(scope.value for scope in SCOPES), *all_scopes()],
            metavar="SCOPE",
            help=f"of an API key {', '.join(Scope)}, without it all; of an admin key without it all but "
            f"{', '.join(sorted(NAMED_ALONE))}",
        )
        parser.add_argument(
            "--days", "--expires-days", type=int, help="after how many days the key ends; never without it"
        )
        parser.add_argument("--service-account", metavar="NAME", help="of the project, whose key it is")
        parser.add_argument("--model", action="append", metavar="NAME", help="that it may call; without it all")
        parser.add_argument("--network", action="append", metavar="CIDR", help="that it works from; without it all")
        parser.add_argument("--requests-per-minute", type=int, metavar="NUMBER")
        parser.add_argument("--tokens-per-minute", type=int, metavar="NUMBER")
        parser.add_argument(
            "--budget", metavar="DOLLARS[/day|/month]", help="that calls do not go beyond; a month's without a period"
        )

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
        try:
            _, secret = issue_limited_key(
                Actor.operator(),
                allowance=_allowance(options),
                project=project,
                name=_checked(form)["name"],
                service_account=_account(project, options["service_account"]),
                rules=_rules(options),
            )
        except BadNetwork as error:
            raise CommandError(str(error)) from None
        except BillingError as error:
            raise CommandError(error.message) from None
        self._show(f"{options['organization']}/{project.slug}", secret)

    def _admin_key(self, options: dict[str, Any]) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None or options["project"]:
            raise CommandError("An admin key is of an organization that there is, and of no project.")
        if any(options[name] for name in _OF_API_KEYS):
            raise CommandError("Models, networks, limits, budgets and service accounts are of API keys alone.")
        scopes = options["scope"] or [scope.value for scope in SCOPES if scope not in NAMED_ALONE]
        form = AdminKeyForm({"name": options["name"], "scopes": scopes}, allowed=list(Permission))
        data = _checked(form)
        _, secret = issue_admin_key(
            Actor.operator(),
            organization=organization,
            name=data["name"],
            scopes=data["scopes"],
            expires_at=_ends(options),
        )
        self._show(organization.slug, secret)

    def _show(self, place: str, secret: str) -> None:
        self.stderr.write(f"Key made for {place}. It is shown only this once:")
        self.stdout.write(secret)


def _rules(options: dict[str, Any]) -> Rules:
    scopes = options["scope"] or all_scopes()
    if strange := set(scopes) - set(all_scopes()):
        raise CommandError(f"{sorted(strange)[0]} is a scope of admin keys.")
    models = options["model"]
    if unknown := set(models or ()) - {model.name for model in served_models()}:
        raise CommandError(f"No model is called {sorted(unknown)[0]}.")
    return Rules(
        [scope for scope in all_scopes() if scope in scopes],
        sorted(set(models)) if models else None,
        normalised(options["network"] or ()),
        _ends(options),
    )


def _allowance(options: dict[str, Any]) -> Allowance:
    requests, tokens = options["requests_per_minute"], options["tokens_per_minute"]
    for number, most in ((requests, MOST_REQUESTS), (tokens, MOST_TOKENS)):
        if number is not None and not 0 < number <= most:
            raise CommandError(f"A limit is a whole number from 1 to {most}.")
    return Allowance(Ceiling(requests, tokens), _plan(options["budget"]) if options["budget"] else NO_PLAN)


def _plan(text: str) -> Plan:
    dollars, _, period = text.partition("/")
    try:
        amount = Decimal(dollars) * PICO
        hard, plan_period = int(amount), Period(period or Period.MONTH)
    except (InvalidOperation, ValueError, OverflowError):
        hard = 0
    if not hard or hard != amount:
        raise CommandError("A budget is dollars a day or a month, such as 25 or 2.50/day.")
    return Plan(plan_period, hard)


def _account(project: Project, name: str | None) -> ServiceAccount | None:
    if name is None:
        return None
    found = list(ServiceAccount.objects.active().filter(project=project, name=name)[:2])
    if len(found) != 1:
        raise CommandError(f"There is no one service account {name} in {project.slug}.")
    return found[0]


def _ends(options: dict[str, Any]) -> datetime | None:
    days = options["days"]
    if days is not None and not 0 < days < 36_500:
        raise CommandError("--days must be a whole number of days from now.")
    return timezone.now() + timedelta(days=days) if days else None


def _checked(form: Form) -> dict[str, Any]:
    if not form.is_valid():
        raise CommandError("; ".join(str(error) for errors in form.errors.values() for error in errors))
    return form.cleaned_data

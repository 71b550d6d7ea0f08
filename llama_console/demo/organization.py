"""Acme Research: its people, projects and keys, and the sign-in that goes into var/demo.json."""

import json
import os
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions import create_organization, create_project, make_operator
from accounts.entries import Contact
from accounts.models import Organization, User
from billing.actions.promotions import give_promotion
from billing.actions.terms import set_cap, set_terms
from billing.invoices.closing import close_due
from billing.models import BillingAccount, Mode
from billing.settlement import settle_calls
from catalog.money import PICO
from keys.actions import issue_key
from ledger.actor import Actor
from llama_console.demo.traffic import DAYS, KEYS, replay
from usage.models import UsageEvent

NAME, EMAIL = "Demo Owner", "demo@acme.example"
SLUG = "acme-research"
DEMO_START = timezone.now() - timedelta(days=DAYS + 30)
_BATCH = 2000


def seed(say: Callable[[str], None]) -> None:
    """Make the demo organization if it is not there, and write var/demo.json with the addresses of this run."""
    user, password = User.objects.find_by_email(EMAIL), _known_password()
    if user is None or password is None:
        password = secrets.token_urlsafe(12)
        user = _person(user, password)
    make_operator(Actor.operator(), user=user)
    _write_sign_in(password)
    organization = Organization.objects.filter(slug=SLUG, is_demo=True).first() or _organization(user)
    if not UsageEvent.objects.filter(organization_id=organization.pk).exists():
        say(f"Seeding {DAYS} days of usage for {organization.name}…")
        _billing(organization)
        _usage(organization)


def _known_password() -> str | None:
    try:
        password: str = json.loads(_sign_in_file().read_text())["password"]
    except (OSError, ValueError, KeyError):
        return None
    return password


def _sign_in_file() -> Path:
    return Path(settings.VAR_DIR / "demo.json")


def _person(user: User | None, password: str) -> User:
    if user is None:
        return User.objects.create_user(EMAIL, password, name=NAME, is_demo=True, email_verified_at=timezone.now())
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


def _organization(owner: User) -> Organization:
    actor = Actor.operator()
    with transaction.atomic():
        organization = create_organization(
            actor,
            name="Acme Research",
            owner=owner,
            contact=Contact(NAME, EMAIL),
            first_project="Platform",
            is_demo=True,
        )
        create_project(actor, organization=organization, name="Research", retention_days=7)
        projects = {project.name: project for project in organization.projects.all()}
        for traffic in KEYS:
            issue_key(actor, project=projects[traffic.project], name=traffic.name, creator=owner)
    return organization


def _billing(organization: Organization) -> None:
    """Let it pay in advance, with a grant that the usage of all its days is taken from."""
    actor, over = Actor.operator(), timezone.now() + timedelta(days=40)
    set_terms(actor, organization.pk, mode=Mode.PREPAID)
    # What was used before an account was opened is no spending: it is as old as the demo's usage.
    BillingAccount.objects.filter(pk=organization.pk).update(created_at=DEMO_START)
    give_promotion(actor, organization.pk, amount=75 * PICO, title="Research grant", expires_at=over)
    set_cap(actor, organization.pk, 40 * PICO)


def _usage(organization: Organization) -> None:
    calls = replay(organization, timezone.now())
    for start in range(0, len(calls), _BATCH):
        settle_calls(calls[start : start + _BATCH])
    close_due(timezone.now())


def _write_sign_in(password: str) -> None:
    sign_in = {
        "url": settings.CONSOLE_ORIGIN,
        "api_url": settings.API_ORIGIN,
        "email": EMAIL,
        "password": password,
        "organization": SLUG,
        "project": "platform",
    }
    path = _sign_in_file()
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(json.dumps(sign_in, indent=1) + "\n")

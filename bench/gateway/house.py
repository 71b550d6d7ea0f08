"""The house behind our gateway: databases, a priced model, an organization that pays in advance, a key with limits.

Nothing of it stands in the way of a call, and everything of it is looked at for each.
"""

from datetime import timedelta
from typing import Any

DOLLARS = 100_000
LIMIT = 1_000_000_000  # a minute: it is counted, and never reached
MODEL = "bench"


def furnish() -> str:
    """Set it up in the isolated databases and return the key's secret."""
    from django.core.management import call_command
    from django.db import connections

    from accounts.models import Organization, Project
    from keys.actions import issue_key
    from ledger.actor import Actor

    call_command("migrate", database="content", verbosity=0)
    organization = Organization.objects.create(name="Bench", slug="bench")
    project = Project.objects.create(organization=organization, name="Bench", slug="bench")
    offer()
    credit(organization)
    key, secret = issue_key(Actor.operator(), project=project, name="Bench")
    limit(key)
    connections.close_all()  # the gateway has the databases to itself
    return secret


def control_key() -> str:
    """Return the secret of another gateway, which asks for keys."""
    from django.db import connections

    from keys.control.actions import issue_control_key
    from ledger.actor import Actor

    _, secret = issue_control_key(Actor.operator(), name="Bench")
    connections.close_all()
    return secret


def offer() -> None:
    """Serve the model at a price."""
    from django.utils import timezone

    from catalog.models import Model
    from catalog.prices import set_price
    from ledger.actor import Actor

    model = Model.objects.create(name=MODEL, title="Bench", upstream_name=MODEL)
    rates = {"input_rate": 180_000, "cached_input_rate": 45_000, "output_rate": 590_000}
    set_price(Actor.operator(), model, **rates, effective_from=timezone.now() - timedelta(days=1))


def credit(organization: Any, cents: int = 100 * DOLLARS) -> None:
    """Have an organization pay in advance, and give it so much."""
    from django.db import transaction

    from billing.actions.terms import set_terms
    from billing.credit import give_credit
    from billing.models import LotKind, Mode
    from catalog.money import CENT
    from ledger.actor import Actor

    account = set_terms(Actor.operator(), organization.pk, mode=Mode.PREPAID)
    with transaction.atomic():
        give_credit(account, LotKind.PAID, cents * CENT, key=f"topup:{organization.slug}")


def limit(key: Any) -> None:
    """Limit organization, project and key, each with its own row, for all models and for ours."""
    from keys.models import Limits

    project = key.project
    subjects = {"organization": project.organization_id, "project": project.pk, "key": key.pk}
    for level, subject in subjects.items():
        for model in ("", MODEL):
            Limits.objects.create(
                subject_id=subject, level=level, organization_id=project.organization_id, model=model,
                requests_per_minute=LIMIT, tokens_per_minute=LIMIT, concurrent=10_000,
            )  # fmt: skip

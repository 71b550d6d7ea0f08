"""What is told of a budget that is passed. At sending it is asked whether it is still so."""

from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import BillingContact, Organization, Project, User
from billing.audience import organization_of
from billing.budget_alerts import step_of
from billing.models import Budget
from billing.refusals import resets_at
from catalog.money import dollars
from keys.models import ApiKey, Level
from notifications.notices import Facts, notice


@notice("budget-reached")
def budget_reached(subject_id: UUID, to: User | BillingContact) -> Facts | None:
    """Tell of what is spent now, so that nobody is told of a share that a higher budget undid."""
    budget = Budget.objects.filter(pk=subject_id).first()
    organization = organization_of(budget.organization_id, to) if budget else None
    if not budget or not organization:
        return None
    now = timezone.now()
    began = budget.began_at(now)
    most = budget.soft if budget.hard is None else budget.hard
    if not step_of(budget, began) or most is None:
        return None
    return {
        "name": _name_of(budget, organization),
        "percent": budget.spent_in(began) * 100 // most,
        "spent": dollars(budget.spent_in(began)),
        "budget": dollars(most),
        "stops": budget.hard is not None,
        "until": resets_at(budget, now),
        "url": settings.CONSOLE_ORIGIN + reverse("usage:report", args=[organization.slug]),
    }


def _name_of(budget: Budget, organization: Organization) -> str:
    if budget.level == Level.PROJECT:
        found = Project.objects.filter(pk=budget.pk, organization=organization).values_list("name", flat=True).first()
    elif budget.level == Level.KEY:
        line = ApiKey.objects.of(organization).filter(Q(pk=budget.pk) | Q(line_id=budget.pk))
        found = line.order_by("-pk").values_list("name", flat=True).first()
    else:
        found = None
    return found or organization.name

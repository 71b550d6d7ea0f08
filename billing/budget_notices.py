"""What is told of budgets and unusual spending, and their events. At sending it is asked whether it is still so."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import BillingContact, Organization, Project, User
from billing.audience import organization_of
from billing.budget_alerts import passed_in
from billing.budget_forecasts import outlooks
from billing.models import Budget, SpendingAnomaly
from billing.refusals import resets_at
from catalog.models import Model
from catalog.money import dollars
from keys.models import ApiKey, Level
from notifications.notices import Facts, notice
from notifications.webhooks.kinds import event

event("budget.reached", gettext_lazy("50, 80 or 100 percent of a budget is used"), subject="budget_id")
event("budget.forecast", gettext_lazy("A budget will likely be used up early"), subject="budget_id")
event("spending.anomaly", gettext_lazy("Spending is unusual"), subject="anomaly_id")


@notice("budget-reached")
def budget_reached(subject_id: UUID, to: User | BillingContact) -> Facts | None:
    """Tell of what is spent now, so that nobody is told of a share that a higher budget undid."""
    budget = Budget.objects.filter(pk=subject_id).first()
    organization = organization_of(budget.organization_id, to) if budget else None
    if not budget or not organization:
        return None
    began = budget.began_at(timezone.now())
    if not passed_in(budget, began):
        return None
    spent = budget.spent_in(began)
    more = {"percent": spent * 100 // budget.most, "spent": dollars(spent), "stops": budget.hard is not None}
    return _about(budget, organization) | more


@notice("budget-forecast")
def budget_forecast(subject_id: UUID, to: User | BillingContact) -> Facts | None:
    """Tell of what is foreseen now; nothing where the budget was raised since, is used up, or will last after all."""
    budget = Budget.objects.filter(pk=subject_id).first()
    organization = organization_of(budget.organization_id, to) if budget else None
    outlook = outlooks([budget], timezone.now()).get(budget.pk) if budget else None
    if not budget or not organization or not outlook or not outlook.on or not outlook.is_sure:
        return None
    more = {"forecast": dollars(outlook.forecast.amount), "on": outlook.on, "days": outlook.days}
    return _about(budget, organization) | more


@notice("spending-anomaly")
def spending_anomaly(anomaly_id: UUID, to: User | BillingContact) -> Facts | None:
    found = SpendingAnomaly.objects.filter(pk=anomaly_id).first()
    organization = organization_of(found.organization_id, to) if found else None
    if not found or not organization:
        return None
    key = ApiKey.objects.of(organization).filter(pk=found.key_id).values_list("name", flat=True).first()
    project = Project.objects.filter(pk=found.project_id, organization=organization).values_list("name", flat=True)
    title = Model.objects.filter(pk=found.model).values_list("title", flat=True).first()
    return {
        "organization": organization.name,
        "spent": dollars(found.spent),
        "usual": dollars(found.usual),
        "since": found.start,
        "until": found.end,
        "is_day": found.is_day,
        "amount": dollars(found.share),
        "model": title or found.model,
        "project": project.first() or "",
        "key": key or "",
        "url": _usage(organization),
    }


def _about(budget: Budget, organization: Organization) -> dict[str, Any]:
    return {
        "name": _name_of(budget, organization),
        "budget": dollars(budget.most),
        "until": resets_at(budget, timezone.now()),
        "url": _usage(organization),
    }


def _usage(organization: Organization) -> str:
    return settings.CONSOLE_ORIGIN + reverse("usage:report", args=[organization.slug])


def _name_of(budget: Budget, organization: Organization) -> str:
    if budget.level == Level.PROJECT:
        found = Project.objects.filter(pk=budget.pk, organization=organization).values_list("name", flat=True).first()
    elif budget.level == Level.KEY:
        line = ApiKey.objects.of(organization).filter(Q(pk=budget.pk) | Q(line_id=budget.pk))
        found = line.order_by("-pk").values_list("name", flat=True).first()
    else:
        found = None
    return found or organization.name

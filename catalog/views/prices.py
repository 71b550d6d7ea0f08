"""What models cost, for every member: the list, and the history of one model's price. Prices are the same for all."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.membership import Acting
from accounts.policy import Permission
from catalog import price_list as prices
from catalog.models import Model


@require_safe
def price_list(request: HttpRequest, organization: str) -> HttpResponse:
    _admit(request, organization)
    found = prices.price_list(Model.objects.filter(is_served=True), timezone.now())
    return render(request, "prices/list.html", {"models": found})


@require_safe
def model(request: HttpRequest, organization: str, model: str) -> HttpResponse:
    _admit(request, organization)
    return render(request, "prices/model.html", _told(get_object_or_404(Model, name=model)))


def _admit(request: HttpRequest, organization: str) -> None:
    Acting.in_organization(request, organization).require(Permission.VIEW_USAGE)


def _told(model: Model) -> dict[str, Any]:
    versions = prices.history(model, timezone.now())
    current = next((each for each in versions if each.state is prices.State.IN_EFFECT), None)
    lines, total = prices.example(current.price) if current else ([], 0)
    return {"model": model, "versions": versions, "current": current, "example": lines, "total": total}

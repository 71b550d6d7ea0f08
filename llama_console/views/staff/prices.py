"""The price book: what each model costs, what comes, and what was."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog import price_list as prices
from catalog.models import Model


@require_safe
def price_list(request: HttpRequest) -> HttpResponse:
    models = prices.price_list(Model.objects.order_by("-is_served", "name"), timezone.now())
    return render(request, "staff/prices.html", {"models": models})


@require_safe
def model(request: HttpRequest, model: str) -> HttpResponse:
    found = get_object_or_404(Model, name=model)
    return render(request, "staff/price.html", {"model": found, "versions": prices.history(found, timezone.now())})

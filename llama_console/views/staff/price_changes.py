"""The next price of a model: proposed, looked at beside the former one, and set as a version.

A proposal changes nothing. What is confirmed follows the version it was compared with, or is not set.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.step_up import recent_sign_in_required
from catalog.models import Model, Price, TokenClass
from catalog.money import usd_per_million
from catalog.price_list import TITLES
from catalog.prices import PriceRefused, set_price
from llama_console.views.staff.access import actor_of
from llama_console.views.staff.price_forms import ConfirmedPriceForm, PriceForm
from usage.queries import organizations_using

_LATELY = timedelta(days=30)


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, model: str) -> HttpResponse:
    found = get_object_or_404(Model, name=model)
    last = found.prices.order_by("-version").first()
    if request.method != "POST":
        return _form(request, found, PriceForm(initial=_typed(request) or _initial(last), model=found, last=last))
    form = PriceForm(request.POST, model=found, last=last)
    if not form.is_valid():
        return _form(request, found, form, status=422)
    return render(request, "staff/price_confirm.html", _comparison(found, last, form))


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, model: str) -> HttpResponse:
    found = get_object_or_404(Model, name=model)
    if request.method != "POST":  # whoever had to confirm who they are comes back so
        return redirect("staff:prices_proposal", model)
    form = ConfirmedPriceForm(request.POST, model=found, last=found.prices.order_by("-version").first())
    if not form.is_valid():
        return _form(request, found, form, status=422)
    try:
        price = set_price(
            actor_of(request), found, effective_from=form.begins, after=form.cleaned_data["after"], **form.rates
        )
    except PriceRefused as refusal:
        form.add_error(None, str(refusal))
        return _form(request, found, form, status=422)
    messages.success(request, f"Version {price.version} begins on {price.effective_from:%b %-d, %Y at %H:%M} UTC.")
    return redirect("staff:prices_model", model)


def _form(request: HttpRequest, model: Model, form: PriceForm, *, status: int = 200) -> HttpResponse:
    return render(request, "staff/price_form.html", {"model": model, "form": form}, status=status)


def _typed(request: HttpRequest) -> dict[str, str]:
    """Return what somebody who came to compare goes on changing."""
    return {name: str(request.GET[name]) for name in PriceForm.base_fields if name in request.GET}


def _initial(last: Price | None) -> dict[str, Any]:
    """Return the former rates, to change from."""
    rates = {each: last.rate(each) for each in TokenClass} if last else {}
    return {each.value: usd_per_million(rate) for each, rate in rates.items() if rate is not None}


def _comparison(model: Model, last: Price | None, form: PriceForm) -> dict[str, Any]:
    since = timezone.now() - _LATELY
    return {
        "model": model,
        "form": form,
        "change_url": f"{reverse('staff:prices_proposal', args=[model.name])}?{urlencode(form.typed)}",
        "last": last,
        "now": timezone.now(),
        "begins": form.begins,
        "rows": list(_rows(last, form)),
        "organizations": organizations_using(model.name, since),
    }


def _rows(last: Price | None, form: PriceForm) -> list[tuple[Any, int | None, int | None, str]]:
    rows = []
    for each in TokenClass:
        old, new = last.rate(each) if last else None, form.rate(each)
        if old is not None or new is not None:
            rows.append((TITLES[each], old, new, _change(old, new)))
    return rows


def _change(old: int | None, new: int | None) -> str:
    if old == new:
        return "no change"
    if old is None or new is None:
        return "ends" if new is None else "new"
    return f"{Decimal(new - old) / old:+.1%}" if old else "was free"

"""The addresses under /staff/. Each goes through `_page`, so none can be left open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from catalog import addresses  # noqa: F401  registers the converter of models' names
from llama_console.views.staff import billing, dead_letters, messages, price_changes, prices, suppressions
from llama_console.views.staff.access import View, for_operators

app_name = "staff"


@require_safe
def _home(request: HttpRequest) -> HttpResponse:
    return redirect("staff:messages")


def _page(route: str, view: View, name: str) -> URLPattern:
    return path(route, for_operators(view), name=name)


# A name begins with that of the page in the navigation that it belongs to.
urlpatterns = [
    _page("", _home, "home"),
    _page("messages/", messages.delivery_log, "messages"),
    _page("dead-letters/", dead_letters.dead_letter_list, "dead_letters"),
    _page("dead-letters/requeuing/", dead_letters.requeuing, "dead_letters_requeuing"),
    _page("dead-letters/requeuing/all/", dead_letters.requeuing_all, "dead_letters_requeuing_all"),
    _page("billing/", billing.report, "billing"),
    _page("billing/reconciling/", billing.reconciling, "billing_reconciling"),
    _page("billing/retrying/", billing.retrying, "billing_retrying"),
    _page("billing/replaying/", billing.replaying, "billing_replaying"),
    _page("suppressions/", suppressions.suppression_list, "suppressions"),
    _page("suppressions/search/", suppressions.search, "suppressions_search"),
    _page("suppressions/lifting/", suppressions.lifting, "suppressions_lifting"),
    _page("prices/", prices.price_list, "prices"),
    _page("prices/<model:model>/", prices.model, "prices_model"),
    # Apart, for a model's name may end like any address below its own.
    _page("price-proposals/<model:model>/", price_changes.proposal, "prices_proposal"),
    _page("price-versions/<model:model>/", price_changes.version, "prices_version"),
]

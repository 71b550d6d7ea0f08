"""Parts of pages that are asked at the payment provider each time they are shown, after the page itself is there."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from billing.rail.client import briefly, is_set_up
from billing.rail.errors import RailError
from billing.views.access import Payer
from billing.views.asking import count_question


def page(request: HttpRequest, payer: Payer, template: str) -> HttpResponse:
    """Answer with the page that asks for its part."""
    return render(request, template, {"is_set_up": is_set_up(), "may_manage": payer.may_manage})


def part(
    request: HttpRequest, payer: Payer, ask: Callable[[], object], *, name: str, template: str, whole: str
) -> HttpResponse:
    """Ask, and answer with the part that shows it as `name`; or with the whole page where nothing runs scripts.

    A provider that hangs holds one of our workers for moments alone.
    """
    about = {"is_set_up": is_set_up(), "may_manage": payer.may_manage, "is_asked": True}
    context: dict[str, object] = {name: None, "is_away": False, **about}
    try:
        count_question(payer)
        with briefly():
            context[name] = ask()
    except RailError:
        context["is_away"] = True
    return render(request, template if request.headers.get("HX-Request") else whole, context)

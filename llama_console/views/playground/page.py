"""The playground: models tried in a browser, through the gateway like any other call."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.membership import Acting
from catalog.models import Model
from catalog.price_list import price_list
from keys.snippets import curl
from llama_console.views.playground.access import open_projects, playing

_SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}


@require_safe
def page(request: HttpRequest, organization: str) -> HttpResponse:
    acting = playing(request, organization)
    context = {
        "models": _models(acting, request.GET.get("model", "")),
        "projects": list(open_projects(acting)),
        "schema": json.dumps(_SCHEMA, indent=2),
        "snippet": curl("$LLAMA_API_KEY", acting.organization),
    }
    return render(request, "playground/page.html", context)


def _models(acting: Acting, chosen: str) -> list[dict[str, Any]]:
    """Return the models that the organization reaches, with what a million tokens cost now."""
    reached = Model.objects.filter(is_served=True).exclude(policy__in=acting.organization.blocked_policies)
    return [
        {
            "name": priced.model.name,
            "title": priced.model.title,
            "price": priced.current.price if priced.current else None,
            "is_chosen": priced.model.name == chosen,
        }
        for priced in price_list(reached, timezone.now())
    ]

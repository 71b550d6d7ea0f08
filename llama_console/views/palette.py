"""The palette: jump to a page or a key of one's own organization."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.membership import Acting
from keys.models import ApiKey
from llama_console.context import PAGES

_LIMIT = 8


@require_GET
def palette(request: HttpRequest, organization: str) -> HttpResponse:
    acting = Acting.in_organization(request, organization)
    query = request.GET.get("q", "").strip()[:80]
    pages = [
        {"label": label, "icon": icon, "url": reverse(name, args=[organization])}
        for label, icon, name in PAGES
        if query.casefold() in label.casefold()
    ]
    keys = ApiKey.objects.visible_to(acting.organization).filter(name__icontains=query)[:_LIMIT] if query else []
    found = [
        {"label": key.name, "icon": "key-round", "url": f"{reverse('keys:list', args=[organization])}?q={key.tail}"}
        for key in keys
    ]
    # Without JavaScript the search is a page of its own.
    template = "console/palette.html#results" if request.headers.get("HX-Request") else "console/palette.html"
    return render(request, template, {"results": (pages + found)[:_LIMIT], "q": query})

"""The palette: jump to a page, a key or a project of one's own organization. The role opens once something is typed."""

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
        {"label": str(label), "icon": icon, "url": reverse(name, args=[organization])}
        for label, icon, name in PAGES
        if query.casefold() in str(label).casefold()
    ]
    found = [*_keys(acting, query), *_projects(acting, query)] if query else []
    # Without JavaScript the search is a page of its own.
    template = "console/palette.html#results" if request.headers.get("HX-Request") else "console/palette.html"
    return render(request, template, {"results": (pages + found)[:_LIMIT], "q": query})


def _keys(acting: Acting, query: str) -> list[dict[str, str]]:
    url = reverse("keys:list", args=[acting.organization.slug])
    keys = ApiKey.objects.visible_to(acting).filter(name__icontains=query)[:_LIMIT]
    return [{"label": key.name, "icon": "key-round", "url": f"{url}?q={key.tail}"} for key in keys]


def _projects(acting: Acting, query: str) -> list[dict[str, str]]:
    slug = acting.organization.slug
    projects = acting.projects().active().filter(name__icontains=query)[:_LIMIT]
    return [
        {"label": project.name, "icon": "folder", "url": reverse("projects:project", args=[slug, project.slug])}
        for project in projects
    ]

"""Saved views: a member's own list, loaded into the usage page when it is opened, and a page of its own."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from usage.models import SavedView
from usage.saved_views import LONGEST_NAME, MOST, Unsaved, save_view
from usage.views.selection import Selection


@require_http_methods(["GET", "HEAD", "POST"])
def views(request: HttpRequest, organization: str) -> HttpResponse:
    if request.method == "POST":
        return _save(request, organization)
    selection = Selection.of(request, organization)
    base = reverse("usage:report", args=[organization])
    found = SavedView.objects.filter(membership=selection.acting.membership)
    context = {
        "views": [{"id": view.pk, "name": view.name, "url": f"{base}?{view.query}"} for view in found],
        "query": selection.query() if selection.range else "",
        "longest": LONGEST_NAME,
        "most": MOST,
    }
    is_part = request.headers.get("HX-Target") == "views-list"
    response = render(request, "usage/views.html#list" if is_part else "usage/views.html", context)
    response["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


@require_POST
def deletion(request: HttpRequest, organization: str, view_id: UUID) -> HttpResponse:
    """Delete a view of one's own; Http404 for anybody else's."""
    selection = Selection.of(request, organization, QueryDict())
    number, _rows = SavedView.objects.filter(membership=selection.acting.membership, pk=view_id).delete()
    if not number:
        raise Http404
    messages.success(request, _("The view is deleted."))
    return redirect("usage:views", organization)


def _save(request: HttpRequest, organization: str) -> HttpResponse:
    """Save what an address shows, as the page understands it."""
    selection = Selection.of(request, organization, QueryDict(request.POST.get("query", "")[:10_000]))
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())[:LONGEST_NAME]
    if selection.range is None:
        messages.error(request, selection.fault)
    elif not name:
        messages.error(request, _("Give the view a name."))
    else:
        _try_to_save(request, selection, name)
    return redirect(selection.url())


def _try_to_save(request: HttpRequest, selection: Selection, name: str) -> None:
    try:
        save_view(selection.acting.membership, name=name, query=selection.query())
    except Unsaved:
        text = _("This view is not saved: there are %(most)s already, or it has too many filters.") % {"most": MOST}
        messages.error(request, text)
    else:
        messages.success(request, _("Saved as “%(name)s”.") % {"name": name})

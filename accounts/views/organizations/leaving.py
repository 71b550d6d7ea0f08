"""Leaving: the end of one's own membership."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions import LastOwner, leave_organization
from accounts.views.organizations.access import acting_for


@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    if request.method == "POST":
        try:
            leave_organization(acting.actor, membership=acting.membership)
        except LastOwner:
            return render(request, "organizations/leave.html", {"is_last_owner": True}, status=409)
        messages.success(request, _("You left %(name)s.") % {"name": acting.organization.name})
        return redirect("home")
    return render(request, "organizations/leave.html")

"""A revocation: an invitation is taken back, and its address erased."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import revoke
from accounts.invitations import opened
from accounts.step_up import recent_sign_in_required
from accounts.views.invitations.access import acting_for, invitation_for


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def revocation(request: HttpRequest, organization: str, invitation_id: UUID) -> HttpResponse:
    acting = acting_for(request, organization)
    found = invitation_for(acting, invitation_id)
    if request.method == "POST":
        revoke(acting.actor, found)
        messages.success(request, _("The invitation is taken back. Its link is dead and its address erased."))
        return redirect("members:invitations:list", organization)
    context = {"invitation": found, "address": opened(acting.actor, [found])[found.pk].email}
    return render(request, "invitations/revoke.html", context)

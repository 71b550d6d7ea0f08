"""A revocation: the end of an admin key."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.step_up import recent_sign_in_required
from keys.admin.actions import revoke_admin_key
from keys.forms import RevocationForm
from keys.views.admin_keys import acting_for, key_for


@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def revocation(request: HttpRequest, organization: str, key_id: UUID) -> HttpResponse:
    acting = acting_for(request, organization)
    key = key_for(acting, key_id)
    if key is None:
        raise Http404
    form = RevocationForm(request.POST or None, key=key)
    if not key.is_active:
        return redirect("admin_keys:list", organization)
    if request.method == "POST" and form.is_valid():
        revoke_admin_key(acting.actor, key)
        messages.success(request, _("The admin key is revoked. Requests with it are refused from now on."))
        return redirect("admin_keys:list", organization)
    return render(request, "admin_keys/revoke.html", {"key": key, "form": form}, status=422 if form.is_bound else 200)

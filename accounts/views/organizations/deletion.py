"""The end of an organization: asked for by an owner, who gets the link to its receipt, and cancelled by one."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import cancel_deletion, schedule_deletion
from accounts.deletion_links import url_of
from accounts.models import Deletion
from accounts.policy import Permission
from accounts.step_up import recent_sign_in_required
from accounts.views.organizations.access import acting_for
from accounts.views.organizations.forms import DeletionForm
from billing.leftovers import left_to_refund
from catalog.money import CENT, dollars


@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization, Permission.DELETE_ORGANIZATION)
    pending = Deletion.objects.of(acting.organization.pk)
    form = DeletionForm(request.POST or None, organization=acting.organization)
    if request.method == "POST" and pending is None and form.is_valid():
        schedule_deletion(acting.actor, subject=acting.organization, requested_by=acting.user)
        return redirect("organizations:deletion", organization)
    left = left_to_refund(acting.organization.pk)
    credit = dollars(left * CENT) if left else ""
    if pending:
        context = {"deletion": pending, "link": url_of(pending), "credit": credit}
        return render(request, "organizations/deletion.html", context)
    context = {
        "credit": credit,
        "form": form,
        "days": settings.DELETION_GRACE_DAYS,
        "projects": acting.organization.projects.count(),
        "members": acting.organization.memberships.count(),
    }
    return render(request, "organizations/delete.html", context, status=422 if form.is_bound else 200)


@require_POST
def cancellation(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization, Permission.DELETE_ORGANIZATION)
    pending = Deletion.objects.of(acting.organization.pk)
    if pending and cancel_deletion(acting.actor, deletion=pending):
        messages.success(request, _("The organization stays."))
    else:
        messages.warning(request, _("There is nothing to cancel: it was cancelled before, or is being carried out."))
    return redirect("organizations:settings", organization)

"""The settings of an organization: its name, its owners' doings, and one's own leaving."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions import rename_organization
from accounts.models import Deletion
from accounts.policy import Permission
from accounts.role_words import role_name
from accounts.views.organizations.access import acting_for
from accounts.views.organizations.forms import OrganizationForm


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, organization: str) -> HttpResponse:
    changing = Permission.RENAME_ORGANIZATION if request.method == "POST" else None
    acting = acting_for(request, organization, changing)
    form = OrganizationForm(request.POST or None, initial={"name": acting.organization.name})
    if request.method == "POST" and form.is_valid():
        rename_organization(acting.actor, organization=acting.organization, name=form.cleaned_data["name"])
        messages.success(request, _("The name is changed."))
        return redirect("organizations:settings", organization)
    context = {
        "form": form,
        "role": role_name(acting.role),
        "can_rename": acting.may(Permission.RENAME_ORGANIZATION),
        "can_transfer": acting.may(Permission.TRANSFER_OWNERSHIP),
        "can_delete": acting.may(Permission.DELETE_ORGANIZATION),
        "deletion": Deletion.objects.of(acting.organization.pk),
    }
    return render(request, "organizations/settings.html", context, status=422 if form.is_bound else 200)

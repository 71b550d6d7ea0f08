"""The security rules of an organization: who may come in, from where, and how lately they showed who they are."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions.security import ShutOut, change_security
from accounts.factors import factors_of
from accounts.membership import Acting
from accounts.models import Membership, SecuritySettings
from accounts.policy import Permission
from accounts.security_form import SecurityForm
from accounts.security_rules import settings_of
from accounts.sources import address_of
from accounts.step_up import recent_sign_in_required

_NOT_YOURS = gettext_lazy("Only owners and admins set the security rules of the organization. Ask one of them.")
_SAVED = gettext_lazy("Saved. It holds from everybody’s next request on.")
_AS_BEFORE = gettext_lazy("Nothing changed.")


@recent_sign_in_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest, organization: str) -> HttpResponse:
    acting = Acting.in_organization(request, organization)
    acting.require(Permission.MANAGE_SECURITY, _NOT_YOURS)
    settings = settings_of(acting.organization) or SecuritySettings(organization=acting.organization)
    form = SecurityForm(request.POST or None, settings=settings)
    if request.method == "POST" and form.is_valid() and (changed := _change(request, acting, form)) is not None:
        messages.success(request, _SAVED if changed else _AS_BEFORE)
        return redirect("organization_security:rules", organization)
    context = {"form": form, "address": address_of(request), **_members(acting)}
    return render(request, "organization_security/rules.html", context, status=422 if form.is_bound else 200)


def _change(request: HttpRequest, acting: Acting, form: SecurityForm) -> bool | None:
    """Return whether anything changed; None where the form now says why it can't be."""
    try:
        return change_security(
            acting.actor,
            organization=acting.organization,
            wanted=form.wanted(),
            user=acting.user,
            address=address_of(request),
        )
    except ShutOut as error:
        form.add_shut_out(error)
        return None


def _members(acting: Acting) -> dict[str, Any]:
    """Return how many members there are, and of how many of them an own second factor is missing."""
    members = Membership.objects.filter(organization=acting.organization)
    return {
        "members": members.count(),
        "without_factor": members.without_factor().count(),
        "has_factor": factors_of(acting.user).are_any,
    }

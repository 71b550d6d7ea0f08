"""Domains: adding one, the record that proves it, looking for that record, and removing one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions.domains import AlreadyThere, Proof, TooMany, add_domain, check_domain, remove_domain
from accounts.forms import DomainForm
from accounts.membership import Acting
from accounts.sso import dns
from accounts.step_up import recent_sign_in_required
from accounts.views.sso.access import acting_for, domain_for
from accounts.views.sso.rows import domain_row

_FOUND = gettext_lazy("The domain is verified.")
_NOT_FOUND = {
    Proof.MISSING: gettext_lazy("The record is not there yet. New records take minutes, sometimes hours, to be seen."),
    Proof.UNKNOWN: gettext_lazy("DNS did not answer. Try again in a few minutes."),
    Proof.TAKEN: gettext_lazy(
        "Another organization here has verified this domain. It is free once they remove their record."
    ),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def create(request: HttpRequest, organization: str) -> HttpResponse:
    acting = acting_for(request, organization)
    form = DomainForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (domain_id := _add(acting, form)):
        return redirect("sso:domain", organization, domain_id)
    return render(request, "sso/domain_add.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_GET
def domain(request: HttpRequest, organization: str, domain_id: UUID) -> HttpResponse:
    found = domain_for(acting_for(request, organization), domain_id)
    context = {"domain": domain_row(found), "record": dns.name_of(found.domain), "value": dns.value_of(found.token)}
    return render(request, "sso/domain.html", context)


@require_POST
def check(request: HttpRequest, organization: str, domain_id: UUID) -> HttpResponse:
    found = domain_for(acting := acting_for(request, organization), domain_id)
    proof = check_domain(acting.actor, found)
    if proof is Proof.FOUND:
        messages.success(request, _FOUND)
    else:
        messages.warning(request, _NOT_FOUND[proof])
    return redirect("sso:domain", organization, found.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recent_sign_in_required
def removal(request: HttpRequest, organization: str, domain_id: UUID) -> HttpResponse:
    found = domain_for(acting := acting_for(request, organization), domain_id)
    if request.method == "POST":
        remove_domain(acting.actor, found)
        messages.success(request, _("The domain is removed."))
        return redirect("sso:overview", organization)
    return render(request, "sso/domain_remove.html", {"domain": domain_row(found)})


def _add(acting: Acting, form: DomainForm) -> UUID | None:
    """Return the id of the new claim; None where that can't be, and the form says why."""
    try:
        return add_domain(acting.actor, acting.organization, form.cleaned_data["domain"]).pk
    except AlreadyThere:
        form.add_error("domain", _("This domain is in the list already."))
    except TooMany:
        form.add_error(None, _("There are as many domains as there can be. Remove one first."))
    return None
